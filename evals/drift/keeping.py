"""A drift report as the catalog keeps it: what services can tell of it without looking again. Pure."""

from core.drift_outcomes import DriftOutcome, SignalOutcome, to_json
from core.eval_runs import QUERY_DRIFT, EvalRun, EvalVerdict
from evals.drift.verdicts import DriftReport, Outcome, SignalName

_VERSION = "1"
_VERDICTS = {Outcome.USUAL: EvalVerdict.PASSED, Outcome.DRIFT: EvalVerdict.FAILED}


def label(name: SignalName) -> str:
    """The name of a signal as one word, for logs and metrics."""
    return name.value.replace(" ", "_")


def kept_outcome(report: DriftReport, *, run_id: str) -> EvalRun:
    """The outcome beside the evaluations, with every signal in it, whether or not there was enough to judge it by."""
    found = DriftOutcome(
        report.outcome.value,
        report.model,
        report.alpha,
        report.usual.count,
        report.new.count,
        tuple(_signal(report, name) for name in SignalName),
    )
    return EvalRun(
        run_id=run_id,
        tenant=report.tenant,
        at=report.at,
        dataset=QUERY_DRIFT,
        dataset_version=_VERSION,
        subject="",
        verdict=_VERDICTS.get(report.outcome, EvalVerdict.MEASURED),
        body=to_json(found),
    )


def _signal(report: DriftReport, name: SignalName) -> SignalOutcome:
    one = report.signal(name)
    if one is None or one.level is None:
        return SignalOutcome(label(name), is_alarm=False)
    return SignalOutcome(
        label(name),
        one.outcome is Outcome.DRIFT,
        one.usual,
        one.new,
        one.level.value,
        one.level.threshold,
        one.p,
    )
