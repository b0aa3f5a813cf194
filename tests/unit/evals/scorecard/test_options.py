"""Which sets and cases a run measures."""

from pathlib import Path

import pytest

from core.errors import InvalidInputError
from evals.datasets.model import CorpusKind, EvalCase, EvalSet
from evals.scorecard.options import STAGES, Options
from evals.scorecard.sets import chosen_sets, shortened


def _set(count: int) -> EvalSet:
    cases = tuple(EvalCase(f"c{number}", "what?") for number in range(count))
    return EvalSet("tiny", "1", CorpusKind.TEXTS, cases)


def test_a_short_set_is_spread_over_all_of_it() -> None:
    assert [case.case_id for case in shortened(_set(10), 3).cases] == ["c0", "c3", "c6"]


def test_a_set_that_is_short_enough_stays_as_it_is() -> None:
    data = _set(3)
    assert shortened(data, 3) is data
    assert shortened(data, 0) is data


def test_stages_come_in_the_order_in_which_a_fault_spreads() -> None:
    assert Options(only=("latency", "redaction")).stages == ("redaction", "latency")
    assert Options().stages == STAGES


def test_an_unknown_stage_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InvalidInputError, match=r"'speed'.*retrieval"):
        Options(only=("speed",))


def test_a_set_of_others_needs_the_folder_that_holds_it(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="--data"):
        chosen_sets(Options(sets=("scifact",)))


def test_folders_of_others_are_measured_where_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "scifact"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text('{"id": "d1", "title": "T", "text": "Cranes lift."}\n')
    (folder / "queries.jsonl").write_text('{"id": "q1", "text": "What lifts?"}\n')
    (folder / "qrels.tsv").write_text("query\tdoc\tgrade\nq1\td1\t2\n")
    (data,) = chosen_sets(Options(data=tmp_path, sets=("scifact",)))
    assert data.cases[0].grades == {"d1": 2}
    assert [one.text for one in data.documents] == ["Cranes lift."]
