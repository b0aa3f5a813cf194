"""Runs of whole sentences."""

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from ingest.chunk.sentence import SentenceChunker


def words(text: str) -> int:
    return len(text.split())


def chunked(text: str, **sizes: int) -> list[Chunk]:
    settings = ChunkSettings(**{"child_tokens": 32, "parent_tokens": 64, **sizes})
    return SentenceChunker(settings, words).chunk(ParsedDocument(text, "Guide", "text/markdown"))


def sentences(count: int) -> str:
    return " ".join(f"Sentence {number} has exactly six words." for number in range(count))


def test_chunks_are_filled_with_whole_sentences() -> None:
    assert [chunk.token_count for chunk in chunked(sentences(12))] == [30, 30, 12]


def test_repeated_text_keeps_its_own_offsets() -> None:
    text = "The same six words once more. " * 12
    assert [chunk.start for chunk in chunked(text)] == [0, 150, 300]


def test_neighbours_share_whole_sentences_where_overlap_is_set() -> None:
    first, second, *_ = chunked(sentences(12), overlap_tokens=8)
    assert first.text.endswith("Sentence 3 has exactly six words.")
    assert second.text.startswith("Sentence 3 has exactly six words.")


def test_a_chunk_has_the_headings_above_its_beginning() -> None:
    chunks = chunked(f"# One\n\n{sentences(8)}\n\n## Two\n\n{sentences(8)}")
    assert [chunk.heading for chunk in chunks] == ["One", "One", "One > Two", "One > Two"]


def test_parents_hold_neighbours_under_the_same_heading() -> None:
    chunks = chunked(sentences(20))
    assert [(chunk.parent_start, chunk.parent_end) for chunk in chunks] == [
        *[(chunks[0].start, chunks[1].end)] * 2,
        *[(chunks[2].start, chunks[3].end)] * 2,
    ]


def test_a_blank_text_has_no_chunks() -> None:
    assert chunked(" \n ") == []
