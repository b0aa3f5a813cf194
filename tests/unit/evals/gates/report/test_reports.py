"""Reports: what they say, that third-party text stays text, and that the page needs nothing from elsewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import orjson
import pytest

from core.errors import InvalidInputError
from evals.gates.comparing import compare
from evals.gates.comparison import Comparison
from evals.gates.report.html import html, write_html
from evals.gates.report.markdown import markdown
from evals.gates.report.text import as_dict, text
from evals.gates.sample import sample_results
from evals.runs import EvalResult, Stage
from tests.unit.evals.gates.results import part, result

HOSTILE = '<script>alert(1)</script> | [x](http://e.example) \u202eevil"\x1b[2J'


@pytest.fixture(scope="module")
def both() -> tuple[Comparison, EvalResult]:
    before, after = sample_results()
    return compare(before, after), after


@pytest.fixture(scope="module")
def page(both: tuple[Comparison, EvalResult]) -> str:
    return html(*both, questions={"q005": HOSTILE})


class Seen(HTMLParser):
    """What there is in a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_every_report_says_the_outcome_the_failures_and_the_causes(
    both: tuple[Comparison, EvalResult], page: str
) -> None:
    for report in (page, markdown(*both), text(*both)):
        assert "Not passed: 7 metrics failed" in report
        assert "lexical search alone is worse" in report
        assert "bm25-without-stems" in report
        assert "q005" in report


def test_a_question_is_text_and_never_markup(both: tuple[Comparison, EvalResult], page: str) -> None:
    seen = Seen(page)
    assert "script" not in seen.tags
    assert any("<script>alert(1)</script>" in one for one in seen.text)
    written = markdown(*both, questions={"q005": HOSTILE})
    assert "<script>" not in written
    assert not re.search(r"(?<!\\)\]\(", written)
    assert r"\|" in written
    assert "\x1b" not in text(*both, questions={"q005": HOSTILE})
    assert "\u202e" not in text(*both, questions={"q005": HOSTILE})


def test_names_from_a_result_are_text_too() -> None:
    before = result(part(values=[1.0] * 30, dataset=HOSTILE), run_id=HOSTILE, **{HOSTILE: "a"})
    after = result(part(values=[0.2] * 30, dataset=HOSTILE), run_id=HOSTILE, **{HOSTILE: HOSTILE})
    found = compare(before, after)
    assert "script" not in Seen(html(found, after)).tags
    assert not re.search(r"(?<!\\)<script", markdown(found, after))


def test_the_page_stands_alone(page: str) -> None:
    seen = Seen(page)
    assert len(page) < 300_000
    for tag, attributes in seen.attributes:
        assert "src" not in attributes, tag
        assert not (attributes.get("href") or "").startswith("http")
        assert not any(name.startswith("on") for name in attributes)
    assert "@import" not in page
    assert "link" not in seen.tags


def test_the_page_can_be_read_without_seeing_it(page: str) -> None:
    seen = Seen(page)
    plots = [attributes for tag, attributes in seen.attributes if tag == "svg"]
    assert len(plots) == 7
    assert all(one["role"] == "img" and one["aria-label"] for one in plots)
    assert all("scope" in attributes for tag, attributes in seen.attributes if tag == "th")
    assert seen.tags.count("caption") == seen.tags.count("table")
    assert 'lang="en"' in page


def test_ids_of_plots_are_in_the_page_once_and_resolve(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    used = re.findall(r'url\(#([^)]+)\)|href="#([^"]+)"', page)
    assert {a or b for a, b in used} <= set(ids)


def test_plots_take_the_colours_of_the_page(page: str) -> None:
    assert "#01020" not in page
    assert "var(--bad)" in page
    assert "prefers-color-scheme: dark" in page


def test_the_same_comparison_is_the_same_page(both: tuple[Comparison, EvalResult], page: str) -> None:
    assert html(*both, questions={"q005": HOSTILE}) == page


def test_an_evaluation_that_passed_has_a_report_as_well() -> None:
    one = result(part(values=[1.0] * 30), part(Stage.LATENCY, figures={"ms": 31.5, "slowdown": 1.0}))
    for found in (compare(one, one), compare(None, one)):
        assert "Passed" in html(found, one)
        assert "Passed" in markdown(found)
        assert text(found).startswith("Passed")


def test_programs_get_everything_but_the_cases_that_did_not_change(
    both: tuple[Comparison, EvalResult],
) -> None:
    found = orjson.loads(orjson.dumps(as_dict(both[0])))
    assert found["passed"] is False
    assert found["parts"][0]["metrics"][0]["metric"]["name"] == "span_whole"
    assert "pairs" not in found["parts"][0]
    assert len(found["failures"]) == 7


def test_a_report_takes_the_place_of_another_whole(tmp_path: Path) -> None:
    one = result(part(figures={"ms": 1.0}))
    found, file = compare(one, one), tmp_path / "report.html"
    file.write_text("before")
    write_html(found, file, one)
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]
    with pytest.raises(InvalidInputError, match="cannot be written"):
        write_html(found, tmp_path / "none" / "report.html")
