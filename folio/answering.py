"""From a question to an answer: search, answer, and the checkpoints of both."""

from core.access import Principal
from core.answers import Answer
from folio.assembly import Parts


async def answered(parts: Parts, question: str, *, principal: Principal) -> Answer:
    """A cited answer from what the principal may read, or a refusal.

    The answerer sees the question as the index does: names in it are the pseudonyms that stand in the passages.
    """
    limit = parts.settings.answers.passage_count
    found = await parts.evidence.search(question, principal=principal, limit=limit)
    answer = await parts.answerer.answer(found.query, hits=found.hits)
    return parts.answer_guard.checked(answer, found.hits) if parts.answer_guard else answer
