"""A case for evaluations: a question, the answer that is right, and the documents that bear it. The format of exports. Pure."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from core import ids

FORMAT = "folio-eval-case/1"


@dataclass(frozen=True, slots=True)
class EvalCase:
    """One case. `origin` is `correction` or `approval`; `doc_ids` are relevant, `wrong_doc_ids` were cited and are not.

    All words are without personal data. `expected` is empty where the answer was right and its words were not kept.
    """

    case_id: str
    origin: str
    question: str = field(repr=False)
    expected: str = field(repr=False)
    doc_ids: tuple[str, ...] = ()
    wrong_doc_ids: tuple[str, ...] = ()


def case_id_of(question: str) -> str:
    """Equal for questions that differ in capitals and blanks only (32 digits)."""
    return ids.text_key(" ".join(question.casefold().split()))[:32]


def each_once(cases: Iterable[EvalCase]) -> list[EvalCase]:
    """One case a question: a correction before an approval, else the first."""
    found: dict[str, EvalCase] = {}
    for case in cases:
        known = found.get(case.case_id)
        if known is None or (case.origin == "correction" and known.origin != "correction"):
            found[case.case_id] = case
    return list(found.values())


def as_line(case: EvalCase) -> str:
    """The case as a line of JSONL, without the line's end."""
    return json.dumps({"format": FORMAT, **asdict(case)}, ensure_ascii=False, separators=(",", ":"))
