"""Calibrations as tables of Markdown. Pure."""

from collections.abc import Iterator, Sequence

from evals.judge.calibration.agreement import Agreement
from evals.judge.calibration.running import Calibrated

_HEAD = "| judge | set | statements | judged | Spearman | 95% interval | kappa | calibration error |\n|---|---|---|---|---|---|---|---|"
_CLASS_HEAD = "| judge | set | class | people said so | precision | recall |\n|---|---|---|---|---|---|"
_LENGTH_HEAD = "| judge | set | length | statements | Spearman | 95% interval |\n|---|---|---|---|---|---|"
_BIN_HEAD = "| judge | set | scores | statements | mean score | mean label |\n|---|---|---|---|---|---|"

_LEAST_IN_SLICE = 20
"""With fewer statements a rank correlation is luck."""


def calibration_text(found: Sequence[Calibrated]) -> str:
    """Agreement, by class, by length, and the reliability table."""
    return "\n\n".join(
        "\n".join((head, *rows))
        for head, rows in (
            (_HEAD, _agreements(found)),
            (_CLASS_HEAD, _classes(found)),
            (_LENGTH_HEAD, _lengths(found)),
            (_BIN_HEAD, _bins(found)),
        )
    )


def label_of(one: Calibrated) -> str:
    """What a judge is called: its model, where it asks one."""
    return one.calibration.model or one.calibration.judge


def _agreements(found: Sequence[Calibrated]) -> Iterator[str]:
    for one in found:
        said = one.calibration.agreement
        yield _row(
            label_of(one),
            one.calibration.dataset,
            said.asked_count,
            said.judged_count,
            _figure(said.spearman),
            _interval(said),
            f"{said.kappa:.2f}",
            f"{said.error:.2f}",
        )


def _classes(found: Sequence[Calibrated]) -> Iterator[str]:
    for one in found:
        for part in one.calibration.agreement.classes:
            yield _row(
                label_of(one),
                one.calibration.dataset,
                part.name,
                part.count,
                _figure(part.precision),
                _figure(part.recall),
            )


def _lengths(found: Sequence[Calibrated]) -> Iterator[str]:
    for one in found:
        for name, said in one.by_length():
            enough = said.judged_count >= _LEAST_IN_SLICE
            rank = (_figure(said.spearman), _interval(said)) if enough else ("-", "-")
            yield _row(label_of(one), one.calibration.dataset, name, said.asked_count, *rank)


def _bins(found: Sequence[Calibrated]) -> Iterator[str]:
    for one in found:
        for part in one.calibration.agreement.bins:
            yield _row(
                label_of(one),
                one.calibration.dataset,
                f"{part.low:.1f} to {part.high:.1f}",
                part.count,
                f"{part.score:.2f}",
                f"{part.label:.2f}",
            )


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"


def _interval(said: Agreement) -> str:
    return "-" if said.low is None or said.high is None else f"{said.low:.2f} to {said.high:.2f}"
