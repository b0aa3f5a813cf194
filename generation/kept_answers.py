"""Giving an answer again that a model wrote before: to the same question, or one that means the same, from the same passages.

The search is always made. An answer is given again only where what it cites is among what was found now, in the same version and
in the same words: so it follows every edit, deletion and change of access, whatever the store still has.
"""

import hashlib
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from core.answer_ports import Answerer, AnswerPiece, Asked
from core.answer_settings import AnswerSettings
from core.answers import Answer, AnswerStatus, CacheHit, Citation
from core.errors import FolioError
from core.kept_answers import AnswerStore, KeptAnswer
from core.metrics import cache_read
from core.patience import within
from core.ports import Embedder, SparseEncoder
from core.search import Hit
from generation.reasons import BROKEN_OFF, DECLINED, NOT_READ, UNUSABLE

Variant = Callable[[Asked], Awaitable[str]]
"""Names everything but question and passages that shapes an answer: model, prompt version, mode, settings."""

_log = logging.getLogger(__name__)
_STORE_S = 2.0
"""Longest wait for the store: a database that somebody else has locked must not hold an answer back."""

_WHAT = "the store of kept answers"
_NEAR_COUNT = 50
# What may be better the next time.
_PASSING = frozenset({BROKEN_OFF, UNUSABLE, NOT_READ, DECLINED})
# What is best now must have been there then: else something new is to be said.
_TOP_COUNT = 3
_WORD = re.compile(r"[^\W_]+(?:[-_.'\u2019][^\W_]+)*")
_TELLING_WORDS = (
    "no not never none without nor cannot isn't aren't wasn't don't doesn't didn't won't can't except only "
    "nicht kein keine keinen keiner keines nie ohne nur "
    "who whom whose what which when where why how wer wen wem wessen was welche welcher welches wann wo warum wie "
    "before after since until first last next previous minimum maximum least most lowest highest more less fewer "
    "above below under over vor nach seit bis erste letzte mindestens maximal hoechstens mehr weniger"
)
_TELLING = frozenset(_TELLING_WORDS.split())
# Words that are in one of two questions and not in the other, and change nothing.
_LIGHT_WORDS = (
    "please tell give show explain list find know called name names named title kind type sort get gets got have has "
    "had make makes made take takes took place happen happens happened occur occurs occurred exactly approximately "
    "about many much long there exist exists current currently bitte sag gib zeig nenn name heisst gibt etwa genau"
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    key: str
    bucket: str
    vector: tuple[float, ...] = field(repr=False)
    marks: frozenset[str] = field(repr=False)
    passages: tuple[str, ...] = ()


class AnswerKeeper:
    """Implements Answerer around another one that asks a model. A store that fails costs nothing but the saving."""

    def __init__(
        self,
        inner: Answerer,
        store: AnswerStore,
        *,
        embedder: Embedder,
        sparse: SparseEncoder,
        settings: AnswerSettings,
        variant: Variant,
    ) -> None:
        self._inner, self._store, self._embedder, self._sparse = inner, store, embedder, sparse
        self._settings, self._variant = settings, variant

    async def answer(self, asked: Asked, hits: Sequence[Hit]) -> Answer:
        """The kept answer, marked as such, else a new one."""
        wanted = await self._wanted(asked, hits)
        found = await self._found(wanted, hits)
        if wanted is not None:
            cache_read("answers", hit=found is not None)
        if found is not None:
            return found
        made = await self._inner.answer(asked, hits)
        await self._keep(wanted, made, hits, tenant=asked.tenant)
        return made

    async def stream(self, asked: Asked, hits: Sequence[Hit]) -> AsyncIterator[AnswerPiece | Answer]:
        """The same in pieces."""
        wanted = await self._wanted(asked, hits)
        found = await self._found(wanted, hits)
        if wanted is not None:
            cache_read("answers", hit=found is not None)
        if found is not None:
            for piece in pieces_of(found):
                yield piece
            yield found
            return
        # Closed at once when nobody listens any more: then nobody need write.
        async with aclosing(self._inner.stream(asked, hits)) as parts:  # type: ignore[type-var]
            async for part in parts:
                if isinstance(part, Answer):
                    await self._keep(wanted, part, hits, tenant=asked.tenant)
                yield part

    async def _wanted(self, asked: Asked, hits: Sequence[Hit]) -> _Wanted | None:
        # What a conversation adds to a question is nobody else's.
        if self._settings.cache == "off" or asked.background or not hits:
            return None
        variant = await self._variant(asked)
        bucket = _digest(asked.tenant, asked.visibility, asked.language, variant)
        passages = tuple(passage_key(hit) for hit in hits)
        key = _digest(bucket, " ".join(asked.question.split()), *passages)
        if self._settings.cache == "exact":
            return _Wanted(key, bucket, (), frozenset(), passages)
        vector = tuple(await self._embedder.embed_query(asked.question))
        return _Wanted(key, bucket, vector, marks(asked.question, self._sparse), passages)

    async def _found(self, wanted: _Wanted | None, hits: Sequence[Hit]) -> Answer | None:
        if wanted is None:
            return None
        try:
            exact = await within(self._store.exact(wanted.key), wait_s=_STORE_S, what=_WHAT)
            if exact is not None:
                return replace(exact.answer, cached=CacheHit.EXACT)
            if self._settings.cache == "exact":
                return None
            doc_ids = {hit.doc_id for hit in hits}
            search = self._store.near(wanted.bucket, doc_ids=doc_ids, limit=_NEAR_COUNT)
            near = await within(search, wait_s=_STORE_S, what=_WHAT)
        except FolioError as error:
            _log.warning("kept answers cannot be read: %s", type(error).__name__)
            return None
        alike = [
            (likeness, one)
            for one in near
            if (likeness := _cosine(one.vector, wanted.vector)) >= self._settings.cache_similarity
            and serves(one, marks=wanted.marks, passages=wanted.passages)
        ]
        best = max(alike, key=lambda row: row[0], default=None)
        return replace(best[1].answer, cached=CacheHit.SEMANTIC) if best else None

    async def _keep(
        self, wanted: _Wanted | None, answer: Answer, hits: Sequence[Hit], *, tenant: str
    ) -> None:
        cited = cited_passages(answer.citations, hits)
        if wanted is None or answer.status is AnswerStatus.REFUSED or answer.reason in _PASSING or not cited:
            return
        kept = KeptAnswer(
            key=wanted.key,
            bucket=wanted.bucket,
            tenant=tenant,
            vector=wanted.vector,
            marks=wanted.marks,
            passages=wanted.passages,
            cited=cited,
            answer=answer,
        )
        try:
            keeping = self._store.keep(kept, ttl_s=self._settings.cache_s)
            await within(keeping, wait_s=_STORE_S, what=_WHAT)
        except FolioError as error:
            _log.warning("an answer was not kept: %s", type(error).__name__)


def serves(kept: KeptAnswer, *, marks: frozenset[str], passages: Sequence[str]) -> bool:
    """Whether a kept answer may be given to a like question that these passages were found for. Pure.

    What it cites was found again, the best of what was found is not new to it, and the questions have their words in common.
    """
    found = set(passages)
    return kept.marks == marks and kept.cited <= found and set(passages[:_TOP_COUNT]) <= set(kept.passages)


def marks(question: str, sparse: SparseEncoder) -> frozenset[str]:
    """Keys of what two questions must have in common to ask for the same: all words but light ones, in any inflection. Pure.

    Closeness of vectors alone takes "horizontal" for "vertical", and "who wrote it" for "who directed it".
    """
    words = _WORD.findall(question)
    telling = {
        word.casefold()
        for at, word in enumerate(words)
        if any(map(str.isdigit, word))
        or (at and any(map(str.isupper, word)))
        or word.casefold() in _TELLING
        or "_" in word
    }
    light = _terms(_LIGHT_WORDS, sparse)
    return frozenset(_digest(word)[:16] for word in telling) | (_terms(question, sparse) - light)


def passage_key(hit: Hit) -> str:
    """Names a passage in a version, as its reader sees it (32 digits)."""
    return _digest(hit.doc_id, str(hit.version), str(hit.start), hit.text)[:32]


def cited_passages(citations: Collection[Citation], hits: Sequence[Hit]) -> frozenset[str] | None:
    """The keys of the passages that hold these citations; None if one is in none of them. Pure."""
    holders = [_holder(one, hits) for one in citations]
    return frozenset(passage_key(hit) for hit in holders if hit) if all(holders) else None


def pieces_of(answer: Answer) -> list[AnswerPiece]:
    """A whole answer as the pieces that it would have come in. Pure."""
    pieces: list[AnswerPiece] = []
    known = 0
    for sentence in answer.sentences:
        most = max((known, *sentence.citations))
        pieces.append(AnswerPiece(sentence, answer.citations[known:most]))
        known = most
    return pieces


def _terms(text: str, sparse: SparseEncoder) -> set[str]:
    """Stems, stop words left out. Pairs of words, and identifiers as a whole, weigh less: they are left out."""
    query = sparse.encode_query(text)
    return {str(term) for term, weight in zip(query.indices, query.values, strict=True) if weight >= 1}


def _holder(one: Citation, hits: Sequence[Hit]) -> Hit | None:
    same = [hit for hit in hits if (hit.doc_id, hit.version) == (one.doc_id, one.version)]
    return next((hit for hit in same if hit.start <= one.start < hit.end), None)


def _cosine(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=False)) if len(left) == len(right) else 0.0


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()
