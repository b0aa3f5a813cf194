import pytest

from ingest.chunk.blocks import BlockKind, list_items, split_blocks, table_header_end

TEXT = """# Guide

Intro line
goes on.

## Prices

Table 1: what things cost

| Item | Price |
| --- | --- |
| Hinge | 12 |

```python
# not a heading
x = 1

y = 2
```
- one
  more of one
- two

# Other
End."""


def blocks_of(text: str) -> list[tuple[BlockKind, str]]:
    return [(block.kind, text[block.start : block.end]) for block in split_blocks(text)]


def test_each_kind_of_block_is_found_whole() -> None:
    assert blocks_of(TEXT) == [
        (BlockKind.HEADING, "# Guide"),
        (BlockKind.PROSE, "Intro line\ngoes on."),
        (BlockKind.HEADING, "## Prices"),
        (
            BlockKind.TABLE,
            "Table 1: what things cost\n\n| Item | Price |\n| --- | --- |\n| Hinge | 12 |",
        ),
        (BlockKind.CODE, "```python\n# not a heading\nx = 1\n\ny = 2\n```"),
        (BlockKind.LIST, "- one\n  more of one\n- two"),
        (BlockKind.HEADING, "# Other"),
        (BlockKind.PROSE, "End."),
    ]


def test_the_path_holds_the_headings_above() -> None:
    paths = [block.path for block in split_blocks(TEXT)]
    assert paths[1] == ("Guide",)
    assert paths[3] == ("Guide", "Prices")
    assert paths[7] == ("Other",)


def test_a_skipped_level_does_not_stay_in_the_path() -> None:
    assert [block.path for block in split_blocks("### Deep\n## Up\n#### Low")] == [
        ("Deep",),
        ("Up",),
        ("Up", "Low"),
    ]


@pytest.mark.parametrize("text", ["#hashtag", "a | b in prose", "####### seven", "a - b\n--- c"])
def test_what_only_resembles_markup_is_prose(text: str) -> None:
    assert blocks_of(text) == [(BlockKind.PROSE, text)]


def test_a_long_paragraph_before_a_table_is_no_caption() -> None:
    text = f"{'word ' * 60}\n\n| a |\n| - |"
    assert [kind for kind, _ in blocks_of(text)] == [BlockKind.PROSE, BlockKind.TABLE]


def test_a_fence_that_is_never_closed_does_not_swallow_the_rest() -> None:
    assert [kind for kind, _ in blocks_of("```\nx\n\n# Heading")] == [
        BlockKind.CODE,
        BlockKind.PROSE,
        BlockKind.HEADING,
    ]


def test_the_header_of_a_table_ends_after_its_rule() -> None:
    assert table_header_end("Cap\n\n| a |\n| - |\n| 1 |") == len("Cap\n\n| a |\n| - |\n")
    assert table_header_end("| a |\n| 1 |") == 0


def test_items_keep_their_continuation_lines() -> None:
    text = "x - one\n  more\n- two \n"
    assert [text[start:end] for start, end in list_items(text, 2, len(text))] == ["- one\n  more", "- two"]


def test_a_text_without_a_visible_character_has_no_block() -> None:
    assert split_blocks(" \n\t\n") == []
