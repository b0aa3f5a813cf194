"""Names of files and folders without the personal data in them: the veil (docs/adr/0011-names-of-files.md). No model.

What is found in one name of a path is replaced by a token of exactly those characters, so two names never become one. What
is veiled already stays as it is. A value that is a part of a word (`jane_smith_cv`) takes the word along: a token is
a word by itself, and `PERSON_...` in place of the whole gives the true name back, letter for letter.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core import ids
from core.normal_forms import name_parts, normal_form
from core.pseudonyms import TOKEN, Mention, MentionField, PseudonymKey, token_of
from ingest.pii.file_addresses import addresses_in
from ingest.pii.file_cues import cued_names_in
from ingest.pii.file_keys import keys_in
from ingest.pii.file_papers import machines_in, papers_in
from ingest.pii.file_shapes import shapes_in
from ingest.pii.file_words import names_in
from ingest.pii.own_patterns import NamePattern
from ingest.pii.priority import IRREVERSIBLE

# Counts up when names are veiled otherwise: then every document of a redacted source is indexed again.
REVISION = 2
_MOST_NAMES = 200_000
_WHOLE = "PATH"
_SUFFIX_NAMES = (
    "md markdown txt text log html htm xhtml pdf docx docm doc dotx pptx pptm ppt xlsx xlsm xls odt ods odp rtf epub eml msg csv tsv "
    "json jsonl yaml yml toml ini xml rst ipynb png jpg jpeg gif svg tif tiff bmp webp heic py js ts tsx jsx java go rs c h cpp "
    "hpp cs rb php sh sql swift kt scala vcf ics pages numbers key zip gz tar"
)
_SUFFIX = re.compile(rf"\.(?:{'|'.join(_SUFFIX_NAMES.split())})$", re.IGNORECASE)
_MARKS = frozenset({"Mn", "Mc", "Me", "Cf"})
# In place of what is veiled already: nothing that a name of a file can have.
_TAKEN = "\0"
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]+")
_JOINTS = re.compile(r"[\s_.,+-]+")


@dataclass(frozen=True, slots=True)
class VeilRules:
    """What a policy takes out of names: the types, the words that stay, the words that always go, patterns of the user's own."""

    entities: frozenset[str]
    allow: frozenset[str] = frozenset()
    deny: tuple[str, ...] = ()
    patterns: tuple[NamePattern, ...] = ()
    is_strict: bool = False
    reversible: bool = True


@dataclass(frozen=True, slots=True)
class _Value:
    entity: str
    start: int
    end: int
    # What was found itself; `start` and `end` are those of its word.
    core: str = field(repr=False)


class Veil:
    """Veils the names of one tenant's files under one policy. Remembers what it has seen; safe for several threads."""

    def __init__(self, key: PseudonymKey, rules: VeilRules) -> None:
        self._key = key
        self._rules = rules
        self._denied = tuple(map(_denied, rules.deny))
        self._allowed = frozenset(_JOINTS.sub(" ", value.casefold()) for value in rules.allow)
        self._seen: dict[str, str] = {}

    @property
    def fingerprint(self) -> str:
        """Changes whenever a name may be veiled otherwise."""
        rules = self._rules
        return ids.fingerprint(
            {
                "revision": REVISION,
                "key": self._key.key_id,
                "entities": sorted(rules.entities),
                "allow": sorted(rules.allow),
                "deny": sorted(rules.deny),
                "patterns": sorted((one.entity, one.source, *one.context) for one in rules.patterns),
                "strict": rules.is_strict,
            }
        )

    def path(self, relative: str) -> str:
        """A relative path, veiled name by name; a slash at its end stays."""
        seen = self._seen.get(relative)
        if seen is None:
            seen = "/".join(map(self.name, relative.split("/"))) if "/" in relative else self.name(relative)
            self._keep(relative, seen)
        return seen

    def name(self, component: str) -> str:
        """One name of a path: personal data as tokens, the suffix of a file as it is."""
        seen = self._seen.get(component)
        if seen is None:
            seen = self._veiled(component)
            self._keep(component, seen)
        return seen

    def whole(self, relative: str) -> str:
        """A token in place of a path of which nothing is to be kept."""
        return self._key.token(_WHOLE, relative)

    def text(self, text: str, *, path: str = "") -> str:
        """What is said about a file, without the personal data of its path and what else looks like some."""
        for name in path.split("/"):
            veiled = self.name(name)
            if veiled != name:
                text = text.replace(name, veiled)
        return self._veiled(text)

    def mentions(self, relative: str, *, where: MentionField) -> tuple[Mention, ...]:
        """What was replaced in a path, with its places in the veiled and in the clear form."""
        found: list[Mention] = []
        start = original_start = 0
        for name in relative.split("/"):
            grown = 0
            for value in self._values(name):
                made = self._mention(name, value, at=start + grown, original_at=original_start, where=where)
                found.append(made)
                grown += len(made.token) - (value.end - value.start)
            start += len(self.name(name)) + 1
            original_start += len(name) + 1
        return tuple(found)

    def _mention(
        self, name: str, value: _Value, *, at: int, original_at: int, where: MentionField
    ) -> Mention:
        text = name[value.start : value.end]
        digest = self._key.digest(value.entity, text)
        token = token_of(value.entity, digest)
        normal = normal_form(value.entity, value.core)
        is_secret = value.entity == IRREVERSIBLE
        identity = token if is_secret else self._key.token(value.entity, normal)
        parts = name_parts(normal) if value.entity == "PERSON" else ()
        return Mention(
            entity=value.entity,
            token=token,
            digest=digest,
            start=at + value.start,
            end=at + value.start + len(token),
            original_start=original_at + value.start,
            original_end=original_at + value.end,
            value=text,
            normal=text,
            where=where,
            aliases=tuple(map(self._key.alias, parts)),
            identity=identity if identity != token else None,
            reversible=self._rules.reversible and not is_secret,
        )

    def _veiled(self, text: str) -> str:
        parts: list[str] = []
        end = 0
        for value in self._values(text):
            parts += [text[end : value.start], self._key.token(value.entity, text[value.start : value.end])]
            end = value.end
        return "".join([*parts, text[end:]]) if parts else text

    def _values(self, text: str) -> list[_Value]:
        """What is to be replaced, without overlaps, in order."""
        suffix = _SUFFIX.search(text)
        stem = text[: suffix.start()] if suffix else text
        if TOKEN.search(stem):
            # What is veiled is neither read nor touched; the rest keeps its places.
            stem = TOKEN.sub(lambda token: _TAKEN * len(token[0]), stem)
        chosen: list[_Value] = []
        for entity, start, end in self._found(stem):
            if self._is_allowed(stem[start:end]) or _is_covered(chosen, entity, start, end):
                continue
            value = _in_its_word(stem, _Value(entity, start, end, stem[start:end]))
            if all(value.end < other.start or value.start > other.end for other in chosen):
                chosen.append(value)
            else:
                chosen = _joined(chosen, value)
        return sorted(chosen, key=lambda value: value.start)

    def _is_allowed(self, found: str) -> bool:
        return bool(self._allowed) and _JOINTS.sub(" ", found.casefold()) in self._allowed

    def _found(self, stem: str) -> Iterator[tuple[str, int, int]]:
        """What looks like personal data, what has the better claim first."""
        rules = self._rules
        for pattern in self._denied:
            yield from (("DENIED", *found.span()) for found in pattern.finditer(stem))
        words = frozenset(_WORD.findall(stem.lower()))
        yield from (row for row in _of_shape(stem, words) if row[0] in rules.entities)
        if rules.patterns:
            spaced = stem.replace("_", " ")
            for own in rules.patterns:
                yield from ((own.entity, *place) for place in own.places(spaced))
        if "PERSON" in rules.entities:
            yield from (("PERSON", *place) for place in _people(stem, words, is_strict=rules.is_strict))

    def _keep(self, name: str, veiled: str) -> None:
        if len(self._seen) >= _MOST_NAMES:
            self._seen.clear()
        self._seen[name] = veiled


