import pytest

from ingest.parse.markdown_cleanup import unescaped, without_html_head, without_inline_images


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        (r"write to \<a@b.c\> \& 3 \* 4 \~ 5", "write to <a@b.c> & 3 * 4 ~ 5"),
        (r"\<a@b.c\>", "<a@b.c>"),
        (r"C:\\temp\\_x", r"C:\temp\_x"),
        (r"| a\|b | 1\* |", r"| a\|b | 1* |"),
        ("\\# no heading\n\\> no quote\n\\- no item", "\\# no heading\n\\> no quote\n\\- no item"),
        ("```\na \\* b\n```\n\nc \\* d", "```\na \\* b\n```\n\nc * d"),
    ],
)
def test_backslashes_go_where_they_mean_nothing(markdown: str, expected: str) -> None:
    assert unescaped(markdown) == expected


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("---\nmeta-author: Jo\n\n## title: A: b\n\n# H\n", "\n# H\n"),
        ("---\n\n## title: A\n", ""),
        ("---\n\ntext\n\n## note: x\n", "---\n\ntext\n\n## note: x\n"),
        ("# H\n\n## key: value\n", "# H\n\n## key: value\n"),
    ],
)
def test_only_the_block_of_meta_tags_goes(markdown: str, expected: str) -> None:
    assert without_html_head(markdown) == expected


def test_an_image_in_the_text_leaves_its_description() -> None:
    assert without_inline_images("a ![bee](data:image/png;base64,AA==) ![x](y.png)") == "a bee ![x](y.png)"
