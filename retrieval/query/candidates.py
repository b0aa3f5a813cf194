"""What in a query could stand in the index as a pseudonym, and as which. Pure."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.normal_forms import PERSON, name_parts, normal_form
from core.pseudonyms import PseudonymKey, token_of
from retrieval.query.shapes import addresses_and_dates, shaped
from retrieval.query.words import Run, Word, name_runs, words

# More look-ups than a question needs; a page of text that is pasted as a query must not cost a second.
_MOST = 256


@dataclass(frozen=True, slots=True)
class Candidate:
    """`query[start:end]` and the tokens it could have, the long ones first. `doubt` is less for likelier readings."""

    start: int
    end: int
    tokens: tuple[str, ...]
    doubt: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """The candidates of a query, and the aliases of its words."""

    candidates: tuple[Candidate, ...]
    aliases: tuple[str, ...]


def read(query: str, *, key: PseudonymKey, entities: Collection[str], phrases: Sequence[str]) -> Reading:
    """Everything in a query that could have a pseudonym.

    Args:
        query: As it was asked.
        key: Of the tenant.
        entities: The types that are taken out of documents.
        phrases: Those of them whose values are words: names, and what a policy or a deny list adds.
    """
    found = words(query)
    wanted = frozenset(entities)
    candidates = [
        *_of_runs(query, name_runs(query, found), key=key, phrases=[one for one in phrases if one in wanted]),
        *_of_shapes(query, found, key=key, entities=wanted),
    ]
    candidates.sort(key=lambda one: (one.doubt, one.start, one.end))
    aliases = _aliases(found, key) if PERSON in wanted else ()
    return Reading(tuple(candidates[:_MOST]), aliases)


def chosen(candidates: Iterable[Candidate], known: Collection[str]) -> list[tuple[Candidate, str]]:
    """The candidates that are known, with their token: the likelier and the longer first, none overlapping, by position.

    A long token wins over a short one: the short one is another value's.
    """
    taken: list[tuple[Candidate, str]] = []
    for one in sorted(candidates, key=lambda one: (one.doubt > 1, one.start - one.end, one.start)):
        token = next((token for token in one.tokens if token in known), None)
        if token and all(one.end <= other.start or other.end <= one.start for other, _ in taken):
            taken.append((one, token))
    return sorted(taken, key=lambda row: row[0].start)


def _of_runs(
    query: str, runs: Iterable[Run], *, key: PseudonymKey, phrases: Sequence[str]
) -> Iterator[Candidate]:
    for run in runs:
        value = query[run.start : run.end]
        # "Smith, John" may be the end of one name and the beginning of the next.
        doubt = 2 if run.is_inverted else int(not all(word.is_capitalised for word in run.words))
        tokens = [token for entity in phrases for token in _tokens(key, entity, value)]
        if tokens:
            yield Candidate(run.start, run.end, tuple(tokens), doubt)


def _of_shapes(
    query: str, found: list[Word], *, key: PseudonymKey, entities: frozenset[str]
) -> Iterator[Candidate]:
    for shape in (*shaped(query), *addresses_and_dates(query, found)):
        value = query[shape.start : shape.end]
        tokens = [
            token for entity in shape.entities if entity in entities for token in _tokens(key, entity, value)
        ]
        if tokens:
            yield Candidate(shape.start, shape.end, tuple(tokens))


def _tokens(key: PseudonymKey, entity: str, value: str) -> tuple[str, ...]:
    normal = normal_form(entity, value)
    # A single name stays a word: it is found by its alias, wherever the whole name stands, and it may be no name at all.
    if not normal or (entity == PERSON and " " not in normal):
        return ()
    digest = key.digest(entity, normal)
    return token_of(entity, digest, long=True), token_of(entity, digest)


def _aliases(found: Iterable[Word], key: PseudonymKey) -> tuple[str, ...]:
    parts = (
        part
        for word in found
        if word.may_name and len(word.text) > 1
        for part in name_parts(normal_form(PERSON, word.text))
    )
    return tuple(key.alias(part) for part in dict.fromkeys(parts))