def is_veiled(path: str) -> bool:
    """Whether there is a token in a path."""
    return TOKEN.search(path) is not None


def _is_covered(chosen: Sequence[_Value], entity: str, start: int, end: int) -> bool:
    """Whether it goes with one that is chosen already, and changes nothing about it."""
    return entity != IRREVERSIBLE and any(other.start <= start and end <= other.end for other in chosen)


def _denied(phrase: str) -> re.Pattern[str]:
    """A phrase of the deny list, whatever names of files have between its words."""
    words = r"[\s_.+-]{1,3}".join(map(re.escape, re.split(r"[\s_]+", phrase.strip())))
    return re.compile(rf"(?<![^\W_]){words}(?![^\W_])", re.IGNORECASE)


def _of_shape(stem: str, words: frozenset[str]) -> Iterator[tuple[str, int, int]]:
    yield from keys_in(stem)
    if _DIGIT.search(stem):
        yield from papers_in(stem, words)
        yield from machines_in(stem)
        yield from addresses_in(stem, words)
    yield from shapes_in(stem)


def _people(stem: str, words: frozenset[str], *, is_strict: bool) -> Iterator[tuple[int, int]]:
    """Names of the lists, and others after a cue; the fuller of two that overlap comes first."""
    listed = list(names_in(stem, is_strict=is_strict))
    cued = list(cued_names_in(stem, words))
    yield from sorted([*listed, *cued], key=lambda place: (place[0] - place[1], place))


def _in_its_word(text: str, value: _Value) -> _Value:
    """The value with the whole word that its ends lie in. One letter stays between it and a token that is there already."""
    start, end = value.start, value.end
    while start and _is_of_word(text[start - 1]):
        start -= 1
    while end < len(text) and _is_of_word(text[end]):
        end += 1
    if start and text[start - 1] == _TAKEN:
        start = min(start + 1, value.start)
    if end < len(text) and text[end] == _TAKEN:
        end = max(end - 1, value.end)
    return _Value(value.entity, start, end, value.core)


def _is_of_word(sign: str) -> bool:
    """Letters, digits and `_`; marks on letters; signs that nobody sees."""
    return sign.isalnum() or sign == "_" or unicodedata.category(sign) in _MARKS


def _joined(chosen: Sequence[_Value], value: _Value) -> list[_Value]:
    """The values with one that overlaps or touches some of them: one from the first to the last, of the type that came first or of a secret."""
    apart = [other for other in chosen if other.end < value.start or other.start > value.end]
    met = [other for other in chosen if other not in apart]
    start = min(value.start, *(other.start for other in met))
    end = max(value.end, *(other.end for other in met))
    # Of a secret nothing may be kept, so what it touches must not be either.
    first = next((one for one in (*met, value) if one.entity == IRREVERSIBLE), met[0])
    return [*apart, _Value(first.entity, start, end, first.core)]
