"""Pairs of sentences that contradict each other, made of real ones, and real ones that only look alike."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.search import Hit
from evals.citation_eval.alterations import negation, opposite
from evals.citation_eval.sentences import Drawn
from generation.checking.contradictions import contradictions
from generation.checking.opposites import STATES
from generation.checking.words import words_of
from generation.citations import cite
from generation.drafts import CheckedSentence

_AMOUNT = re.compile(r"(?<![\w.,-])\d{1,3}(?:,\d{3})*(?![\w.,-])(?=\s+[a-z%])")
_OTHERS = ("Lindqvist", "Okafor", "Marchetti", "Tanaka")


@dataclass(frozen=True, slots=True)
class MadePair:
    """Two sentences, how the second was made, and whether they contradict each other."""

    one: str = field(repr=False)
    other: str = field(repr=False)
    kind: str
    contradicts: bool


@dataclass(frozen=True, slots=True)
class PairRow:
    """The share of pairs of a kind that were called contradictions."""

    kind: str
    count: int
    found: float
    contradicts: bool


def made_pairs(drawn: Sequence[Drawn], *, seed: int) -> list[MadePair]:
    """Contradictions: another amount, a negation, the opposite state. None: another name and amount, the next item, a copy, two drawn."""
    rng = random.Random(seed)  # noqa: S311
    others = list(drawn)
    rng.shuffle(others)
    return [
        pair
        for one, other in zip(drawn, others, strict=True)
        for pair in _pairs(one.sentence, other.sentence, rng)
    ]


def pair_rows(pairs: Sequence[MadePair]) -> list[PairRow]:
    """One row for each kind, in the order they appear."""
    kinds = dict.fromkeys((pair.kind, pair.contradicts) for pair in pairs)
    rows: list[PairRow] = []
    for kind, contradicts in kinds:
        found = [_is_found(pair) for pair in pairs if pair.kind == kind]
        rows.append(PairRow(kind, len(found), sum(found) / len(found), contradicts))
    return rows


def _pairs(sentence: str, unrelated: str, rng: random.Random) -> Iterator[MadePair]:
    amount = _with_other_amount(sentence, rng)
    if amount is not None:
        yield MadePair(sentence, amount, "another amount", contradicts=True)
        named = _with_other_name(amount, rng)
        if named is not None:
            yield MadePair(sentence, named, "another amount of another name", contradicts=False)
    denied = negation(sentence, rng)
    if denied is not None:
        yield MadePair(sentence, denied, "a negation", contradicts=True)
    if any(word.folded in STATES for word in words_of(sentence)):
        turned = opposite(sentence, rng)
        if turned is not None and any(word.folded in STATES for word in words_of(turned)):
            yield MadePair(sentence, turned, "an opposite", contradicts=True)
    yield MadePair(sentence, sentence.rstrip(".") + ", as was said.", "a copy", contradicts=False)
    yield MadePair(sentence, unrelated, "two drawn sentences", contradicts=False)


def _with_other_amount(sentence: str, rng: random.Random) -> str | None:
    found = list(_AMOUNT.finditer(sentence))
    if len(found) != 1:
        return None
    value = int(found[0][0].replace(",", ""))
    return f"{sentence[: found[0].start()]}{value + rng.randrange(1, 90)}{sentence[found[0].end() :]}"


def _with_other_name(sentence: str, rng: random.Random) -> str | None:
    names = [
        word for word in words_of(sentence) if word.is_name and word.folded.isalpha() and len(word.folded) > 2
    ]
    if not names:
        return None
    word = rng.choice(names)
    return sentence[: word.start] + rng.choice(_OTHERS) + sentence[word.end :]


def _is_found(pair: MadePair) -> bool:
    hits = [_hit(pair.one, "one"), _hit(pair.other, "other")]
    sentences = [CheckedSentence(hit.text, (cite(hit, start=0, end=len(hit.text)),)) for hit in hits]
    return bool(contradictions(sentences, hits))


def _hit(text: str, doc_id: str) -> Hit:
    return Hit(
        doc_id=doc_id, version=1, ordinal=0, external_id=None, path=doc_id, title="", heading="", page=None, start=0,
        end=len(text), parent_start=0, parent_end=len(text), text=text, score=1.0,
    )  # fmt: skip
