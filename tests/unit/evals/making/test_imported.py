"""Cases from reviews and feedback."""

import pytest

from core import eval_cases
from core.errors import InvalidInputError
from evals.making.imported import imported, read_exported

SAID = eval_cases.EvalCase(
    "a" * 32, "correction", "How long is it?", "20 weeks", ("d1", "gone"), ("d2", "gone2")
)


def test_a_correction_becomes_a_case() -> None:
    found = imported([SAID], {"d1": "leave.md", "d2": "old.md"})

    (case,) = found.cases
    assert (case.grades, case.wrong, case.answers, case.origin) == (
        {"d1": 1},
        ("d2",),
        ("20 weeks",),
        "review",
    )
    assert "document:leave.md" in case.tags
    assert (found.gone_document_count, found.dropped_count) == (2, 0)


def test_a_case_of_which_all_documents_are_gone_is_counted_and_left_out() -> None:
    found = imported([SAID], {"d2": "old.md"})

    assert (found.cases, found.dropped_count) == ((), 1)


def test_what_was_exported_is_read_back() -> None:
    assert read_exported(f"{eval_cases.as_line(SAID)}\n\n".encode(), name="x") == [SAID]


@pytest.mark.parametrize(
    "line",
    ["no json", "[1]", '{"format": "other"}', '{"format": "folio-eval-case/1", "question": ""}']
    + [
        f'{{"format": "folio-eval-case/1", "question": "How?", "doc_ids": {odd}}}'
        for odd in ("5", '"d1"', '{"d1": 1}', "[1]", "true")
    ]
    + ['{"format": "folio-eval-case/1", "question": "  "}', "[" * 100_000],
)
def test_a_line_that_is_no_case_is_named(line: str) -> None:
    with pytest.raises(InvalidInputError, match=r"cases\.jsonl, line 2"):
        read_exported(f"{eval_cases.as_line(SAID)}\n{line}\n".encode(), name="cases.jsonl")
