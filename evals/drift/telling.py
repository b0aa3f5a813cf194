"""A drift report in words: tables for the terminal, for Markdown and for a page of its own. Pure."""

import base64
from collections.abc import Sequence

from evals.drift.plots import pictures, topic_label
from evals.drift.verdicts import DriftReport, Outcome, Signal, SignalName, Topic

SIGNAL_COLUMNS = ("signal", "usual", "new", "statistic", "threshold", "p", "")
TOPIC_COLUMNS = ("topic", "usual", "new", "", "age in days", "nearest documents")
_SHARES = {SignalName.TOPICS, SignalName.EMPTY, SignalName.REFUSALS}


def headline(report: DriftReport) -> str:
    """One sentence."""
    return (
        f"{report.outcome}: {report.note} ({report.new.count} questions from {report.new.since:%Y-%m-%d}, "
        f"{report.usual.count} from {report.usual.since:%Y-%m-%d} before)"
        if report.outcome is not Outcome.USUAL
        else f"as usual: {report.new.count} questions from {report.new.since:%Y-%m-%d} beside {report.usual.count} before"
    )


def signal_rows(report: DriftReport) -> list[list[str]]:
    """A row for each signal, see `SIGNAL_COLUMNS`."""
    return [_signal_row(one) for one in report.signals]


def topic_rows(report: DriftReport) -> list[list[str]]:
    """A row for each topic, the one that grew most first, see `TOPIC_COLUMNS`."""
    return [
        [
            str(one.number),
            f"{one.usual_share:.0%}",
            f"{one.new_share:.0%}",
            ", ".join(word for word, said in (("grown", one.has_grown), ("old", one.is_old)) if said),
            "" if one.age_days is None else f"{one.age_days:.0f}",
            "; ".join(one.titles),
        ]
        for one in report.topics
    ]


def findings(report: DriftReport) -> list[str]:
    """What to look at, a sentence each."""
    grown = [
        f"{_called(one)}: {one.usual_share:.0%} of questions before, {one.new_share:.0%} now"
        for one in report.topics
        if one.has_grown
    ]
    old = [
        f"{_called(one)}: what is found is {one.age_days:.0f} days old, half of the corpus is younger than "
        f"{report.corpus_age_days:.0f}"
        for one in report.topics
        if one.is_old and report.corpus_age_days is not None
    ]
    return grown + old


def _called(topic: Topic) -> str:
    return f"topic {topic_label(topic).removeprefix('topic ')}"


def page(report: DriftReport) -> str:
    """The report as one HTML file: no network, no script.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("evals.drift"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("drift.html.j2").render(
        report=report,
        headline=headline(report),
        findings=findings(report),
        signals=(SIGNAL_COLUMNS, signal_rows(report)),
        topics=(TOPIC_COLUMNS, topic_rows(report)),
        pictures={name: base64.b64encode(png).decode() for name, png in pictures(report).items()},
    )


def _signal_row(signal: Signal) -> list[str]:
    level = signal.level
    if level is None:
        return [signal.name, "", "", "", "", "", f"{signal.outcome}: {signal.note}"]
    return [
        signal.name,
        *_sides(signal),
        f"{level.value:.4g}",
        f"{level.threshold:.4g}",
        f"{signal.p:.3g}",
        signal.outcome,
    ]


def _sides(signal: Signal) -> Sequence[str]:
    sides = (signal.usual, signal.new)
    if signal.name in _SHARES:
        return ["" if one is None else f"{one:.1%}" for one in sides]
    return ["" if one is None else f"{one:.3g}" for one in sides]
