"""The benchmark of peers: what processes exchange, what is measured, how systems are compared, and the page."""

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from core.errors import FolioError, InvalidInputError, SettingsError
from evals.bench_peers import CHUNK_TOKENS, Plan, check_peers, job_of, main, run
from evals.datasets.model import CorpusKind, EvalCase, EvalDocument, EvalSet, Reader
from evals.datasets.retrieval_sets import read_set
from evals.peers.corpora import Corpus, corpora, of_golden, of_retrieval_set, reduced
from evals.peers.exchange import (
    Document,
    Job,
    Outcome,
    Question,
    read_job,
    read_outcome,
    write_job,
    write_outcome,
)
from evals.peers.measuring import best_documents, measured, warm_up_questions
from evals.peers.page import BEGIN, END, Page, as_markdown, readme_table, written_between
from evals.peers.process import FOLIO, FOLIO_SEARCH, LLAMA_INDEX, TEXTBOOK
from evals.peers.results import Result, best_rank, compared, losses, stages
from tests.unit.evals.retrieval_worlds import TOPICS, write_retrieval_set

DOCUMENTS = tuple(Document(name, f"The {name}", f"How to service the {name}.") for name in TOPICS)
QUESTIONS = tuple(Question(f"q-{name}", f"How often is the {name} checked?") for name in TOPICS)
CORPUS = Corpus("machines", DOCUMENTS, QUESTIONS, {f"q-{name}": {name: 1} for name in TOPICS})


def outcome(
    places: Mapping[str, int], *, p50_ms: float = 2.0, index_s: float = 1.0, **more: object
) -> Outcome:
    """Every question finds its document in the first place, or in the one that is named for its topic."""
    rankings = {}
    for name in TOPICS:
        others = [other for other in TOPICS if other != name]
        place = places.get(name, 1)
        rankings[f"q-{name}"] = (*others[: place - 1], name, *others[place - 1 :])
    arms = {"dense": {f"q-{name}": (name,) for name in TOPICS}, "lexical": {"q-pump": ("valve",)}}
    times = tuple([p50_ms] * len(TOPICS))
    return Outcome(6, index_s, times, rankings, 10.0, 99.0, {"thing": "1.2"}, 1.5, 7.0, arms=arms, **more)


def page(*, theirs: Outcome | None = None) -> Page:
    results = (
        Result(FOLIO, CORPUS, outcome({"pump": 2})),
        Result(TEXTBOOK, CORPUS, theirs or outcome({"pump": 4, "valve": 2}, p50_ms=9.0, index_s=3.0)),
    )
    return Page(results, "2 cores", datetime.date(2026, 1, 2), CHUNK_TOKENS)


def test_jobs_and_outcomes_come_back_from_files(tmp_path: Path) -> None:
    job = Job(TEXTBOOK, DOCUMENTS, QUESTIONS, 254, "model")
    write_job(job, tmp_path / "job.json")
    assert read_job(tmp_path / "job.json") == job
    found = outcome({}, lost_count=2)
    write_outcome(found, tmp_path / "outcome.json")
    assert read_outcome(tmp_path / "outcome.json") == found


class Recorded:
    """Implements `System`: always finds twelve documents, and notes what it is asked."""

    def __init__(self) -> None:
        self.said: list[str] = []

    async def warm_up(self) -> None:
        self.said.append("warm up")

    async def index(self, documents: Sequence[Document]) -> int:
        self.said.append("index")
        return 2 * len(documents)

    async def search(self, question: str) -> list[str]:
        self.said.append(question)
        return [str(number) for number in range(12)]

    def versions(self) -> Mapping[str, str]:
        return {"recorded": "1"}


async def test_questions_are_asked_once_after_others_and_ten_documents_count() -> None:
    system = Recorded()
    found = await measured(system, Job("x", DOCUMENTS, QUESTIONS, 254))
    asked = [question.text for question in QUESTIONS]
    assert system.said[:2] == ["warm up", "index"]
    assert system.said[-len(asked) :] == asked
    assert not set(system.said[2 : -len(asked)]) & set(asked)
    assert len(system.said) > 2 + len(asked)
    assert (found.chunk_count, len(found.times_ms), len(found.rankings["q-pump"])) == (12, 6, 10)
    assert found.total_mb > 10
    assert found.index_cpu_s >= 0
    assert found.query_cpu_ms >= 0


def test_warm_up_questions_are_the_first_words_of_documents() -> None:
    assert warm_up_questions(DOCUMENTS)[0] == "The pump How to service the pump."
    many = [Document(str(number), "", "word " * 30) for number in range(95)]
    assert [len(text.split()) for text in warm_up_questions(many)] == [8] * 10


def test_a_document_stands_at_the_place_of_its_best_chunk() -> None:
    assert best_documents(["b", "a", "b", "c"]) == ["b", "a", "c"]


def test_a_retrieval_set_and_its_reduction(tmp_path: Path) -> None:
    corpus = of_retrieval_set(read_set(write_retrieval_set(tmp_path / "set")))
    assert len(corpus.documents) == len(corpus.questions) == 6
    small = reduced(corpus, question_count=2, document_count=3)
    assert [one.query_id for one in small.questions] == ["q-pump", "q-valve"]
    assert {"pump", "valve"} < {one.doc_id for one in small.documents}
    assert len(small.documents) == 3
    assert set(small.grades) == {"q-pump", "q-valve"}


