"""What runs by the clock."""

import dagster as dg

from pipelines.jobs import reconcile_job

# Running from the start: residue that nobody looks for is never found. It changes nothing where everything agrees.
reconcile_schedule = dg.ScheduleDefinition(
    name="reconcile_daily",
    job=reconcile_job,
    cron_schedule="17 3 * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Once a night: reconcile, repair, and run every check of the index.",
)
