"""Blocks by guardrails and appeals against them, over HTTP."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from core.guardrails import Appeal, AppealState, Family, Point
from folio.appealing import MAX_NOTE_CHARS


class AppealBody(BaseModel):
    """A block as whoever was refused sees it. What was asked is kept nowhere."""

    id: str
    at: datetime
    point: Point = Field(description="what was blocked: the question (`input`) or the answer (`output`)")
    family: Family = Field(description="what the rule is about")
    state: AppealState = Field(
        description="`unfiled` until an appeal is filed; `overturned`: the block was wrong"
    )
    filed_at: datetime | None
    decided_at: datetime | None
    note: str = Field(description="what was said with the decision")

    @classmethod
    def of(cls, appeal: Appeal) -> Self:
        """The wire form."""
        return cls.model_validate(_fields(appeal))


class DecidableAppeal(AppealBody):
    """A block as those see it who decide."""

    subject: str
    rule: str
    score: float
    policy_hash: str = Field(description="SHA-256 of the policy that was in effect")
    fingerprint: str = Field(description="equal for equal texts of the tenant; no text can be read from it")
    decided_by: str


class AppealList(BaseModel):
    """Blocks of the caller's tenant, newest first."""

    data: list[DecidableAppeal]
    has_more: bool


class AppealDecision(BaseModel):
    """What becomes of an appeal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    state: Literal["upheld", "overturned"] = Field(description="`upheld`: the block was right")
    note: Annotated[
        str,
        Field(max_length=MAX_NOTE_CHARS, description="shown to whoever was refused; say nothing personal"),
    ] = ""


def _fields(appeal: Appeal) -> dict[str, object]:
    block = appeal.block
    return {
        "id": block.appeal_id,
        "at": appeal.at,
        "point": block.point,
        "family": block.family,
        "state": appeal.state,
        "filed_at": appeal.filed_at,
        "decided_at": appeal.decided_at,
        "note": appeal.note,
        "subject": block.subject,
        "rule": block.rule,
        "score": block.score,
        "policy_hash": block.policy_hash,
        "fingerprint": block.fingerprint,
        "decided_by": appeal.decided_by,
    }
