"""Questions about the whole, answered from the summaries of communities; every sentence is read again where searches read."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from core.access import Principal
from core.answers import Answer
from core.graph import Spot
from core.ports import SparseEncoder
from core.search import Hit
from folio.assembly import Parts
from generation.guardrails.answers import AnswerGuard
from generation.themes import Theme, overview, topic_words
from retrieval.filters import visible_to
from retrieval.question import checked_query

if TYPE_CHECKING:
    from graph.shown_communities import ShownCommunity

THEME_COUNT = 5
_QUOTE_COUNT = 2
# Communities whose sentences are read: of some nothing is left, or others have said it.
_CANDIDATE_COUNT = 3 * THEME_COUNT
# Share of a question's topic that a community must be about, and of what the closest one is about it.
_LEAST_COVERAGE = 0.5
_COMPANION_SHARE = 0.75
# What a sentence mentions, a community need not be about.
_MENTIONED_SHARE = 0.5


class Desk(Protocol):
    """What is asked of the graph on behalf of a principal; `folio.graph_desk.GraphDesk` has it."""

    async def communities(self, *, level: int | None = None) -> "list[ShownCommunity]":
        """The communities that the principal may read."""

    async def quotes(self, spots: Sequence[Spot]) -> list[Hit]:
        """The sentences at spots, as the principal may read them."""


async def overview_of(parts: Parts, desk: Desk, question: str, *, principal: Principal) -> Answer | None:
    """A cited answer to a question about the whole; None if no community that the principal may read has anything to say on it.

    Raises:
        InvalidInputError: The question is empty or too long.
    """
    asked = checked_query(question, limit=1, max_limit=1)
    if parts.query_privacy is not None:
        visible, tenant = visible_to(principal), principal.tenant
        asked = (await parts.query_privacy.private(asked, visible=visible, tenant=tenant)).text
    return await themes_answer(desk, asked, sparse=parts.sparse, guard=parts.answer_guard)


async def themes_answer(
    desk: Desk, question: str, *, sparse: SparseEncoder, guard: AnswerGuard | None = None
) -> Answer | None:
    """The themes that a question asks for, as an answer; None if no community has anything to say on it.

    The question is as the index has it: names in it are pseudonyms.
    """
    communities = on_topic(await desk.communities(), topic_words(question), sparse=sparse)
    themes: list[Theme] = []
    for one in communities[:_CANDIDATE_COUNT]:
        quotes = await desk.quotes([sentence.spot for sentence in one.community.sentences])
        if quotes:
            themes.append(Theme(one.community.title, tuple(quotes)))
        if len(themes) == THEME_COUNT:
            break
    answer = overview(themes, quote_count=_QUOTE_COUNT)
    if answer is None or guard is None:
        return answer
    return guard.checked(answer, [quote for theme in themes for quote in theme.quotes])


def on_topic(
    communities: "Sequence[ShownCommunity]", topic: Sequence[str], *, sparse: SparseEncoder
) -> "list[ShownCommunity]":
    """Without a topic the coarsest communities, the heaviest first; with one the finest that are about it, the closest first."""
    if not topic:
        coarse = [one for one in communities if one.community.level == 0]
        return sorted(coarse, key=lambda one: (-one.community.weight, one.community.community_id))
    parents = {one.community.parent_id for one in communities}
    query = sparse.encode_query(" ".join(topic))
    # Words only: a pair of them weighs less, and need not be there.
    wanted = {term for term, weight in zip(query.indices, query.values, strict=True) if weight >= 1}
    scored = [
        (_closeness(wanted, one, sparse=sparse), one)
        for one in communities
        if one.community.community_id not in parents
    ]
    least = max(_LEAST_COVERAGE, _COMPANION_SHARE * max((score for score, _ in scored), default=0.0))
    close = [(score, one) for score, one in scored if score >= least]
    ordered = sorted(
        close, key=lambda row: (-row[0], -row[1].community.weight, row[1].community.community_id)
    )
    return [one for _, one in ordered]


def _closeness(wanted: set[int], one: "ShownCommunity", *, sparse: SparseEncoder) -> float:
    """Share of the topic that its names have, or half of what names and sentences have together."""
    names = [entity.name for entity in one.entities]
    said = [sentence.text for sentence in one.community.sentences]
    in_names = _coverage(wanted, names, sparse=sparse)
    return max(in_names, _MENTIONED_SHARE * _coverage(wanted, [*names, *said], sparse=sparse))


def _coverage(wanted: set[int], texts: Iterable[str], *, sparse: SparseEncoder) -> float:
    if not wanted:
        return 0.0
    found: set[int] = set(sparse.encode_passage("\n".join(texts)).indices)
    return len(wanted & found) / len(wanted)
