"""Whatever the text, its chunks are the text."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from ingest.chunk.structure import StructureChunker

LINES = st.one_of(
    st.sampled_from(
        [
            "",
            "   ",
            "# Heading",
            "## Deeper heading",
            "#### ",
            "```",
            "~~~python",
            "| a | b |",
            "| --- | --- |",
            "| 1 | two words |",
            "- item with words",
            "  goes on",
            "1. first",
            "A sentence. Another one! And a third?",
            "The same words. " * 12,
            "x" * 900,
            "\u6771\u4eac\u3067\u306f\u96e8\u304c\u964d\u308b\u3002" * 20,
        ]
    ),
    st.text(max_size=80),
)
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


def chunked(text: str, *, overlap_tokens: int = 0) -> list[Chunk]:
    sizes = ChunkSettings(child_tokens=32, parent_tokens=64, overlap_tokens=overlap_tokens)
    chunker = StructureChunker(sizes, lambda part: len(part.split()))
    return chunker.chunk(ParsedDocument(text, "T", "text/markdown"))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
@example("# only\n# headings")
def test_chunks_are_ordered_apart_and_hold_every_visible_character(text: str) -> None:
    chunks = chunked(text)
    position = 0
    for ordinal, chunk in enumerate(chunks):
        assert chunk.ordinal == ordinal
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text.strip()
        assert not text[position : chunk.start].strip()
        assert position <= chunk.start < chunk.end
        position = chunk.end
    assert not text[position:].strip()


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_chunks_lie_in_their_parents_and_keep_to_their_size(text: str) -> None:
    for chunk in chunked(text):
        assert chunk.parent_start <= chunk.start < chunk.end <= chunk.parent_end
        assert chunk.token_count <= 33
        assert chunk.embedding_text.endswith(chunk.text)


@settings(max_examples=100, deadline=None)
@given(TEXTS)
def test_with_overlap_every_visible_character_is_still_there(text: str) -> None:
    covered = set()
    for chunk in chunked(text, overlap_tokens=8):
        assert chunk.text == text[chunk.start : chunk.end]
        covered.update(range(chunk.start, chunk.end))
    assert not [index for index, character in enumerate(text) if character.strip() and index not in covered]
