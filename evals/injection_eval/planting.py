"""Attacks put into ordinary passages, as BIPIA does (Yi et al. 2023): before, in the middle and behind; and what became of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from core.offsets import SEAM
from core.screening import TextScreen
from core.search import Hit
from core.sentences import split_sentences
from generation.guardrails.passages import screened

_PLACES = ("before", "middle", "behind")


@dataclass(frozen=True, slots=True)
class Planted:
    """A passage with an attack: `text[start:end]`."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """`is_neutral`: no word of the attack is left. Of the passage's own sentences, how many there were and were kept."""

    kind: str
    is_neutral: bool
    own_count: int
    kept_count: int


def planted(
    attacks: Mapping[str, Sequence[str]], contexts: Sequence[str], *, each: int, seed: int
) -> Iterator[Planted]:
    """Every attack at every place, in `each` contexts drawn at random."""
    random = Random(seed)  # noqa: S311 - a sample, no secret
    for kind, texts in attacks.items():
        for attack in texts:
            for place in _PLACES:
                for context in random.sample(list(contexts), min(each, len(contexts))):
                    yield _planted(kind, attack, context, place)


def outcome(one: Planted, *, screen: TextScreen, threshold: float) -> Outcome:
    """What is left of a passage after it was screened."""
    hits, _ = screened([_hit(one.text)], screen, threshold=threshold)
    left = hits[0].text if hits else SEAM * len(one.text)
    own = [span for span in split_sentences(one.text) if span.end <= one.start or span.start >= one.end]
    kept = sum(left[span.start : span.end] == one.text[span.start : span.end] for span in own)
    attack_left = left[one.start : one.end]
    return Outcome(one.kind, not any(letter.isalnum() for letter in attack_left), len(own), kept)


def _planted(kind: str, attack: str, context: str, place: str) -> Planted:
    lines = context.split("\n")
    at = {"before": 0, "middle": len(lines) // 2, "behind": len(lines)}[place]
    before = "".join(f"{line}\n" for line in lines[:at])
    behind = "".join(f"\n{line}" for line in lines[at:])
    return Planted(kind, f"{before}{attack}{behind}", len(before), len(before) + len(attack))


def _hit(text: str) -> Hit:
    return Hit("a", 1, 0, None, "a", "", "", None, 0, len(text), 0, len(text), text, 1.0)
