"""Statements that people have judged, as cases for a judge. Nothing here is trained on: both sets only report.

WiCE (Kamoi et al. 2023), development set: claims of Wikipedia beside the sentences of the cited page that have most of their words;
people said `supported`, `partially_supported` or `not_supported` of the whole page. CLAP NQ (Rosenthal et al. 2024), development set:
sentences of answers that people wrote, beside the sentences that they chose as grounds, and beside as many others of the passage.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core import ids
from core.errors import InvalidInputError
from evals.citation_eval.claims import LabelledClaim, clapnq_claims, wice_claims
from evals.judge.cases import JudgedCase

LABELS = {"supported": 1.0, "partially_supported": 0.5, "not_supported": 0.0}
_SETS: dict[str, Callable[[Path, int], list[LabelledClaim]]] = {
    "wice": lambda data, _: wice_claims(data),
    "clapnq": lambda data, seed: clapnq_claims(data, seed=seed),
}
SETS = tuple(_SETS)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A statement with the label that people gave it: 1, 0.5 or 0."""

    case: JudgedCase = field(repr=False)
    label: float

    @property
    def word_count(self) -> int:
        """Of the statement."""
        return len(self.case.answer.split())


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """What was drawn of a set. `version` changes with any character of it."""

    name: str
    version: str
    rows: tuple[Labelled, ...]


def labelled_set(data: Path, name: str, *, count: int, seed: int) -> LabelledSet:
    """`count` statements drawn from a set, all where it has no more.

    Raises:
        InvalidInputError: There is no such set.
        SettingsError: It is not in the folder.
    """
    if name not in _SETS:
        raise InvalidInputError(f"'{name[:40]}' is no labelled set; there are {', '.join(_SETS)}")
    claims = _SETS[name](data, seed)
    rng = random.Random(seed)  # noqa: S311
    # The first of one order: whoever draws more has those of before among them, and pays for the others only.
    drawn = rng.sample(range(len(claims)), len(claims))[:count]
    rows = tuple(_labelled(f"{name}-{at}", claims[at]) for at in drawn)
    return LabelledSet(name, _version(rows), rows)


def _labelled(case_id: str, claim: LabelledClaim) -> Labelled:
    passages = (claim.context, *claim.evidence.split("\n"))
    return Labelled(JudgedCase(case_id, "", claim.text, passages, tags=(claim.label,)), LABELS[claim.label])


def _version(rows: Sequence[Labelled]) -> str:
    return ids.fingerprint({"rows": [[row.case.answer, list(row.case.passages), row.label] for row in rows]})
