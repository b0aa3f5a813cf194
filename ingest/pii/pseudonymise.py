"""From what was found in a document to mentions: identities, pseudonyms, and where they stand. Pure but for `Taken`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.normal_forms import PERSON, name_parts, normal_form
from core.pseudonyms import Mention, MentionField, PseudonymKey
from ingest.pii.identities import Identities, address_of
from ingest.pii.priority import IRREVERSIBLE
from ingest.pii.spans import Finding
from ingest.pii.tokens import Taken, tokens_of

_EMAIL = "EMAIL_ADDRESS"


@dataclass(frozen=True, slots=True)
class FoundIn:
    """A field of a document as it was parsed, and what is to be replaced in it (`spans.final`)."""

    where: MentionField
    text: str
    findings: Sequence[Finding]


def mentions_of(
    fields: Sequence[FoundIn], key: PseudonymKey, *, taken: Taken | None = None, reversible: bool = True
) -> list[list[Mention | None]]:
    """Of every finding of every field its mention; None for secrets, which have no pseudonym.

    `start` and `end` are still those of the original: what stands before a mention decides where it will be.
    """
    values = [[_Value.of(found, field.text) for found in field.findings] for field in fields]
    names = _Names(fields, values)
    named = [[names.named(value) for value in row] for row in values]
    tokens = tokens_of(
        ((value.entity, value.identity) for row in named for value in row if value.entity != IRREVERSIBLE),
        key,
        taken=taken,
    )
    made = _Mentions(key, tokens, reversible)
    return [[made.of(value, field.where) for value in row] for field, row in zip(fields, named, strict=True)]


def placed(mentions: Sequence[Mention | None], places: Sequence[tuple[int, int]]) -> list[Mention]:
    """The mentions at their places in the redacted text."""
    pairs = zip(mentions, places, strict=True)
    return [replace(one, start=start, end=end) for one, (start, end) in pairs if one is not None]


@dataclass(frozen=True, slots=True)
class _Value:
    """A finding's value; `identity` is the normal form that its token is made of, `whole` what the token stands for."""

    entity: str
    start: int
    end: int
    text: str
    normal: str
    identity: str
    whole: str
    owner: str | None = None

    @classmethod
    def of(cls, found: Finding, text: str) -> "_Value":
        normal = normal_form(found.entity, found.value(text))
        return cls(
            found.entity, found.start, found.end, text[found.start : found.end], normal, normal, found.whole
        )


class _Names:
    """Links the names of a document, and the addresses made of them, to its people."""

    def __init__(self, fields: Sequence[FoundIn], values: Sequence[Sequence[_Value]]) -> None:
        pairs = [(field, value) for field, row in zip(fields, values, strict=True) for value in row]
        people = [(field, value) for field, value in pairs if value.entity == PERSON]
        self._identities = Identities(
            (value.normal, address_of(field.text, value.start, value.end)) for field, value in people
        )
        self._whole = {value.normal: value.text for _, value in reversed(people)}

    def named(self, value: _Value) -> _Value:
        if value.entity == _EMAIL:
            return replace(value, owner=self._identities.of_email(value.normal))
        if value.entity != PERSON:
            return value
        identity = self._identities.of(value.normal)
        return (
            value
            if identity == value.normal
            else replace(value, identity=identity, whole=self._whole[identity])
        )


class _Mentions:
    def __init__(
        self, key: PseudonymKey, tokens: Mapping[tuple[str, str], tuple[str, str]], reversible: bool
    ) -> None:
        self._key = key
        self._tokens = tokens
        self._reversible = reversible
        self._aliases: dict[str, tuple[str, ...]] = {}

    def of(self, value: _Value, where: MentionField) -> Mention | None:
        if value.entity == IRREVERSIBLE:
            return None
        token, digest = self._tokens[value.entity, value.identity]
        person = value.identity if value.entity == PERSON else value.owner
        return Mention(
            entity=value.entity,
            token=token,
            digest=digest,
            start=value.start,
            end=value.end,
            original_start=value.start,
            original_end=value.end,
            value=value.text,
            normal=value.identity,
            where=where,
            aliases=self._of_parts(person) if person else (),
            identity=self._tokens[PERSON, value.owner][0] if value.owner else None,
            reversible=self._reversible,
            whole=value.whole,
        )

    def _of_parts(self, name: str) -> tuple[str, ...]:
        if name not in self._aliases:
            self._aliases[name] = tuple(map(self._key.alias, name_parts(name)))
        return self._aliases[name]
