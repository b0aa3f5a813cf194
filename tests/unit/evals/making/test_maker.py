"""Cases from documents, over a knowledge base that is told what it finds."""

from collections.abc import Sequence

import pytest

from core.access import AccessLabel, Tier
from core.errors import InvalidInputError
from core.search import Hit
from evals.datasets.model import Reader
from evals.making.drafts import GraphNotes, ReadDocument
from evals.making.maker import Made, MakeOptions, Maker
from tests.fakes.hits import hit
from tests.unit.evals.making.made_documents import document

ROWS = "".join(f"| E0{number} | broken cable no. {number} | tool {number} |\n" for number in range(1, 9))
PARTS = document(f"| Code | Cause | Tool needed |\n|---|---|---|\n{ROWS}", doc_id="parts", title="Parts list")
BANDS = document(
    "| Band | Least salary |\n|---|---|\n| Band one | 24800 |\n| Band two | 29500 |\n",
    doc_id="bands",
    title="Salary bands",
    access=AccessLabel(tier=Tier.RESTRICTED, groups=frozenset({"people"})),
)


class Told:
    """A Probe that finds the same for everything and takes questions with certain words for answered."""

    def __init__(self, *, found: Sequence[Hit] = (), answered: str = "no such word") -> None:
        self.found, self.answered = found, answered

    async def hits(self, question: str, reader: Reader | None = None, *, limit: int = 10) -> Sequence[Hit]:
        del question, reader
        return self.found[:limit]

    async def is_answered(self, question: str, reader: Reader | None = None) -> bool:
        del reader
        return self.answered in question


async def made(*documents: ReadDocument, probe: Told | None = None, **options: int | float) -> Made:
    wanted = MakeOptions(**{"count": 10, "per_document": 8, **options})  # type: ignore[arg-type]
    maker = Maker(documents, probe or Told(), usual=Reader(), options=wanted)
    return await maker.made(parse=None, notes=GraphNotes())


async def test_the_wanted_share_is_unanswerable() -> None:
    found = await made(PARTS)

    assert [one.answerable for one in found.cases] == [True] * 8 + [False] * 2
    assert len({one.case_id for one in found.cases}) == 10


async def test_what_folio_takes_for_answered_is_no_unanswerable_case() -> None:
    found = await made(PARTS, probe=Told(answered="What"))

    assert all(one.answerable for one in found.cases)
    assert found.answered_count > 0


async def test_what_is_found_beside_the_gold_is_a_hard_negative() -> None:
    found = await made(PARTS, probe=Told(found=[hit("x", doc="parts"), hit("y", doc="other")]))

    assert {one.wrong for one in found.cases if one.answerable} == {("other",)}


async def test_restricted_documents_give_a_pair_of_cases() -> None:
    found = await made(BANDS, unanswerable_share=0.0)

    readers = [(one.answerable, one.reader) for one in found.cases]
    may, may_not = Reader(clearance="restricted", groups=("people",)), Reader(clearance="restricted")
    assert readers == [(True, may), (False, may_not)] * 2


async def test_a_question_that_others_answer_too_is_none_for_those_who_may_not() -> None:
    found = await made(BANDS, probe=Told(answered="salary"), unanswerable_share=0.0)

    assert {"access:may-not" in one.tags for one in found.cases} == {False}


async def test_the_same_documents_give_the_same_cases() -> None:
    assert await made(PARTS, BANDS) == await made(PARTS, BANDS)


async def test_documents_that_nothing_can_be_asked_about_say_so() -> None:
    with pytest.raises(InvalidInputError, match="no question could be made"):
        await made(document("Hello."))
