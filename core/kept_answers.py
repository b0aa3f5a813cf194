"""Answers that are kept, so that a model need not write them again. No question is kept in words."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from core.answers import Answer


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer, and when it may be given again.

    `key` stands for question, passages and everything that shaped the answer; `bucket` for all of it but question and passages.
    `marks` are keys of what two questions must share to mean the same: numbers, names, negations. `vector` is the question's, of
    unit length. `passages` are keys of what the answer was made of, the best first; `cited` those that it cites.
    """

    key: str
    bucket: str
    tenant: str
    vector: tuple[float, ...] = field(repr=False)
    marks: frozenset[str]
    passages: tuple[str, ...]
    cited: frozenset[str]
    answer: Answer = field(repr=False)


class AnswerStore(Protocol):
    """Keeps answers until a document that they cite changes, or their time is over."""

    async def exact(self, key: str) -> KeptAnswer | None:
        """The answer of this key, or None."""

    async def near(self, bucket: str, *, doc_ids: Collection[str], limit: int) -> list[KeptAnswer]:
        """The newest answers of a bucket that cite one of these documents, at most `limit`."""

    async def keep(self, kept: KeptAnswer, *, ttl_s: float) -> bool:
        """Keep an answer for so many seconds; False, and nothing is kept, if a version that it cites is not current any more."""

    async def count(self, doc_id: str) -> int:
        """How many kept answers cite a document."""
