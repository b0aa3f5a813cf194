"""Cases that people's corrections, approvals and ratings have left, as cases of a set. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from core import eval_cases
from core.errors import InvalidInputError
from evals.datasets.model import EvalCase
from evals.making.drafts import tags_of
from evals.making.words import language_code

ORIGINS: Mapping[str, str] = {"approval": "review", "correction": "review"}
_FIELDS = frozenset({"format", "case_id", "origin", "question", "expected", "doc_ids", "wrong_doc_ids"})


@dataclass(frozen=True, slots=True)
class Imported:
    """Cases, and what was left out: documents that are gone, and cases of which no document is left."""

    cases: tuple[EvalCase, ...]
    gone_document_count: int = 0
    dropped_count: int = 0


def imported(found: Iterable[eval_cases.EvalCase], paths: Mapping[str, str], *, origin: str = "") -> Imported:
    """The cases over the documents that are there (`paths` by id). One without a document that is right is dropped."""
    cases, gone, dropped = [], 0, 0
    for one in found:
        gone += sum(doc_id not in paths for doc_id in (*one.doc_ids, *one.wrong_doc_ids))
        if any(doc_id in paths for doc_id in one.doc_ids):
            cases.append(_case(one, paths, origin or ORIGINS.get(one.origin, "feedback")))
        else:
            dropped += 1
    return Imported(tuple(cases), gone, dropped)


def _case(one: eval_cases.EvalCase, paths: Mapping[str, str], origin: str) -> EvalCase:
    there = [doc_id for doc_id in one.doc_ids if doc_id in paths]
    wrong = tuple(doc_id for doc_id in one.wrong_doc_ids if doc_id in paths and doc_id not in there)
    return EvalCase(
        f"{origin}-{one.case_id[:12]}",
        one.question,
        grades=dict.fromkeys(there, 1),
        wrong=wrong,
        answers=(one.expected,) if one.expected else (),
        tags=tags_of(one.origin, language_code(one.question), paths[there[0]]),
        origin=origin,
    )


def read_exported(data: bytes, *, name: str) -> list[eval_cases.EvalCase]:
    """The cases that `folio reviews export` wrote.

    Raises:
        InvalidInputError: A line is none of them; the message names it.
    """
    return [
        _read(line, f"{name}, line {number}")
        for number, line in enumerate(data.split(b"\n"), 1)
        if line.strip()
    ]


def _read(line: bytes, place: str) -> eval_cases.EvalCase:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise InvalidInputError(f"{place}: no JSON") from None
    if not isinstance(row, dict) or row.get("format") != eval_cases.FORMAT or not set(row) <= _FIELDS:
        raise InvalidInputError(
            f"{place}: no case in the format '{eval_cases.FORMAT}' of `folio reviews export`"
        )
    texts = [row.get(name, "") for name in ("case_id", "origin", "question", "expected")]
    lists = [row.get(name) or [] for name in ("doc_ids", "wrong_doc_ids")]
    if (
        not all(isinstance(some, list) for some in lists)
        or not all(isinstance(one, str) for one in (*texts, *(item for some in lists for item in some)))
        or not texts[2].strip()
    ):
        raise InvalidInputError(f"{place}: `question` and the ids of documents are to be texts")
    return eval_cases.EvalCase(
        texts[0] or eval_cases.case_id_of(texts[2]),
        texts[1],
        texts[2],
        texts[3],
        tuple(map(str, lists[0])),
        tuple(map(str, lists[1])),
    )
