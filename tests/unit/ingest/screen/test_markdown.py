from ingest.screen.cutting import joined, without
from ingest.screen.markdown import comments, hidden_html


def seen(text: str) -> str:
    return without(text, joined([*comments(text), *hidden_html(text)]))


def test_comments_and_dead_links_go() -> None:
    assert seen("# A\n\nb <!-- c\nd --> e\n\n[//]: # (hidden)\nf\n") == "# A\n\nb  e\n\n\nf\n"


def test_code_that_speaks_of_comments_stays() -> None:
    text = "Write `<!-- a -->`:\n\n```html\n<!-- b -->\n<p hidden>c</p>\n```\n\n~~~\n<!-- d -->\n~~~\n"
    assert seen(text) == text


def test_hidden_elements_go_and_others_stay() -> None:
    assert seen('a <b>c</b>\n\n<div style="display:none">d</div>\n') == "a <b>c</b>\n\n\n"


def test_links_that_are_used_stay() -> None:
    text = '[a]: https://example.org "Title"\n[b]: # "c"\n'
    assert seen(text) == text
