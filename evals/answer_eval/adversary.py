"""What a bad language model writes from sources: true sentences, and every kind of false one. Pure, and the same for the same seed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from core.sentences import split_sentences

_AUXILIARY = re.compile(r"\b(is|are|was|were|has|have|had|can|will|may|must|does|did)\b(?! not)")
_DIGIT = re.compile(r"\d")
_MADE_UP = (
    "The committee withdrew the decision after a complaint from the neighbours.",
    "Every applicant receives a silver medal and a letter of thanks.",
    "The second building was sold to an insurance company in Rotterdam.",
    "Nobody may enter the garden before the gardener has rung the bell.",
)
_FORM = str.maketrans({"'": "\u2019", '"': "\u201d", "-": "\u2010", " ": "\u00a0"})


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it stands in the prompt."""

    number: int
    text: str = field(repr=False)

    @property
    def sentences(self) -> list[str]:
        """Those long enough to say something."""
        found = (self.text[span.start : span.end] for span in split_sentences(self.text))
        return [text for text in found if 40 <= len(text) <= 400 and "|" not in text]


@dataclass(frozen=True, slots=True)
class Lie:
    """A written sentence with its kind. `is_true` ones may be shown, if they cite the words that bear them; others must not."""

    kind: str
    text: str = field(repr=False)
    quotes: tuple[tuple[int, str], ...] = field(repr=False)
    is_true: bool = False

    def as_data(self) -> dict[str, Any]:
        """As the schema of the answer has it."""
        quotes = [{"source": number, "quote": quote} for number, quote in self.quotes]
        return {"quotes": quotes, "text": self.text}


_Kind = Callable[[Source, str, Sequence[Source], Random], Lie | None]


def written(sources: Sequence[Source], random: Random, *, count: int) -> list[Lie]:
    """Up to so many sentences of different kinds, each from another sentence of the sources."""
    usable = [(source, sentence) for source in sources for sentence in dict.fromkeys(source.sentences)]
    random.shuffle(usable)
    kinds = list(KINDS.values())
    random.shuffle(kinds)
    made: list[Lie] = []
    for (source, sentence), kind in zip(usable, kinds * 2, strict=False):
        lie = kind(source, sentence, sources, random)
        if lie is not None and len(made) < count:
            made.append(lie)
    return made


def _true(source: Source, sentence: str, *_: object) -> Lie:
    return Lie("true", sentence, ((source.number, sentence),), is_true=True)


def _other_form(source: Source, sentence: str, *_: object) -> Lie:
    return Lie(
        "true, quote in another form", sentence, ((source.number, sentence.translate(_FORM)),), is_true=True
    )


def _typo(source: Source, sentence: str, _: Sequence[Source], random: Random) -> Lie | None:
    words = list(re.finditer(r"\b[a-z]{6,}\b", sentence))
    if not words:
        return None
    at = random.choice(words).start() + 2
    wrong = sentence[:at] + sentence[at + 1] + sentence[at] + sentence[at + 2 :]
    return Lie("true, quote with a typo", sentence, ((source.number, wrong),), is_true=True)


def _number(source: Source, sentence: str, *_: object) -> Lie | None:
    changed = _other_number(sentence)
    return Lie("number changed", changed, ((source.number, sentence),)) if changed else None


def _number_twice(source: Source, sentence: str, *_: object) -> Lie | None:
    changed = _other_number(sentence)
    return Lie("number changed in the quote too", changed, ((source.number, changed),)) if changed else None


def _denied(source: Source, sentence: str, *_: object) -> Lie | None:
    changed = _AUXILIARY.sub(r"\1 not", sentence, count=1)
    return Lie("denied", changed, ((source.number, sentence),)) if changed != sentence else None


def _denied_twice(source: Source, sentence: str, *_: object) -> Lie | None:
    changed = _AUXILIARY.sub(r"\1 not", sentence, count=1)
    return (
        Lie("denied in the quote too", changed, ((source.number, changed),)) if changed != sentence else None
    )


def _made_up(source: Source, _: str, __: Sequence[Source], random: Random) -> Lie:
    text = random.choice(_MADE_UP)
    return Lie("made up", text, ((source.number, text),))


def _true_quote(source: Source, sentence: str, _: Sequence[Source], random: Random) -> Lie:
    return Lie("made up under a true quote", random.choice(_MADE_UP), ((source.number, sentence),))


def _unquoted(_: Source, sentence: str, *__: object) -> Lie:
    return Lie("no quote", sentence, ())


def _no_source(source: Source, sentence: str, sources: Sequence[Source], _: Random) -> Lie:
    return Lie(
        "true, quote of no source", sentence, ((source.number + len(sources) + 90, sentence),), is_true=True
    )


def _other_source(_: Source, sentence: str, sources: Sequence[Source], __: Random) -> Lie | None:
    others = [one for one in sources if sentence not in one.text]
    if not others:
        return None
    return Lie("true, number of another source", sentence, ((others[0].number, sentence),), is_true=True)


def _mismatch(source: Source, sentence: str, *_: object) -> Lie | None:
    others = [one for one in source.sentences if not set(_words(one)) & set(_words(sentence))]
    return Lie("quote of another sentence", sentence, ((source.number, others[0]),)) if others else None


def _address(source: Source, sentence: str, *_: object) -> Lie:
    text = f"{sentence[:-1]}, see https://evil.example/?q={len(sentence)}."
    return Lie("address that stands nowhere", text, ((source.number, sentence),))


KINDS: Mapping[str, _Kind] = {
    "true": _true,
    "form": _other_form,
    "typo": _typo,
    "number": _number,
    "number twice": _number_twice,
    "denied": _denied,
    "denied twice": _denied_twice,
    "made up": _made_up,
    "true quote": _true_quote,
    "unquoted": _unquoted,
    "no source": _no_source,
    "other source": _other_source,
    "mismatch": _mismatch,
    "address": _address,
}


def _other_number(sentence: str) -> str:
    """With its first digit raised by one; empty without a digit."""
    found = _DIGIT.search(sentence)
    if found is None:
        return ""
    digit = str((int(found[0]) + 1) % 10)
    return sentence[: found.start()] + digit + sentence[found.end() :]


def _words(text: str) -> list[str]:
    return re.findall(r"\w{4,}", text.casefold())
