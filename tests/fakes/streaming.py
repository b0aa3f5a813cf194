"""FakeStreaming: the part of a fake knowledge base that answers sentence by sentence.

The sentences are those of `answer`, and after them the words of `script`, each borne by the first citation. Before each the fake
waits while `may_write` is not set; `breaks` is raised after the first sentence. `history` are the turns that it was told,
`left_count` counts streams that were closed before their end.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from dataclasses import replace
from typing import Any

from core.access import Principal
from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerMode, AnswerSentence
from core.documents import DocumentState
from core.filters import Condition
from core.sessions import NewTurn
from folio.embedding import Embedded
from generation.kept_answers import pieces_of


class FakeStreaming:
    script: tuple[str, ...] = ()
    breaks: Exception | None = None
    history: Sequence[NewTurn] = ()
    wanted_filter: Condition | None = None
    left_count = 0
    records: dict[str, Any]

    def __init__(self) -> None:
        self.may_write = asyncio.Event()
        self.may_write.set()

    async def stream_answer(
        self,
        question: str,
        *,
        principal: Principal | None = None,
        mode: AnswerMode | None = None,
        language: str = "",
        session_id: str | None = None,
        narrowed: Condition | None = None,
        history: Sequence[NewTurn] = (),
        on_found: Any = None,
    ) -> AsyncGenerator[AnswerPiece | Answer, None]:
        how = {"mode": mode, "language": language, "session_id": session_id, "narrowed": narrowed}
        whole = await self.answer(question, principal=principal, history=history, **how)
        if on_found is not None:
            await on_found((await self.search(question, limit=1, principal=principal)).hits)
        more = tuple(AnswerSentence(text, (1,)) for text in self.script if whole.citations)
        text = " ".join([whole.text, *(f"{one.text} [1]" for one in more)])
        whole = replace(whole, text=text.strip(), sentences=(*whole.sentences, *more))
        is_whole = False
        try:
            for count, piece in enumerate(pieces_of(whole)):
                await self.may_write.wait()
                if count and self.breaks:
                    raise self.breaks
                yield piece
            is_whole = True
            yield whole
        finally:
            self.left_count += not is_whole

    async def are_current(self, places: Collection[tuple[str, int]], *, principal: Principal) -> bool:
        found = [(self.records.get(doc_id), version) for doc_id, version in places]
        return all(
            record is not None
            and record.state is DocumentState.INDEXED
            and record.version == version
            and record.access.readable_by(principal)
            for record, version in found
        )

    async def embed(self, texts: Sequence[str], *, as_queries: bool = False) -> Embedded:
        vectors = tuple((1.0, 0.0) if as_queries else (0.6, 0.8) for _ in texts)
        return Embedded(vectors, 2, sum(len(text.split()) for text in texts))

    async def answer(self, question: str, **how: Any) -> Answer:
        raise NotImplementedError

    async def search(self, query: str, **how: Any) -> Any:
        raise NotImplementedError
