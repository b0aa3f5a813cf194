"""From a question to an answer: search, answer, and the checkpoints of both."""

from core.access import Principal
from core.answers import Answer
from core.config import Settings
from folio.assembly import Parts
from retrieval.query.route import Route, route


async def answered(parts: Parts, question: str, *, principal: Principal) -> Answer:
    """A cited answer from what the principal may read, or a refusal.

    The answerer sees the question as the index does: names in it are the pseudonyms that stand in the passages.
    """
    limit = parts.settings.answers.passage_count
    found = await parts.evidence.search(question, principal=principal, limit=limit)
    answer = await parts.answerer.answer(found.query, hits=found.hits)
    return parts.answer_guard.checked(answer, found.hits) if parts.answer_guard else answer


def is_about_the_whole(settings: Settings, question: str) -> bool:
    """Whether a question asks for themes or an overview, and may be answered from the graph."""
    graph = settings.graph
    return graph.enabled and graph.use != "off" and route(question) is Route.GLOBAL
