"""The measurement of written answers: what the bad model writes, what is counted, and one run over a small set."""

from pathlib import Path
from random import Random

import pytest

from core.answers import Answer, AnswerMode, AnswerSentence, AnswerStatus
from evals.answer_eval.adversary import KINDS, Lie, Source, written
from evals.answer_eval.counting import Counts, table
from evals.eval_answers import MODES, from_handbook, main, measure
from evals.retrieval_eval.indexing import indexed
from generation.citations import cite
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.hits import hit

TEXT = (
    "The service engineer is responsible for 12 pumps in both halls. "
    "Every damaged gasket was replaced before the summer of 2024 began. "
    "Visitors are asked to wear protective glasses inside the workshop."
)
SOURCES = [Source(1, TEXT), Source(2, "The canteen has been closed since the flooding in February 2023.")]


def test_the_same_seed_writes_the_same_and_every_kind_comes() -> None:
    def made(seed: int) -> list[Lie]:
        return written(SOURCES, Random(seed), count=4)

    assert made(1) == made(1)
    kinds = {kind(SOURCES[0], SOURCES[0].sentences[0], SOURCES, Random(1)).kind for kind in KINDS.values()}
    assert len(kinds) == len(KINDS)


def test_false_sentences_differ_from_their_source_and_true_ones_do_not() -> None:
    for kind in KINDS.values():
        lie = kind(SOURCES[0], SOURCES[0].sentences[0], SOURCES, Random(1))
        if lie.is_true:
            assert lie.text in TEXT
        else:
            assert lie.text not in TEXT or not any(lie.text in quote for _, quote in lie.quotes)


def test_counting_tells_false_sentences_and_citations_that_lead_elsewhere() -> None:
    source = hit(TEXT, external_id="a")
    good, bad = cite(source, start=0, end=20), cite(hit("x" * 20, external_id="a"), start=0, end=20)
    answer = Answer(
        "",
        AnswerStatus.PARTIAL,
        None,
        (good, bad),
        (AnswerSentence("True.", (1,)), AnswerSentence("False.", (2,)), AnswerSentence("New.", (1,))),
    )
    lies = {"True.": Lie("true", "True.", (), is_true=True), "False.": Lie("made up", "False.", ())}
    counts = Counts()
    counts.add_written(lies)
    counts.add(answer, lies, {"a": TEXT})
    assert (counts.resolved_count, counts.citation_count, counts.unborne_count) == (1, 2, 1)
    assert (counts.false_kept_count, counts.unknown_count) == (2, 1)
    assert "False sentences shown: 2 of 1" in table("set", counts)


@pytest.mark.parametrize("mode", [pytest.param(mode, marks=pytest.mark.slow) for mode in MODES])
async def test_a_small_handbook(tmp_path: Path, mode: AnswerMode) -> None:
    for number in range(3):
        (tmp_path / f"{number}.md").write_text(TEXT.replace("12", str(12 + number)))
    asking = from_handbook(tmp_path, 5)
    assert (len(asking.passages), len(asking.questions)) == (3, 5)
    async with indexed(asking.passages, cache=None, embedder=FakeEmbedder()) as store:
        counts = await measure(asking, store, mode=mode)
    assert counts.answers.total() == 5
    assert counts.sentence_count > 0
    assert counts.citation_count == counts.resolved_count > 0
    assert counts.unborne_count == 0


def test_a_folder_without_the_set_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--sets", "none"]) == 2
    assert "none" in capsys.readouterr().err
