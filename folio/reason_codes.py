"""Why nothing, or not everything, was answered, as a code: words change, and a record has none."""

from core.answers import Answer
from generation import reasons

STOPPED = "the asker did not wait for the rest"

_CODES = {
    reasons.NOTHING_FOUND: "nothing_found",
    reasons.NOT_ANSWERED: "not_answered",
    reasons.NOT_SUPPORTED: "not_supported",
    reasons.DECLINED: "declined",
    reasons.UNUSABLE: "unusable",
    reasons.BROKEN_OFF: "broken_off",
    reasons.NOT_READ: "not_read",
    STOPPED: "stopped",
}
OTHER = "other"
GUARDRAIL = "guardrail"


def reason_code(answer: Answer) -> str:
    """The code of an answer's reason; empty where everything was answered. Pure."""
    if answer.appeal_id:
        return GUARDRAIL
    if not answer.reason:
        return ""
    return _CODES.get(answer.reason, "left_out" if answer.removed_count else OTHER)
