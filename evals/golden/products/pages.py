"""What each chapter of the corpus gives, and who makes and reads it: families of products, readers, repeatable chance."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from evals.datasets.model import EvalCase, EvalDocument, GoldSpan, Reader

_SEED = "folio products 1"
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Family:
    """Models that differ in size only, so that their documents are nearly the same. `prefix` begins their part numbers."""

    prefix: str
    noun: str
    models: tuple[str, str, str]

    @property
    def series(self) -> str:
        """As documents name the whole family."""
        return f"{self.models[0]} series"


@dataclass(slots=True)
class Chapter:
    """Documents of one kind and the questions about them."""

    documents: list[EvalDocument] = field(default_factory=list)
    cases: list[EvalCase] = field(default_factory=list)


FAMILIES = (
    Family("TP", "circulation pump", ("TP-310", "TP-320", "TP-330")),
    Family("TS", "submersible pump", ("TS-40", "TS-45", "TS-60")),
    Family("VK", "control valve", ("VK-12", "VK-16", "VK-22")),
    Family("DC", "drive controller", ("DC-700", "DC-710", "DC-750")),
    Family("HX", "heat exchanger", ("HX-5", "HX-8", "HX-14")),
    Family("FM", "flow meter", ("FM-21", "FM-24", "FM-28")),
    Family("LG", "level gauge", ("LG-3", "LG-4", "LG-9")),
    Family("CB", "compressor", ("CB-100", "CB-150", "CB-200")),
)
SERVICE, SALES = "service", "sales"
ENGINEER = Reader(clearance="confidential", groups=(SERVICE,))
SELLER = Reader(clearance="restricted", groups=(SALES,))


def dice(chapter: str) -> random.Random:
    """Chance that is the same every time, for one chapter: another chapter's change does not move it."""
    return random.Random(f"{_SEED} {chapter}")  # noqa: S311 - a corpus, not a secret


def spread(items: Sequence[Item], count: int) -> list[Item]:
    """So many of them, evenly over the whole, in order."""
    return [items[place * len(items) // count] for place in range(min(count, len(items)))]


def asked(  # noqa: PLR0913 - the fields of a case, by name
    case_id: str,
    question: str,
    *,
    gold: Sequence[EvalDocument],
    tags: Iterable[str],
    answer: str = "",
    quote: str = "",
    wrong: Iterable[EvalDocument] = (),
    reader: Reader | None = None,
) -> EvalCase:
    """A case that each gold document answers; `quote` stands in the first."""
    return EvalCase(
        case_id,
        question,
        grades={one.doc_id: 1 for one in gold},
        wrong=tuple(one.doc_id for one in wrong),
        answers=(answer,) if answer else (),
        spans=(GoldSpan(gold[0].doc_id, quote, gold[0].text.index(quote)),) if quote else (),
        tags=tuple(tags),
        reader=reader,
        origin="generated",
    )


def refused(case_id: str, question: str, *, tags: Iterable[str], reader: Reader | None = None) -> EvalCase:
    """A case that nothing which its reader may read answers."""
    return EvalCase(
        case_id,
        question,
        tags=("kind:unanswerable", *tags),
        answerable=False,
        reader=reader,
        origin="generated",
    )
