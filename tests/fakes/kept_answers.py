"""Kept answers in a dictionary."""

from collections.abc import Collection
from dataclasses import dataclass, field

from core.errors import DependencyDownError
from core.kept_answers import KeptAnswer


@dataclass
class FakeAnswerStore:
    """Implements AnswerStore. It forgets nothing by itself: what is asked of it must be safe without."""

    kept: dict[str, KeptAnswer] = field(default_factory=dict)
    is_down: bool = False

    async def exact(self, key: str) -> KeptAnswer | None:
        self._check()
        return self.kept.get(key)

    async def near(self, bucket: str, *, doc_ids: Collection[str], limit: int) -> list[KeptAnswer]:
        self._check()
        citing = [
            one
            for one in self.kept.values()
            if one.bucket == bucket and {cited.doc_id for cited in one.answer.citations} & set(doc_ids)
        ]
        return citing[::-1][:limit]

    async def keep(self, kept: KeptAnswer, *, ttl_s: float) -> bool:
        del ttl_s
        self._check()
        self.kept[kept.key] = kept
        return True

    async def count(self, doc_id: str) -> int:
        return sum(doc_id in {cited.doc_id for cited in one.answer.citations} for one in self.kept.values())

    def _check(self) -> None:
        if self.is_down:
            raise DependencyDownError("the database does not answer")
