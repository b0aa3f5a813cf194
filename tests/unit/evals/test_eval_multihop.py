"""The measurement of multi-hop questions: tables, halves, and one run over a small set."""

from pathlib import Path

import orjson
import pytest

from core.access import AccessLabel
from core.documents import ParsedDocument
from core.graph import DocumentEvidence
from evals.datasets.retrieval_sets import Passage, Question, RetrievalSet
from evals.eval_multihop import main
from evals.metrics.ranking import recalls
from evals.multihop_eval.evidence import evidence_of
from evals.multihop_eval.report import ALWAYS, AUTO, HYBRID, Measured, section
from evals.multihop_eval.systems import Row, halves, routed_share
from evals.retrieval_eval.indexing import Cut
from tests.fakes.chunker import FakeChunker
from tests.fakes.graph_extractor import FakeGraphExtractor
from tests.unit.evals.retrieval_worlds import write_retrieval_set

GRADES = {"q1": {"a": 1, "b": 1}, "q2": {"c": 1}}
DATA = RetrievalSet(
    "set",
    (Passage("a", "A", "Ada met Bob."),),
    (Question("q2", "How many days?"), Question("q1", "Who leads the firm that owns the office in Berlin?")),
    GRADES,
)


def measured(name: str, *, auto: float, is_multihop: bool) -> Measured:
    rows = {
        HYBRID: Row((0.5, 0.6, 0.7), 0.6, 10.0),
        AUTO: Row((0.5, auto, 0.7), 0.6, 20.0),
        ALWAYS: Row((0.5, auto, 0.7), 0.6, 30.0),
    }
    return Measured(name, 10, 20, 0.5, rows, (rows, rows), is_multihop)


def test_recall_is_the_mean_share_of_what_was_to_be_found() -> None:
    rankings = {"q1": ["a", "x", "b"], "q2": ["x", "c"]}
    assert recalls(rankings, GRADES, depths=(1, 2, 3)) == pytest.approx((0.25, 0.75, 1.0))


def test_a_set_is_halved_by_the_ids_of_its_questions() -> None:
    even, odd = halves(DATA)
    assert [question.query_id for question in even.questions] == ["q1"]
    assert odd.grades == {"q2": {"c": 1}}
    assert routed_share(DATA) == 0.5


def test_the_table_says_what_was_reached_and_what_others_published() -> None:
    text = section(measured("multihop_hotpotqa", auto=0.7, is_multihop=True))
    assert "| hybrid + graph, auto | 50.0 | 70.0 | 70.0 | 60.0 | 70.0 / 70.0 | 20.0 |" in text
    assert "HippoRAG" in text
    assert "+10.0 points, goal +5.0: met" in text
    assert "**missed**" in section(measured("other", auto=0.59, is_multihop=False))


def test_evidence_is_read_once(tmp_path: Path) -> None:
    passage = DATA.passages[0]
    cuts = [Cut(passage, chunk) for chunk in FakeChunker().chunk(_document(passage))]
    extractor = FakeGraphExtractor()
    first = evidence_of(cuts, extractor, name="set", cache=tmp_path)
    again = evidence_of(cuts, extractor, name="set", cache=tmp_path)
    assert first == again
    assert first[0].rows
    assert isinstance(first[0], DocumentEvidence)
    assert first[0].access == AccessLabel()
    assert len(extractor.documents) == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [([], 0, "--data"), (["--data", "nowhere"], 2, "nowhere")],
)
def test_without_sets_the_command_says_what_it_needs(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == code
    assert words in "".join(capsys.readouterr())


@pytest.mark.slow
def test_the_graph_finds_the_second_passage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_retrieval_set(tmp_path / "data" / "small")
    corpus = [
        {"id": "film", "title": "Ed Wood", "text": "Ed Wood is a film by Tim Burton about an odd director."},
        {"id": "man", "title": "Tim Burton", "text": "Tim Burton comes from Burbank."},
    ]
    with (folder / "corpus.jsonl").open("ab") as file:
        file.write(b"\n" + b"\n".join(map(orjson.dumps, corpus)))
    question = {"id": "hop", "text": "Where does the man who made the film Ed Wood come from?"}
    (folder / "queries.jsonl").write_bytes(orjson.dumps(question))
    (folder / "qrels.tsv").write_text("query\tdoc\tgrade\nhop\tfilm\t1\nhop\tman\t1\n")
    assert main(["--data", str(tmp_path / "data"), "--sets", "small"]) == 0
    text = capsys.readouterr().out
    assert "`auto` sends 100.0% of the questions to the graph" in text
    assert "| hybrid + graph, auto | 100.0 | 100.0 | 100.0 |" in text


def _document(passage: Passage) -> ParsedDocument:
    return ParsedDocument(passage.text, passage.title, "text/markdown")
