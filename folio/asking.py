"""What an open knowledge base is asked: passages, answers, and the graph."""

import logging
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from core.access import Principal
from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerMode
from core.documents import DocumentState
from core.errors import DependencyDownError
from core.filters import Condition
from folio.assembly import Parts
from folio.recording import RecordingKnowledgeBase
from folio.searching import SearchedKnowledgeBase

if TYPE_CHECKING:
    from core.sessions import NewTurn
    from folio.answering import OnFound, Question
    from folio.embedding import Embedded
    from folio.graph_desk import GraphDesk
    from folio.graph_merging import MergeDesk
    from generation.service import Overview

_log = logging.getLogger(__name__)


class AskedKnowledgeBase(RecordingKnowledgeBase, SearchedKnowledgeBase):
    """The part of `KnowledgeBase` that reads on behalf of a principal."""

    async def answer(  # noqa: PLR0913  # each is a choice of its own, by name
        self,
        question: str,
        *,
        principal: Principal | None = None,
        mode: AnswerMode | None = None,
        language: str = "",
        session_id: str | None = None,
        narrowed: Condition | None = None,
        history: "Sequence[NewTurn]" = (),
    ) -> Answer:
        """A cited answer, or a refusal with its reason: in the documents' own words, or checked words of a language model.

        Args:
            question: In plain words.
            principal: On whose behalf; by default, the operator.
            mode: How it is made; by default as `answers.mode` says.
            language: Of the question, as `en`; empty where unknown.
            session_id: The conversation that it belongs to, from `sessions`; the turn is kept there.
            narrowed: A filter that every passage meets.
            history: What was said before, where it is in no session; it is not kept.

        Raises:
            InvalidInputError: The question is empty or too long, or the mode needs a language model where none is configured.
            NotFoundError: There is no such session.
        """
        from folio.answering import Question

        who = principal or self.settings.principal()
        wanted = Question(question, mode, language, narrowed=narrowed)
        asking = self.recorder.asking(question, who)
        if session_id is None and not history:
            return await self.recorder.noted(asking, await self._answered(wanted, who))
        from folio.conversing import Answering, continued

        desk = await self.sessions(principal=who)
        answering = Answering(partial(self._passed, who=who), partial(self._answered, who=who))
        made = await continued(desk, session_id or history, wanted, answering)
        return await self.recorder.noted(asking, made)

    async def stream_answer(  # noqa: PLR0913  # each is a choice of its own, by name
        self,
        question: str,
        *,
        principal: Principal | None = None,
        mode: AnswerMode | None = None,
        language: str = "",
        session_id: str | None = None,
        narrowed: Condition | None = None,
        history: "Sequence[NewTurn]" = (),
        on_found: "OnFound | None" = None,
    ) -> AsyncGenerator[AnswerPiece | Answer, None]:
        """The answer sentence by sentence, each checked before it comes, and at the end whole. Close it to stop the model.

        The whole is what counts: a rule about it may refuse what came before. A turn of a session is kept once the answer is
        whole, and not at all where the stream is closed before. `on_found` is told the passages; the rest is as for `answer`.

        Raises:
            InvalidInputError: As for `answer`, before the first sentence.
            NotFoundError: There is no such session.
        """
        from folio.answer_records import recorded
        from folio.answering import Question
        from folio.conversing import Streaming, streamed_on

        who = principal or self.settings.principal()
        wanted = Question(question, mode, language, narrowed=narrowed)
        asking = self.recorder.asking(question, who)
        stream = partial(self._streamed, who=who, on_found=on_found)
        pieces = stream(wanted)
        if session_id is not None or history:
            desk = await self.sessions(principal=who)
            streaming = Streaming(partial(self._passed, who=who), stream)
            pieces = streamed_on(desk, session_id or history, wanted, streaming)
        async with aclosing(recorded(self.recorder, asking, pieces)) as checked:
            async for piece in checked:
                yield piece

    async def are_current(self, places: Collection[tuple[str, int]], *, principal: Principal) -> bool:
        """Whether the principal may read all of these documents now, and they are indexed in just these versions."""
        catalog = await self._catalog()
        for doc_id, version in places:
            record = await catalog.get(doc_id)
            if record is None or record.state is not DocumentState.INDEXED or record.version != version:
                return False
            if not record.access.readable_by(principal):
                return False
        return True

    async def embed(self, texts: Sequence[str], *, as_queries: bool = False) -> "Embedded":
        """Vectors of texts by the model that the documents are indexed with. Nothing is kept of them as passages.

        Raises:
            DependencyDownError: The model's server does not answer.
        """
        from folio.embedding import embedded

        return await self._searched(lambda parts: embedded(parts, texts, as_queries=as_queries))

    async def _passed(self, question: "Question", who: Principal) -> str | Answer:
        answers = (await self._live.refresh()).answers
        return await answers.passed(question.text, who, language=question.language)

    async def _answered(self, question: "Question", who: Principal) -> Answer:
        from folio.answering import OnSearch, answered

        overview, listening = self._overview_for(question, who), self.sampler.listening(who)
        told = OnSearch(sampled=listening.found if listening else None)
        made = await self._searched(
            lambda parts: answered(parts, question, principal=who, overview=overview, told=told)
        )
        if listening is not None:
            listening.answered(made)
        return made

    async def _streamed(
        self, question: "Question", who: Principal, on_found: "OnFound | None"
    ) -> AsyncGenerator[AnswerPiece | Answer, None]:
        from folio.answering import OnSearch, streamed

        overview, listening = self._overview_for(question, who), self.sampler.listening(who)
        told = OnSearch(on_found, listening.found if listening else None)
        stream = await self._searched(
            lambda parts: streamed(parts, question, principal=who, overview=overview, told=told)
        )
        async with aclosing(stream) as pieces:
            async for piece in pieces:
                if listening is not None and isinstance(piece, Answer):
                    listening.answered(piece)
                yield piece

    def _overview_for(self, question: "Question", who: Principal) -> "Overview | None":
        from folio.answering import is_about_the_whole

        is_whole = is_about_the_whole(self.settings, question.text)
        return partial(self._overview, principal=who) if is_whole else None

    async def _overview(self, question: str, *, principal: Principal) -> Answer | None:
        """The main themes of what the principal may read; None if the graph knows none, or is not there. Opens the catalog."""
        from folio.themes import overview_of

        async def look(parts: Parts) -> Answer | None:
            desk = await self.graph(principal=principal)
            return await overview_of(parts, desk, question, principal=principal)

        try:
            return await self._searched(look)
        except DependencyDownError as error:
            _log.warning("a question about the whole is answered without the graph: %s", error.detail)
            return None

    async def graph(self, *, principal: Principal | None = None) -> "GraphDesk":
        """The knowledge graph as the principal (by default, the operator) sees it. Opens the catalog."""
        from folio.graph_desk import DeskParts, GraphDesk
        from folio.graph_quotes import QuoteReader

        who = principal or self.settings.principal()
        graph, catalog, parts = (
            await self._graph(who.tenant),
            await self._catalog(),
            await self._live.refresh(),
        )
        quotes = QuoteReader(parts.reader, parts.hit_privacy)
        desk_parts = DeskParts(graph, catalog.graph_communities, quotes, parts.query_privacy)
        return GraphDesk(desk_parts, principal=who)

    async def graph_merges(self, *, principal: Principal | None = None) -> "MergeDesk":
        """What is taken for one entity, as the principal (by default, the operator) sees it, and decisions about it."""
        from folio.graph_merging import MergeDesk

        catalog = await self._catalog()
        desk = await self.graph(principal=principal)
        return MergeDesk(desk, catalog.graph_merges, catalog.audit.append)
