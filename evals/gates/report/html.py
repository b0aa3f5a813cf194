"""A comparison as one HTML file: no network, no script, light and dark, on a phone as well."""

from collections.abc import Mapping
from pathlib import Path

from core.errors import InvalidInputError, MissingExtraError
from evals.files import replace_file
from evals.gates.comparison import Comparison
from evals.gates.report.rows import case_rows, headline, metric_rows, slice_table, told_parts
from evals.runs import EvalResult

_PLOTTED_COUNT = 4


def html(
    comparison: Comparison, result: EvalResult | None = None, *, questions: Mapping[str, str] | None = None
) -> str:
    """The report. `result` is the later evaluation, for its time; `questions` are texts by case id, escaped as data.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("evals.gates.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    worse, better = case_rows(comparison, questions or {})
    return environment.get_template("report.html.j2").render(
        comparison=comparison,
        result=result,
        headline=headline(comparison),
        parts=[(part, metric_rows(part), slice_table(part)) for part in told_parts(comparison)],
        worse=worse,
        better=better,
        **_plots(comparison),
    )


def write_report(file: Path, text: str) -> None:
    """Put a report in the place of one that is there, whole or not at all; nobody else can read it.

    Raises:
        InvalidInputError: It cannot be written there.
    """
    try:
        replace_file(file, text.encode(errors="replace"))
    except OSError as error:
        raise InvalidInputError(f"the report {file} cannot be written: {error.strerror}") from None


def write_html(
    comparison: Comparison,
    file: Path,
    result: EvalResult | None = None,
    *,
    questions: Mapping[str, str] | None = None,
) -> None:
    """`html` in a file.

    Raises:
        MissingExtraError: matplotlib is not installed.
        InvalidInputError: It cannot be written there.
    """
    write_report(file, html(comparison, result, questions=questions))


def _plots(comparison: Comparison) -> dict[str, object]:
    """SVG of our own making, safe in the page: names in it are escaped by matplotlib."""
    from markupsafe import Markup

    try:
        from evals.gates.report.plots import distribution, forest, scatter
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "matplotlib":
            raise
        raise MissingExtraError("the HTML report", extra="evals") from None
    moved = sorted(
        (part for part in comparison.parts if part.changed),
        key=lambda part: (part.passed, -len(part.changed)),
    )
    pairs = [(distribution(part), scatter(part)) for part in moved[:_PLOTTED_COUNT]]
    return {
        "forest": Markup(forest(comparison)),  # noqa: S704  see above
        "plots": [Markup(one) for pair in pairs for one in pair if one],  # noqa: S704
    }
