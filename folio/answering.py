"""From a question to an answer: search, answer, and the checkpoints of both."""

from core.access import Principal
from core.answers import Answer
from folio.assembly import Parts
from retrieval.filters import visible_to


async def answered(parts: Parts, question: str, *, principal: Principal) -> Answer:
    """A cited answer from what the principal may read, or a refusal.

    The answerer sees the question as the index does: names in it are the pseudonyms that stand in the passages.
    """
    limit = parts.settings.answers.passage_count
    found = await parts.evidence.search(question, principal=principal, limit=limit)
    asked = await _private(parts, question, principal)
    answer = await parts.answerer.answer(asked, hits=found.hits)
    return parts.answer_guard.checked(answer, found.hits) if parts.answer_guard else answer


async def _private(parts: Parts, question: str, principal: Principal) -> str:
    if parts.query_privacy is None:
        return question
    visible = visible_to(principal)
    private = await parts.query_privacy.private(question, visible=visible, tenant=principal.tenant)
    return private.text
