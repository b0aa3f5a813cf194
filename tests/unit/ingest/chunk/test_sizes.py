"""How much room title and headings leave to a text."""

import pytest

from core.config import ChunkSettings
from ingest.chunk.sizes import Sizes


def words(text: str) -> int:
    return len(text.split())


def test_text_and_context_fit_the_window_of_the_default_model() -> None:
    sizes = Sizes(ChunkSettings())
    for count in (0, 3, 20, 24, 25, 40, 300):
        context = sizes.context("t " * count, "h " * count, count=words)
        assert context.token_count == words(f"{context.title} {context.heading}") <= 50
        assert context.token_count + sizes.text_tokens(context) <= 254


@pytest.mark.parametrize(("count", "expected"), [(0, 230), (10, 230), (30, 224), (50, 204)])
def test_what_the_context_does_not_take_is_left_to_the_text(count: int, expected: int) -> None:
    sizes = Sizes(ChunkSettings())
    context = sizes.context("t " * count, "", count=words)
    assert sizes.text_tokens(context) == expected


def test_of_a_path_the_end_is_kept_and_of_a_title_the_beginning() -> None:
    title, path = " ".join(f"t{n}" for n in range(9)), " > ".join(f"h{n}" for n in range(9))
    context = Sizes(ChunkSettings(child_tokens=40)).context(title, path, count=words)
    assert context.title.startswith("t0")
    assert context.heading.endswith("h8")
