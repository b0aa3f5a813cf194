"""Precision, recall and F2 by type of entity. A finding is right if it overlaps a label of the same type. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.pii_bench.labelled import LabelledText
from ingest.pii.spans import Finding


@dataclass(frozen=True, slots=True)
class Score:
    """Labels found and missed, findings right and wrong."""

    found: int = 0
    missed: int = 0
    right: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        """Share of the labels that a finding overlaps; 1 without labels."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0

    @property
    def precision(self) -> float:
        """Share of the findings that overlap a label; 1 without findings."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def f2(self) -> float:
        """F-measure that weighs recall twice: 5pr / (4p + r) (van Rijsbergen 1979)."""
        both = 4 * self.precision + self.recall
        return 5 * self.precision * self.recall / both if both else 0.0


@dataclass(frozen=True, slots=True)
class Residual:
    """A label that was missed or a finding that is wrong, with a little of the text around it."""

    kind: str
    entity: str
    around: str


def score(
    texts: Sequence[LabelledText],
    findings: Sequence[Sequence[Finding]],
    *,
    entity: str,
    found_as: Sequence[str],
    labelled_as: Sequence[str],
    also_right: Sequence[str] = (),
) -> tuple[Score, list[Residual]]:
    """The score of one type: its labels are of `labelled_as`, its findings of `found_as`.

    A finding over a label of `also_right` is not wrong: the town and the postal code of an address.
    """
    counts = {"found": 0, "missed": 0, "right": 0, "wrong": 0}
    residuals: list[Residual] = []
    for text, rows in zip(texts, findings, strict=True):
        labels = [(label.start, label.end) for label in text.labels if label.entity in labelled_as]
        spans = [(row.start, row.end) for row in rows if row.entity in found_as]
        fine = labels + [(label.start, label.end) for label in text.labels if label.entity in also_right]
        for own, others, good, bad in ((labels, spans, "found", "missed"), (spans, fine, "right", "wrong")):
            for span in own:
                hit = any(_overlap(span, other) for other in others)
                counts[good if hit else bad] += 1
                if not hit:
                    residuals.append(Residual(bad, entity, _around(text.text, span)))
    return Score(**counts), residuals


def table(rows: Mapping[str, Mapping[str, Score]]) -> str:
    """A Markdown table: a line per type, for each detector precision, recall, F2 and wrong findings."""
    names = list(next(iter(rows.values())))
    lines = ["| type | " + " | ".join(f"{name} P | R | F2 | wrong" for name in names) + " |"]
    lines.append("|---|" + "---:|" * 4 * len(names))
    for entity, scores in rows.items():
        cells = [
            f"{found.precision:.3f} | {found.recall:.3f} | {found.f2:.3f} | {found.wrong}"
            for found in scores.values()
        ]
        lines.append(f"| {entity} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _overlap(left: tuple[int, int], right: tuple[int, int]) -> bool:
    return left[0] < right[1] and right[0] < left[1]


def _around(text: str, span: tuple[int, int], *, margin_chars: int = 30) -> str:
    start, end = span
    before, after = text[max(0, start - margin_chars) : start], text[end : end + margin_chars]
    return f"{before}[[{text[start:end]}]]{after}".replace("\n", "\\n")
