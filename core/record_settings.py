"""The section of the settings tree about records of answers."""

from pydantic import Field

from core.sections import Section


class RecordSettings(Section):
    """What is kept of each answer, for transparency, feedback and review. Never its words or those of the question."""

    retention_s: float = Field(
        180 * 86_400.0, ge=3600, le=3650 * 86_400, description="how long the record of an answer is kept"
    )