def test_of_a_golden_set_questions_with_a_reader_or_without_an_answer_are_left_out() -> None:
    cases = (
        EvalCase("open", "a?", {"d": 1}),
        EvalCase("closed", "b?", {"d": 1}, reader=Reader()),
        EvalCase("none", "c?", answerable=False),
    )
    corpus = of_golden(EvalSet("g", "1", CorpusKind.TEXTS, cases, (EvalDocument("d", "D", "text"),)))
    assert [one.query_id for one in corpus.questions] == ["open"]
    assert corpus.documents == (Document("d", "D", "text"),)


def test_sets_are_found_by_name(tmp_path: Path) -> None:
    write_retrieval_set(tmp_path / "machines")
    assert [one.name for one in corpora(tmp_path, ["machines"])] == ["machines"]
    with pytest.raises(InvalidInputError, match="no packaged set 'coffee'; there are handbook"):
        list(corpora(None, ["coffee"]))
    with pytest.raises(SettingsError, match="--data"):
        list(corpora(tmp_path, ["coffee"]))


def test_systems_are_compared_question_by_question() -> None:
    ours, theirs = (
        Result(FOLIO, CORPUS, outcome({"pump": 2})),
        Result(TEXTBOOK, CORPUS, outcome({"valve": 3})),
    )
    found = compared(ours, theirs)
    # 1 / log2(3) at the second place, 1 / log2(4) at the third.
    assert found.difference.estimate == pytest.approx((0.6309 - 1 + 1 - 0.5) / 6, abs=1e-4)
    assert (found.better_count, found.worse_count) == (1, 1)
    assert found.p == 1.0


def test_a_loss_names_the_stage() -> None:
    ours, theirs = Result(FOLIO, CORPUS, outcome({"pump": 4})), Result(TEXTBOOK, CORPUS, outcome({}))
    [lost] = losses(ours, theirs)
    assert (lost.query_id, lost.ours, lost.theirs) == ("q-pump", 4, 1)
    assert lost.arms == {"dense": 1, "lexical": None}
    assert stages([lost]) == {"fusion": 1}
    assert best_rank(["a", "b"], {"b", "c"}) == 2
    assert best_rank(["a"], {"b"}) is None


def test_the_page_has_quality_speed_and_versions() -> None:
    text = as_markdown(page())
    assert "| machines: 6 questions, 6 documents | Folio | 0.9385 | 1.000 | 0.917 | | |  |" in text
    assert "| textbook | 0.8436 |" in text
    assert "| textbook | 6 | 3.0 | 3.00 | 1.5 | 9.0 | 9.0 | 4.50 | 7 | 10 | 99 |" in text
    assert "- textbook: thing 1.2" in text
    assert "On no set of this run does a peer have a higher mean" in text
    assert "2026-01-02" in text


def test_the_page_says_where_a_peer_is_ahead_and_why() -> None:
    text = as_markdown(page(theirs=outcome({})))
    assert "**machines, textbook**: 0.0615 ahead of Folio" in text
    assert "better on 0 questions and worse on 1. Where these were lost: fusion 1." in text
    assert "| `q-pump` | -0.369 | 2 | dense 1, lexical - | 1 |" in text


def test_the_readme_gets_the_short_table_between_its_marks(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    written_between(readme, readme_table(page()))
    lines = readme.read_text().splitlines()
    assert (lines[0], lines[1], lines[-2], lines[-1]) == ("before", BEGIN, END, "after")
    assert "| nDCG@10, machines | **0.938** | 0.844 |" in lines
    assert "| a search takes | 1 | 4.5 times as long |" in lines
    assert "| indexing takes | 1 | 3.0 times as long |" in lines
    readme.write_text("no marks")
    with pytest.raises(InvalidInputError, match="<!-- peers -->"):
        written_between(readme, "x")


def test_without_the_peers_it_is_said_how_to_get_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--peers-python", str(tmp_path / "python"), "--systems", TEXTBOOK]) == 2
    assert "`make bench-peers` installs the peers" in capsys.readouterr().err
    check_peers(Plan(tmp_path / "python", systems=[FOLIO]))


def test_a_process_that_fails_is_an_error_with_its_last_lines(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no such library >&2\nexit 3\n")
    broken.chmod(0o755)
    with pytest.raises(FolioError, match=r"LlamaIndex failed with exit code 3:\nno such library"):
        run(job_of(LLAMA_INDEX, CORPUS, Plan()), peers_python=broken)


@pytest.mark.slow
@pytest.mark.parametrize("system", [FOLIO, FOLIO_SEARCH])
def test_folio_finds_the_documents_in_a_process_of_its_own(system: str) -> None:
    found = run(job_of(system, CORPUS, Plan()), peers_python=Path("unused"))
    assert [found.rankings[one.query_id][0] for one in QUESTIONS] == list(TOPICS)
    assert set(found.arms) == {"dense", "lexical"}
    assert found.arms["lexical"]["q-pump"][0] == "pump"
    assert (found.chunk_count, found.lost_count) == (6, 0)
    assert found.versions["qdrant-edge-py"]


@pytest.mark.slow
@pytest.mark.parametrize("system", Plan().systems[2:])
def test_peers_find_the_documents_where_they_are_installed(system: str) -> None:
    plan = Plan()
    if not plan.peers_python.exists():
        pytest.skip("`make bench-peers` has not installed the peers")
    found = run(job_of(system, CORPUS, plan), peers_python=plan.peers_python)
    assert [found.rankings[one.query_id][0] for one in QUESTIONS] == list(TOPICS)
    assert found.chunk_count == 6
