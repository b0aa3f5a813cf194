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
from ingest.pii.file_shapes import shapes_in
from ingest.pii.file_words import names_in

# Counts up when names are veiled otherwise: then every document of a redacted source is indexed again.
REVISION = 1
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


@dataclass(frozen=True, slots=True)
class VeilRules:
    """What a policy takes out of names: the types, the words that stay, the words that always go."""

    entities: frozenset[str]
    allow: frozenset[str] = frozenset()
    deny: tuple[str, ...] = ()
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
        identity = self._key.token(value.entity, normal)
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
            reversible=self._rules.reversible,
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
            value = _in_its_word(stem, _Value(entity, start, end, stem[start:end]))
            if all(value.end < other.start or value.start > other.end for other in chosen):
                chosen.append(value)
            else:
                chosen = _joined(chosen, value)
        return sorted(chosen, key=lambda value: value.start)

    def _found(self, stem: str) -> Iterator[tuple[str, int, int]]:
        rules = self._rules
        for phrase in rules.deny:
            pattern = rf"(?<!\w){re.escape(phrase)}(?!\w)"
            yield from (("DENIED", *found.span()) for found in re.finditer(pattern, stem, re.IGNORECASE))
        yield from (row for row in shapes_in(stem) if row[0] in rules.entities)
        if "PERSON" in rules.entities:
            for start, end in names_in(stem, is_strict=rules.is_strict):
                if stem[start:end].casefold() not in rules.allow:
                    yield "PERSON", start, end

    def _keep(self, name: str, veiled: str) -> None:
        if len(self._seen) >= _MOST_NAMES:
            self._seen.clear()
        self._seen[name] = veiled


def is_veiled(path: str) -> bool:
    """Whether there is a token in a path."""
    return TOKEN.search(path) is not None


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
    """The values with one that overlaps or touches some of them: one from the first to the last, of the type that came first."""
    apart = [other for other in chosen if other.end < value.start or other.start > value.end]
    met = [other for other in chosen if other not in apart]
    start = min(value.start, *(other.start for other in met))
    end = max(value.end, *(other.end for other in met))
    return [*apart, _Value(met[0].entity, start, end, met[0].core)]
