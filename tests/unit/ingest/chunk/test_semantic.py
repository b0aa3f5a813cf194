"""Chunks that end where the subject changes."""

from collections.abc import Sequence

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from ingest.chunk.semantic import SemanticChunker

SUBJECTS = ("bees", "pumps", "taxes")


def embed(texts: Sequence[str]) -> list[list[float]]:
    """How often each subject is named."""
    return [[text.count(subject) + 0.01 for subject in SUBJECTS] for text in texts]


def chunked(text: str, *, child_tokens: int = 64) -> list[Chunk]:
    settings = ChunkSettings(child_tokens=child_tokens, parent_tokens=128)
    chunker = SemanticChunker(settings, lambda part: len(part.split()), embed)
    return chunker.chunk(ParsedDocument(text, "Guide", "text/markdown"))


def about(subject: str, count: int) -> str:
    return " ".join(f"Number {number} says that {subject} matter." for number in range(count))


def test_chunks_end_where_the_subject_changes() -> None:
    chunks = chunked(f"{about('bees', 7)} {about('pumps', 9)}")
    assert ["bees" in chunk.text for chunk in chunks] == [True, False]
    assert ["pumps" in chunk.text for chunk in chunks] == [False, True]


def test_one_long_subject_is_cut_to_size() -> None:
    chunks = chunked(about("bees", 60))
    assert all(chunk.token_count <= 64 for chunk in chunks)
    assert len(chunks) <= 10


def test_a_single_sentence_about_something_else_is_no_chunk_of_its_own() -> None:
    text = f"{about('bees', 8)} {about('taxes', 1)} {about('pumps', 8)}"
    assert min(chunk.token_count for chunk in chunked(text)) >= 16


def test_a_heading_stays_with_what_stands_under_it() -> None:
    chunks = chunked(f"{about('bees', 8)}\n\n# Pumps\n\n{about('pumps', 8)}")
    assert chunks[1].text.startswith("# Pumps\n\nNumber 0 says that pumps")
    assert [chunk.heading for chunk in chunks] == ["", "Pumps"]


def test_a_table_stays_whole() -> None:
    table = "| a | b |\n| --- | --- |\n" + "\n".join(f"| bees. {n} | Pumps. {n} |" for n in range(4))
    assert any(
        table in chunk.text for chunk in chunked(f"{about('bees', 8)}\n\n{table}\n\n{about('taxes', 8)}")
    )


def test_a_short_text_is_not_embedded() -> None:
    def refuse(texts: Sequence[str]) -> list[list[float]]:
        raise AssertionError(texts)

    chunker = SemanticChunker(ChunkSettings(), lambda part: len(part.split()), refuse)
    [chunk] = chunker.chunk(ParsedDocument("One. Two.", "T", "text/plain"))
    assert chunk.text == "One. Two."


def test_a_blank_text_has_no_chunks() -> None:
    assert chunked(" \n ") == []
