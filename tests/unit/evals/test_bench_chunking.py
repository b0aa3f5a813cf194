"""What the comparison of chunking strategies counts."""

from pathlib import Path

import pytest

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from evals.bench_chunking import (
    covered_share,
    edit_costs,
    main,
    measure,
    read_questions,
    reciprocal_rank,
    within_budget,
)
from ingest.chunk.structure import StructureChunker
from tests.fakes.embedder import FakeEmbedder

CHUNKER = StructureChunker(ChunkSettings(child_tokens=32), lambda text: len(text.split()))
TEXT = "\n\n".join(f"Paragraph {number} speaks of machine {number * 7} at length." for number in range(90))


def chunks() -> list[Chunk]:
    return CHUNKER.chunk(ParsedDocument(TEXT, "", "text/plain"))


def questions_file(folder: Path) -> Path:
    path = folder / "questions_df.csv"
    path.write_text(
        "question,references,corpus_id\n"
        'Which machine?,"[{""content"": ""x"", ""start_index"": 5, ""end_index"": 20}]",one\n'
        'Beyond?,"[{""content"": ""x"", ""start_index"": 5, ""end_index"": 900}]",one\n'
    )
    return path


def test_share_counts_characters_once() -> None:
    first, second, *_ = chunks()
    spans = [(first.start, first.start + 30), (second.start, second.start + 10)]
    assert covered_share(spans, [first, first]) == 0.75
    assert covered_share(spans, [first, second]) == 1
    assert covered_share(spans, []) == 0


def test_budget_ends_before_the_chunk_that_exceeds_it() -> None:
    ranked = chunks()[:3]
    total = ranked[0].token_count + ranked[1].token_count
    assert within_budget(ranked, total) == ranked[:2]
    assert within_budget(ranked, total - 1) == ranked[:1]


def test_reciprocal_rank_is_that_of_the_first_chunk_that_touches_the_answer() -> None:
    ranked = chunks()[:3]
    assert reciprocal_rank([(ranked[1].start, ranked[1].end)], ranked) == 0.5
    assert reciprocal_rank([(len(TEXT) - 5, len(TEXT))], ranked) == 0


def test_questions_beyond_the_text_are_left_out(tmp_path: Path) -> None:
    [question] = read_questions(questions_file(tmp_path), max_chars=100)
    assert (question.text, question.corpus, question.spans) == ("Which machine?", "one", ((5, 20),))


def test_edits_cost_little_with_the_real_chunker() -> None:
    assert max(edit_costs(CHUNKER, TEXT, count=8, seed=1)) <= 8


def test_measures_of_a_small_corpus_are_complete(tmp_path: Path) -> None:
    questions = read_questions(questions_file(tmp_path), max_chars=100)
    measures = measure(CHUNKER, {"one": TEXT}, questions, FakeEmbedder(), edit_count=2)
    assert measures.chunk_count == len(chunks())
    assert measures.recall[-1] == 1
    assert len(measures.edit_costs) == 2
    assert 0 < measures.first_rank_mrr <= 1


def test_command_prints_a_row_for_each_strategy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    questions_file(tmp_path)
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora" / "one.md").write_text(TEXT[:1500])
    main([str(tmp_path), "--strategies", "structure", "--max-chars", "1500", "--edits", "0"])
    assert "| structure | " in capsys.readouterr().out
