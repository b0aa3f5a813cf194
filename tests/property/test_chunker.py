"""Whatever the text and the strategy, its chunks are the text."""

import hashlib
import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.config import ChunkSettings
from core.documents import Chunk, ParsedDocument
from core.pseudonyms import TOKEN, token_around
from ingest.chunk.factory import STRATEGIES, create_chunker

SIZES = ChunkSettings(child_tokens=32, parent_tokens=64)
TYPES = ["text/markdown", "text/plain", "text/x-python", "text/x-typescript", "text/x-kotlin"]
# Loading LlamaIndex takes seconds, once.
RELAXED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TOKEN_OF_SOMEBODY = "PERSON_0a1b2c3d4e5f"
# In words, in long runs without a space, in tables, lists, headings and names of functions.
PSEUDONYMS = [
    f"Ask {TOKEN_OF_SOMEBODY} or EMAIL_ADDRESS_0123456789abcdef01234567. " * 9,
    f"{TOKEN_OF_SOMEBODY}/" * 60,
    "y" * 150 + f"/{TOKEN_OF_SOMEBODY}/" + "z" * 400,
    f"| {TOKEN_OF_SOMEBODY} | {'-'.join([TOKEN_OF_SOMEBODY] * 30)} |",
    f"# {'w' * 90} {TOKEN_OF_SOMEBODY} and {TOKEN_OF_SOMEBODY}",
    f"def {'f' * 45}_{TOKEN_OF_SOMEBODY}():",
]

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
            "def first(value: int) -> int:",
            "    return value + 1",
            "class Thing:",
            "export class Other {",
            "}",
            "x" * 900,
            "\u6771\u4eac\u3067\u306f\u96e8\u304c\u964d\u308b\u3002" * 20,
            *PSEUDONYMS,
        ]
    ),
    st.text(max_size=80),
)
TEXTS = st.lists(LINES, max_size=25).map("\n".join)


def words(text: str) -> int:
    return len(text.split())


def embed(texts: Sequence[str]) -> list[list[float]]:
    """Vectors that depend on the text alone."""
    digests = [hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest() for text in texts]
    return [[byte - 127.5 for byte in digest] for digest in digests]


def chunked(
    strategy: str, text: str, *, mime_type: str = "text/markdown", overlap_tokens: int = 0
) -> list[Chunk]:
    sizes = SIZES.model_copy(update={"overlap_tokens": overlap_tokens})
    chunker = create_chunker(strategy, settings=sizes, counter=words, embed=embed)
    return chunker.chunk(ParsedDocument(text, "T", mime_type))


@pytest.mark.parametrize("strategy", STRATEGIES)
@RELAXED
@given(TEXTS, st.sampled_from(TYPES))
@example("# only\n# headings", "text/markdown")
@example("a\u00e9 = '\U0001f600'\n" * 40, "text/x-python")
def test_chunks_are_ordered_apart_and_hold_every_visible_character(
    strategy: str, text: str, mime_type: str
) -> None:
    chunks = chunked(strategy, text, mime_type=mime_type)
    position = 0
    for ordinal, chunk in enumerate(chunks):
        assert chunk.ordinal == ordinal
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text.strip()
        assert not text[position : chunk.start].strip()
        assert position <= chunk.start < chunk.end
        position = chunk.end
    assert not text[position:].strip()


@pytest.mark.parametrize("strategy", STRATEGIES)
@RELAXED
@given(TEXTS, st.sampled_from(TYPES))
def test_chunks_lie_in_their_parents_and_fit_the_window_with_title_and_headings(
    strategy: str, text: str, mime_type: str
) -> None:
    for chunk in chunked(strategy, text, mime_type=mime_type):
        assert chunk.parent_start <= chunk.start < chunk.end <= chunk.parent_end
        assert chunk.token_count <= 36
        assert words(chunk.embedding_text) <= 40
        assert chunk.embedding_text.endswith(chunk.text)


@pytest.mark.parametrize("strategy", STRATEGIES)
@RELAXED
@given(TEXTS, st.sampled_from(TYPES))
def test_the_same_text_gives_the_same_chunks(strategy: str, text: str, mime_type: str) -> None:
    assert chunked(strategy, text, mime_type=mime_type) == chunked(strategy, text, mime_type=mime_type)


@pytest.mark.parametrize("strategy", STRATEGIES)
@RELAXED
@given(TEXTS)
def test_with_overlap_every_visible_character_is_still_there(strategy: str, text: str) -> None:
    covered = set()
    for chunk in chunked(strategy, text, overlap_tokens=8):
        assert chunk.text == text[chunk.start : chunk.end]
        covered.update(range(chunk.start, chunk.end))
    assert not [index for index, character in enumerate(text) if character.strip() and index not in covered]


def letters(text: str) -> int:
    """A tokenizer to which every fourth character is a token: only a few pseudonyms fit into a chunk."""
    return -(-len(text) // 4)


@pytest.mark.parametrize("strategy", STRATEGIES)
@RELAXED
@given(
    st.lists(st.sampled_from(PSEUDONYMS) | LINES, max_size=12).map("\n".join),
    st.sampled_from(TYPES),
    st.sampled_from([words, letters]),
    st.sampled_from([0, 8]),
    st.integers(0, 120),
)
def test_no_chunk_begins_or_ends_in_a_pseudonym(
    strategy: str, text: str, mime_type: str, counter: Callable[[str], int], overlap: int, title_chars: int
) -> None:
    sizes = SIZES.model_copy(update={"overlap_tokens": overlap})
    chunker = create_chunker(strategy, settings=sizes, counter=counter, embed=embed)
    title = f"{'t' * title_chars} {TOKEN_OF_SOMEBODY}"
    for chunk in chunker.chunk(ParsedDocument(text, title, mime_type)):
        assert token_around(text, chunk.start) is None
        assert token_around(text, chunk.end) is None
        assert not re.search(r"PERSON_\w|EMAIL_ADDRESS_\w", TOKEN.sub("", chunk.embedding_text))
