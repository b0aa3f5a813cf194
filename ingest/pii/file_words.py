"""Words of file names that name a person, by the gazetteer alone: there is no sentence around them. Pure.

Words may be joined by spaces, `_`, `-`, `.` or by capitals in the middle ("JaneSmith"), and in any case: a name in small letters
counts as well. What is mostly something else (an everyday word, a town, a month) needs a second name, or a word such as "cv"
beside it, to count.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from ingest.pii.recognizers.gazetteer import load_gazetteer

# Marks that letters carry, and signs that nobody sees: parts of the word, not its end.
_JOINED = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"
RUN = re.compile(rf"[^\W\d_](?:[^\W\d_]|[{_JOINED}])*")
_ASCII_RUN = re.compile("[a-z]{2,}")
_ASCII_WORD = re.compile("[A-Z]?[a-z]+")
_HUMP = re.compile(r"(?<=[a-z\u00df-\u00f6\u00f8-\u00ff])(?=[A-Z\u00c0-\u00d6\u00d8-\u00de])")
_UNSEEN = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_ACCENTS = re.compile("[\u0300-\u036f]+")
BETWEEN = re.compile(r"[\s_.,'\u2019+-]{0,3}")
_PARTICLE_WORDS = "van von der den de del della di da do dos du la le el al bin ibn ter ten zu af"
PARTICLES = frozenset(_PARTICLE_WORDS.split())
_CUE_WORDS = (
    "cv resume curriculum vitae lebenslauf personnel employee applicant candidate interview payslip payroll salary passport "
    "patient medical dismissal termination reference onboarding appraisal kuendigung arbeitsvertrag zeugnis bewerbung "
    "mr mrs ms miss dr prof herr frau mme sir"
)
CUES = frozenset(_CUE_WORDS.split())
_LEAST_CHARS = 3
_SHORT_CHARS = 4
_MOST_WORDS = 5
# Names of programs, of their parts and of products that are names of people too.
_THINGS = (
    "ada adam alba alma ansible apollo astro aurora bash bazel bower carbon cargo celery chad charlie chrome cron cypress dao "
    "dart delta django dora elm ember esm fedora flask gala gem glen haskell helm iris java jenkins jest jinja julia kali kira "
    "kotlin lambda linus lisp lua luna mako mariadb mars maven mia milo mocha nova olive ollama opal orion pandora pascal perl "
    "phoenix polo presto prisma python qt ray redis remy rhea rio rst ruby sage sass scala scipy sia sierra sinatra sol solaris "
    "stella sybil relu gelu blas ceil char tex tibor toml travis trac uma vega venus vera vim viola yaml zeus zip bert roberta ernie gemma kimi falcon "
    "mamba florence seaborn dino dia jina ruff slack cassandra dash packer mesa jax poisson hubert albert pareto"
)
THINGS = frozenset(_THINGS.split())


@dataclass(frozen=True, slots=True)
class _Word:
    form: str
    start: int
    end: int
    is_name: bool
    is_given: bool
    is_telling: bool
    is_capital: bool
    may_be_name: bool

    @property
    def stands_alone(self) -> bool:
        """Whether the word is enough by itself: not a short one, and in small letters only a given name."""
        return self.is_telling and len(self.form) > _LEAST_CHARS and (self.is_capital or self.is_given)


@dataclass(frozen=True, slots=True)
class _Lists:
    given: frozenset[str]
    family: frozenset[str]
    telling: frozenset[str]
    all: frozenset[str]


def names_in(text: str, *, is_strict: bool = False) -> Iterator[tuple[int, int]]:
    """Start and end of the names of people in one file or folder name, in order.

    `is_strict`: two words that people are called by are a name, whatever else they mean.
    """
    if not _may_have_name(text):
        return
    words = [_word(text[start:end], start) for start, end in _spans(text)]
    has_cue = is_strict or any(word.form in CUES for word in words)
    index = 0
    while index < len(words):
        end = _end_of_name(words, index, text)
        if end > index and _enough(words[index:end], has_cue=has_cue):
            yield words[index].start, words[end - 1].end
            index = end
        else:
            index += 1


def _may_have_name(text: str) -> bool:
    """A cheap look that most names of files end with."""
    if not text.isascii():
        return True
    names = _lists().all
    return any(word.lower() in names for word in _ASCII_WORD.findall(text)) or any(
        run in names for run in _ASCII_RUN.findall(text.lower())
    )


def _end_of_name(words: list[_Word], index: int, text: str) -> int:
    """Index behind the last word of the name that begins here; the same index if none does."""
    first = words[index]
    if not first.is_name:
        return index
    end = at = index + 1
    while at < len(words) and at - index < _MOST_WORDS and _joins(text, words[at - 1], words[at]):
        word = words[at]
        if word.is_name or (first.is_given and first.is_telling and word.may_be_name):
            end = at + 1
        elif len(word.form) > 1 and word.form not in PARTICLES:
            break
        at += 1
    return end


def _joins(text: str, one: _Word, other: _Word) -> bool:
    return BETWEEN.fullmatch(text, one.end, other.start) is not None


def _enough(words: list[_Word], *, has_cue: bool) -> bool:
    named = [word for word in words if word.is_name]
    if has_cue:
        return any(word.is_telling for word in named) or (len(named) > 1 and any(w.is_given for w in named))
    if any(word.stands_alone for word in named):
        return True
    is_full = len(named) > 1 and any(word.is_given for word in named)
    return is_full and any(word.is_telling and (word.is_capital or word.is_given) for word in named)


def _word(text: str, start: int) -> _Word:
    form, is_given, is_family, is_telling, is_ordinary = _known(text.lower())
    # Four capitals are an abbreviation more often than a name.
    is_capital = text[0].isupper() and not (text.isupper() and len(form) <= _SHORT_CHARS)
    is_name = len(form) > 1 and (is_given or is_family)
    may_be_name = is_capital and not is_ordinary and len(form) > _LEAST_CHARS
    return _Word(form, start, start + len(text), is_name, is_given, is_telling, is_capital, may_be_name)


@lru_cache(maxsize=32_768)
def _known(low: str) -> tuple[str, bool, bool, bool, bool]:
    lists, form = _lists(), folded(low)
    is_ordinary = load_gazetteer().is_ordinary(form)
    return form, form in lists.given, form in lists.family, form in lists.telling, is_ordinary


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for run in RUN.finditer(text):
        humps = [match.start() for match in _HUMP.finditer(run[0])]
        # "McDonald" is one word.
        if not humps or _known(run[0].lower())[3]:
            yield run.span()
            continue
        borders = [0, *humps, len(run[0])]
        for start, end in pairwise(borders):
            yield run.start() + start, run.start() + end


def folded(low: str) -> str:
    """A word in small letters without accents and unseen signs."""
    if low.isascii():
        return low
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", _UNSEEN.sub("", low)))


@cache
def _lists() -> _Lists:
    """The gazetteer without accents: file names often have none."""
    names = load_gazetteer()
    given, family = frozenset(map(folded, names.given)), frozenset(map(folded, names.family))
    telling = frozenset(
        word
        for word in given | family
        if len(word) >= _LEAST_CHARS and not names.is_ordinary(word) and word not in THINGS
    )
    return _Lists(given, family, telling, given | family)
