"""The section of the settings tree about records of answers, their review, and the audit log."""

from pydantic import Field

from core.sections import Section

DISCLOSURE = (
    "This answer was put together by a machine from company documents. It may be incomplete or wrong: check the cited passages "
    "before you rely on it."
)


class ReviewSettings(Section):
    """Which answers a human is to look at."""

    confidence_below: float = Field(
        0.3, ge=0, le=1, description="an answer whose confidence is lower goes to the review queue; 0: none"
    )
    partial: bool = Field(True, description="answers that leave something out go to the review queue")
    contradictions: bool = Field(
        True, description="answers whose sources contradict each other go to the review queue"
    )
    removed_count: int = Field(
        1,
        ge=0,
        le=1000,
        description="an answer goes to the review queue if so many of its sentences were taken out; 0: never",
    )
    blocked: bool = Field(True, description="what a guardrail has blocked goes to the review queue")
    rating_below: int = Field(
        3,
        ge=1,
        le=6,
        description="feedback with a lower rating (1 to 5) puts the answer into the review queue",
    )
    max_open: int = Field(
        5000,
        ge=0,
        le=1_000_000,
        description="no more answers are queued by these rules while so many items of the tenant are open",
    )


class RecordSettings(Section):
    """What is kept of each answer, for transparency, feedback and review. Without its words, unless that is asked for."""

    enabled: bool = Field(True, description="whether a record of each answer is kept")
    required: bool = Field(
        False,
        description="whether an answer is given only once its record is kept; else one that cannot be kept is counted and logged",
    )
    retention_s: float = Field(
        180 * 86_400.0, ge=3600, le=3650 * 86_400, description="how long the record of an answer is kept"
    )
    audit_retention_s: float = Field(
        0.0,
        ge=0,
        le=3650 * 86_400,
        description="how long entries of the audit log are kept; 0: for ever. The log stays verifiable",
    )
    queue_count: int = Field(
        10_000, ge=1, le=1_000_000, description="most records of a process that wait to be written"
    )
    batch_count: int = Field(
        200, ge=1, le=5000, description="most records in one transaction and one entry of the audit log"
    )
    batch_wait_s: float = Field(
        0.05, ge=0, le=10, description="how long a record waits for others to be written together with it"
    )
    flush_s: float = Field(
        5.0, ge=0, le=300, description="how long the end of a process waits for records that are not written"
    )
    disclosure: str = Field(
        DISCLOSURE,
        max_length=2000,
        description="told with every answer: that a machine has made it. A model that wrote is named besides",
    )
    keep_text_for_review: bool = Field(
        False,
        description="keep the words of answers in the review queue, encrypted and without personal data, for `text_retention_s`",
    )
    text_retention_s: float = Field(
        7 * 86_400.0, ge=3600, le=90 * 86_400, description="how long words are kept for review"
    )
    review: ReviewSettings = ReviewSettings()
