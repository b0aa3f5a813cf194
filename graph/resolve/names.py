"""What a key is made of, as far as it tells whether another one is the same name. Pure; remembered for the keys in use."""

import re
from dataclasses import dataclass
from functools import lru_cache

from core.pseudonyms import TOKEN

# Words after the name of a company; those in one line are written for each other.
_LEGAL_FORMS = (
    "inc incorporated",
    "corp corporation",
    "co company",
    "ltd limited",
    "pte",
    "pty",
    "llc",
    "llp",
    "plc",
    "gmbh",
    "ag",
    "kg",
    "sa",
    "sas",
    "sarl",
    "srl",
    "bv",
    "nv",
    "oy",
    "ab",
    "kk",
)
LEGAL_FORM = {word: line.split()[0] for line in _LEGAL_FORMS for word in line.split()}
# British and American spelling, and what is shortened in names.
_SAME_WORDS = {
    "&": "and",
    "centre": "center",
    "theatre": "theater",
    "labour": "labor",
    "harbour": "harbor",
    "colour": "color",
    "honour": "honor",
    "defence": "defense",
    "programme": "program",
    "mount": "mt",
    "fort": "ft",
    "saint": "st",
    "doctor": "dr",
    "junior": "jr",
    "senior": "sr",
}
_ISATION = re.compile(r"(?<=\w{3})is(?=(?:e[drs]?|ing|ation|ations|ational)$)")
# A name that differs in one of these is another name.
_TELLING_WORDS = (
    "north south east west northern southern eastern western northeast northwest southeast southwest upper lower inner outer "
    "old new great greater lesser big little left right first second third fourth fifth sixth seventh eighth ninth tenth one two "
    "three four five six seven eight nine ten eleven twelve twenty jr sr elder younger men women man woman boys girls boy girl "
    "mens womens male female summer winter spring autumn fall january february march april may june july august september october "
    "november december monday tuesday wednesday thursday friday saturday sunday major minor early late pre post anti non home away "
    "red blue green black white yellow golden silver national international american british european asian african am fm "
    "primary secondary general special assistant deputy vice former under over city county state river lake island islands "
    "alpha beta gamma delta not no without sub super mini max pro lite plus"
)
TELLING = frozenset(_TELLING_WORDS.split())
# What is left of "Production Company" or "International Ltd" names nobody.
_GENERAL = frozenset(
    [
        "production",
        "record",
        "records",
        "insurance",
        "holding",
        "holdings",
        "oil",
        "film",
        "films",
        "dance",
        "theater",
        "publishing",
        "manufacturing",
        "trading",
        "steel",
        "international",
        "national",
        "american",
        "general",
        "united",
        "global",
        "public",
        "private",
        "limited",
        "media",
        "software",
        "consulting",
        "services",
        "group",
        "management",
        "investment",
        "investments",
        "entertainment",
        "energy",
        "electric",
        "railway",
        "railroad",
        "shipping",
        "brewing",
    ]
)
_ROMAN = re.compile(r"(?=[ivx])x{0,3}(?:ix|iv|v?i{0,3})")
_WORD = re.compile(r"[^\s/-]+")
_NUMBER = re.compile(r"\d+")
_SIGNS = re.compile(r"[^\w&+#]|_")
LITTLE = frozenset(
    [
        "of",
        "the",
        "and",
        "for",
        "in",
        "on",
        "at",
        "to",
        "a",
        "an",
        "de",
        "la",
        "le",
        "les",
        "du",
        "des",
        "der",
        "die",
        "das",
        "und",
        "fur",
        "y",
        "e",
        "et",
        "da",
        "do",
        "dos",
        "del",
        "von",
        "van",
    ]
)


@dataclass(frozen=True, slots=True)
class NameParts:
    """A key taken apart. `words` in one spelling, `skeleton` all letters and digits without the legal form (`legal`).

    `bare` is the skeleton without a plural ending; `numbers` and `telling` must agree in two names of one thing. `fixed`
    names are one with no other: pseudonyms, addresses. `is_general`: without the legal form no name is left.
    """

    words: tuple[str, ...]
    legal: str
    skeleton: str
    bare: str
    numbers: tuple[str, ...]
    telling: tuple[str, ...]
    tokens: tuple[str, ...]
    is_fixed: bool
    is_general: bool


@lru_cache(maxsize=16_384)
def parts_of(key: str) -> NameParts:
    """The parts of a key."""
    words = tuple(map(_same_word, _WORD.findall(key)))
    legal = LEGAL_FORM.get(words[-1].strip(".&"), "") if len(words) > 1 else ""
    kept = words[:-1] if legal else words
    skeleton = _SIGNS.sub("", "".join(kept)) or key
    if key.startswith("."):
        skeleton = "." + skeleton
    return NameParts(
        words=kept,
        legal=legal,
        skeleton=skeleton,
        bare=_singular(skeleton),
        numbers=tuple(_NUMBER.findall(key)),
        telling=tuple(sorted(word for word in kept if is_telling(word))),
        tokens=tuple(sorted(match[0] for match in TOKEN.finditer(key))),
        is_fixed="@" in key or "://" in key or TOKEN.fullmatch(key) is not None,
        is_general=skeleton in _GENERAL,
    )


def is_telling(word: str) -> bool:
    """Whether another word in its place makes another name: a direction, an ordinal, a roman number, a single letter."""
    return word in TELLING or len(word) == 1 or _ROMAN.fullmatch(word) is not None


def initials(words: tuple[str, ...], *, all_words: bool) -> str:
    """The first letters of words, or of those that are more than particles."""
    return "".join(word[0] for word in words if all_words or word not in LITTLE)


def consonants(key: str) -> str:
    """What typing errors seldom touch: the first letter and the consonants after it, none twice in a row."""
    rest = re.sub(r"[aeiouy\W_]+", "", key[1:])
    return key[:1] + re.sub(r"(.)\1+", r"\1", rest)


def _same_word(word: str) -> str:
    word = _ISATION.sub("iz", word)
    return _SAME_WORDS.get(word, word)


def _singular(skeleton: str) -> str:
    if len(skeleton) < 5 or not skeleton.endswith("s") or skeleton.endswith(("ss", "us", "is")):
        return skeleton
    return skeleton[:-3] + "y" if skeleton.endswith("ies") else skeleton[:-1]
