"""What is kept of each answer: who asked, how it was made and what it cites. Never a word of the question or the answer. Pure."""

import hashlib
import hmac
import json
from collections.abc import Collection, Sequence
from contextvars import ContextVar
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.answers import Answer
from core.guardrails import Action, Point

RECORDED = "answers.recorded"
"""Action in the audit log: the object is the number of records, the detail their digest."""

PRUNED = "answers.pruned"
"""Action in the audit log: the object is the number of the last audit entry whose records are not kept any more."""

EVERYBODY = ""
"""The tenant of audit entries about the deployment as a whole."""


@dataclass(frozen=True, slots=True)
class Via:
    """How a question came: what the asker is known by (see `core.callers.Caller`), and through which door."""

    credential: str = ""
    channel: str = "python"


UNKNOWN = Via()
ASKED_THROUGH: ContextVar[Via] = ContextVar("asked_through", default=UNKNOWN)
"""Set by whoever takes a question in; it goes into the record of the answer, and decides nothing."""


@dataclass(frozen=True, slots=True)
class RecordedCitation:
    """A document that an answer cites, in a version; `number` is the citation's in the answer, from 1."""

    number: int
    doc_id: str
    version: int


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """A rule of the guardrails that applied on the way to an answer, where, and what followed. `shadow`: it was only noted."""

    point: Point
    rule: str
    action: Action


@dataclass(frozen=True, slots=True)
class AnswerRecord:
    """One answer, without its words.

    `question_hash` and `answer_hash` are keyed (see `keyed_hash`): equal texts of a tenant have equal ones, and nobody without the
    key finds a text to one. `credential` is what the asker was known by, `channel` the way in; both empty where unknown.
    `reason_code` says why nothing, or not everything, was answered. `appeal_id` names the block of a guardrail. `disclosure` is
    the version of the text that told the asker about the machine. `took_ms` is in milliseconds, `token_count` what gathering the
    evidence has taken of a language model. `call_count`, `input_count`, `output_count` and `cost` are of all calls for the answer
    as the providers counted tokens; `cost` is in the currency of the settings, None where a call has no known price.
    """

    answer_id: str
    at: datetime
    tenant: str
    subject: str
    credential: str
    channel: str
    question_hash: str
    answer_hash: str
    status: str
    reason_code: str
    mode: str
    model: str
    prompt_version: str
    confidence: float | None
    removed_count: int
    contradiction_count: int
    cached: str
    appeal_id: str
    disclosure: str
    took_ms: float
    token_count: int
    citations: tuple[RecordedCitation, ...] = ()
    decisions: tuple[RecordedDecision, ...] = ()
    call_count: int = 0
    input_count: int = 0
    output_count: int = 0
    cost: float | None = 0.0


@dataclass(frozen=True, slots=True)
class Words:
    """A question and its answer, without personal data, for whoever reviews it; and what its asker could read."""

    answer_id: str
    tenant: str
    question: str = field(repr=False)
    answer: str = field(repr=False)
    clearance: int = 0
    groups: tuple[str, ...] = ()
    doc_ids: tuple[str, ...] = ()

    def readable_by(self, principal: Principal) -> bool:
        """Whether a principal reads at least what the asker could read: a question may tell of what its asker knew."""
        return int(principal.clearance) >= self.clearance and set(self.groups) <= set(principal.groups)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the asker thinks of an answer. `rating` is 1 (bad) to 5 (good); `wrong_citations` are their numbers.

    `comment` and `correction` are without personal data.
    """

    answer_id: str
    tenant: str
    subject: str
    rating: int
    reasons: tuple[str, ...] = ()
    wrong_citations: tuple[int, ...] = ()
    comment: str = field(default="", repr=False)
    correction: str = field(default="", repr=False)
    created_at: datetime | None = None
    updated_at: datetime | None = None


class AnswerRecords(Protocol):
    """Keeps records of answers, sealed by the audit log, and what people think of them."""

    async def record(self, records: Sequence[AnswerRecord]) -> None:
        """Keep records, all or none, and seal those of each tenant by one entry of the audit log.

        Raises:
            DependencyDownError: They cannot be kept now.
        """

    async def get(self, tenant: str, answer_id: str) -> AnswerRecord | None:
        """One of a tenant, or None."""

    async def was_restored(self, tenant: str, answer_id: str) -> bool:
        """Whether pseudonyms in the answer were turned back for somebody."""

    async def keep_feedback(self, feedback: Feedback) -> Feedback:
        """Keep what the asker thinks, in place of what was said before."""

    async def feedback(self, tenant: str, answer_id: str) -> Feedback | None:
        """What the asker thinks, or None."""


class AnswerWords(Protocol):
    """Keeps the words of answers that are to be reviewed, encrypted and for a short time."""

    async def keep(self, words: Words, *, expires_at: datetime) -> bool:
        """Keep them; False, and nothing is kept, if a cited document is gone."""

    async def get(self, tenant: str, answer_id: str) -> Words | None:
        """Those of an answer, or None where none are kept or the key that opens them is not there."""

    async def count(self, doc_id: str) -> int:
        """How many answers that cite a document are kept, or have words of people about them."""


def keyed_hash(key: bytes, text: str, *, tenant: str, kind: str) -> str:
    """HMAC-SHA256 of a text for a tenant, in hex (64 digits). Texts of one kind are compared only with the same kind's."""
    message = json.dumps([kind, tenant, text]).encode()
    return hmac.new(key, b"folio answer records\0" + message, hashlib.sha256).hexdigest()


def digest(records: Sequence[AnswerRecord]) -> str:
    """SHA-256 (hex) of records in their order: of the SHA-256 of each one's canonical JSON."""
    whole = hashlib.sha256()
    for record in records:
        whole.update(hashlib.sha256(canonical(record).encode()).digest())
    return whole.hexdigest()


def canonical(record: AnswerRecord) -> str:
    """All fields as JSON: names in order, no blanks, times in UTC with microseconds."""
    fields = asdict(record) | {"at": record.at.isoformat(timespec="microseconds")}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"))


def restoring_purpose(answer_id: str) -> str:
    """What the audit log says for what the pseudonyms of an answer were turned back; it may have no record."""
    return f"answer {answer_id}" if answer_id else "answer"


def storable(text: str) -> str:
    """As databases keep it: what is hashed must be what is read back."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def cited(answer: Answer) -> tuple[RecordedCitation, ...]:
    """The citations of an answer, without their words."""
    return tuple(
        RecordedCitation(number, one.doc_id, one.version)
        for number, one in enumerate(answer.citations, start=1)
    )


def may_see(principal: Principal, record: AnswerRecord, *, others: Collection[str]) -> bool:
    """Whether a principal may see a record: the asker's own, or with one of the scopes `others` all of the tenant."""
    own = record.tenant == principal.tenant and record.subject == principal.subject
    return own or (record.tenant == principal.tenant and not set(others).isdisjoint(principal.scopes))
