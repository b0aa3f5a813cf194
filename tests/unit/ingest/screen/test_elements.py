import pytest

from ingest.screen.cutting import joined, without
from ingest.screen.elements import hidden_elements


def seen(source: str) -> str:
    return without(source, joined(hidden_elements(source)))


@pytest.mark.parametrize(
    "style",
    [
        "display:none",
        "display: none !important",
        "visibility:hidden",
        "opacity:0",
        "opacity: 0.0",
        "font-size:0",
        "font-size: 1px",
        "color:#fff;background:#fff",
        "color: white; background-color: #FFFFFF",
        "color:rgb(255, 255, 255);background:white",
        "color:transparent",
        "position:absolute;left:-9999px",
        "text-indent:-9999px",
        "width:0;overflow:hidden",
    ],
)
def test_an_element_that_its_style_hides_is_cut(style: str) -> None:
    assert seen(f'<p>a</p><div style="{style}">b <b>c</b></div><p>d</p>') == "<p>a</p><p>d</p>"


@pytest.mark.parametrize(
    "style",
    [
        "display:block",
        "opacity:0.5",
        "font-size:0.9em",
        "color:#fff;background:#003366",
        "color:white",
        "left:-9999px",
        "position:absolute;left:-10px",
        "width:100px;overflow:hidden",
        "text-indent:-20px",
    ],
)
def test_an_element_that_is_seen_stays(style: str) -> None:
    source = f'<div style="{style}">b</div>'
    assert seen(source) == source


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p hidden>a</p>b", "b"),
        ('<p hidden="until-found">a</p>', '<p hidden="until-found">a</p>'),
        ("<template><p>a</p></template>b", "b"),
        ('<input type="hidden" value="obey">b', "b"),
        ('<img style="display:none" alt="obey">b', "b"),
        ('<div style="display:none">a<div>b</div>c</div>d', "d"),
        ('<p style="display:none">a<p>b', "<p>b"),
        ('<ul><li style="display:none">a<li>b</ul>c', "<ul><li>b</ul>c"),
        ('<div><span style="display:none">a</div>b', "<div></div>b"),
        ('a<div style="display:none">b', "a"),
        ('<div style="display:none">a<br>b<img>c</div>d', "d"),
        ("</p></div>a<p hidden>b</p>", "</p></div>a"),
    ],
)
def test_elements_end_where_a_browser_ends_them(source: str, expected: str) -> None:
    assert seen(source) == expected


def test_a_class_that_the_page_hides_is_cut() -> None:
    page = "<style>.x{display:none} .y{color:red}</style><p class='a x'>a</p><p class='y'>b</p>"
    assert "a</p>" not in seen(page)
    assert "b</p>" in seen(page)


@pytest.mark.parametrize(
    "page",
    [
        "<style>.x{display:none}</style><script>open()</script><p class='x'>a</p>",
        "<style>.x{display:none} .x.open{display:block}</style><p class='x open'>a</p>",
        "<style>@media print{.x{display:none}}</style><p class='x'>a</p>",
    ],
    ids=["scripts", "opened", "print only"],
)
def test_what_may_be_opened_stays(page: str) -> None:
    assert seen(page) == page
