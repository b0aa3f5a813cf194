"""The review queue and the audit log."""

from collections.abc import Sequence
from datetime import datetime

from folio.client.calls.building import fetched, part, posted
from folio.client.flows import Call
from folio.client.models.base import Page
from folio.client.models.oversight import AuditEntry, AuditVerdict, EvalCases, Review, ReviewDetail
from folio.client.wire import given


def list_reviews(
    *, state: Sequence[str] = (), kind: Sequence[str] = (), limit: int = 50, cursor: str | None = None
) -> Call[Page[Review]]:
    """A page of what a human is to look at, newest first; `reviews` goes through all pages. Needs the scope `review`."""
    query = given(state=list(state) or None, kind=list(kind) or None, limit=limit, cursor=cursor)
    return fetched("/v1/reviews", Page[Review], query)


def review(item_id: str) -> Call[ReviewDetail]:
    """An item with the record of the answer, or the document."""
    return fetched(f"/v1/reviews/{part(item_id)}", ReviewDetail)


def claim_review(item_id: str, *, release: bool = False) -> Call[Review]:
    """Say that one looks at an item, so that nobody else does; with `release`, give it back."""
    return posted(f"/v1/reviews/{part(item_id)}/claim", Review, {"release": release})


def decide_review(
    item_id: str, state: str, *, note: str = "", question: str = "", correction: str = ""
) -> Call[ReviewDetail]:
    """Decide an item, in place of an earlier decision.

    Args:
        item_id: Of the item.
        state: `approved`, `corrected` or `rejected`.
        note: For others who review.
        question: Makes the decision a case for evaluations.
        correction: With `corrected`: what is right.
    """
    body = {"state": state, "note": note, "question": question, "correction": correction}
    return posted(f"/v1/reviews/{part(item_id)}/decision", ReviewDetail, body, is_repeatable=False)


def eval_cases() -> Call[EvalCases]:
    """Cases for evaluations from what was decided and corrected."""
    return fetched("/v1/reviews/cases", EvalCases)


def list_audit_entries(
    *,
    action: Sequence[str] = (),
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
    cursor: int | None = None,
) -> Call[Page[AuditEntry]]:
    """A page of the tenant's audit log, newest first; `audit_entries` goes through all pages. Needs the scope `audit`."""
    query = given(
        action=list(action) or None,
        subject=subject,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
        limit=limit,
        cursor=cursor,
    )
    return fetched("/v1/audit", Page[AuditEntry], query)


def verify_audit_log(*, head: str | None = None) -> Call[AuditVerdict]:
    """Whether the audit log is whole; with `head`, one that was noted earlier, also that it still goes on from there."""
    return fetched("/v1/audit/verify", AuditVerdict, given(head=head))
