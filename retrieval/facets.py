"""How the documents that a search ranks divide by a field: counted, not searched for.

A document is counted once, by its first passage, whatever it says: every document has some similarity to every query, so there is
no set of documents that match. What is counted is what the principal may read and what meets the filter.
"""

from collections.abc import Sequence

from core.errors import InvalidInputError
from core.filters import All, AtMost, Condition, Either, Equals, IsEmpty, Visible
from core.retrieval_ports import CandidateIndex
from core.search import Facet, FacetsWanted, FacetValue
from retrieval.trace import ACTIVE

# Not titles, paths or ids: there are as many as documents, and they may hold names of people.
FACET_FIELDS = ("mime_type", "source_id", "language", "modified_year")
MAX_VALUES = 100
_FIRST_PASSAGE = AtMost("ordinal", 0)


def checked_facets(wanted: FacetsWanted) -> FacetsWanted:
    """What is to be counted, each field once.

    Raises:
        InvalidInputError: A field cannot be counted by, or there are too many values.
    """
    known = ", ".join(FACET_FIELDS)
    if any(field not in FACET_FIELDS for field in wanted.fields):
        raise InvalidInputError(f"a facet is over one of these fields: {known}")
    if not 1 <= wanted.value_count <= MAX_VALUES:
        raise InvalidInputError(f"a facet names 1 to {MAX_VALUES} values")
    return FacetsWanted(tuple(dict.fromkeys(wanted.fields)), wanted.value_count)


async def counted(
    index: CandidateIndex, wanted: FacetsWanted, *, visible: Visible, narrowed: Condition
) -> tuple[Facet, ...]:
    """The facets of everything that is visible and meets the filter.

    Raises:
        InvalidInputError: A field of the filter has no index.
        DependencyDownError: The store does not answer.
    """
    documents = All((narrowed, _FIRST_PASSAGE))
    shown = All((visible.condition, ACTIVE, documents))
    total_count = await index.count(shown)
    facets: list[Facet] = []
    for field in wanted.fields:
        # One more than is shown: the empty text is no value.
        rows = await index.facet(field, visible=visible, narrowed=documents, limit=wanted.value_count + 1)
        missing_count = await index.count(All((shown, _is_missing(field))))
        facets.append(
            _facet(field, rows, total_count - missing_count, missing_count, limit=wanted.value_count)
        )
    return tuple(facets)


def _facet(
    field: str, rows: Sequence[tuple[str | int, int]], count: int, missing_count: int, *, limit: int
) -> Facet:
    """The facet of `count` documents that have a value."""
    values = tuple(FacetValue(value, number) for value, number in rows if value != "")[:limit]
    # Never below 0, although a document may have come or gone between two requests.
    other_count = max(count - sum(one.count for one in values), 0)
    return Facet(field, values, other_count, missing_count)


def _is_missing(field: str) -> Condition:
    return Either((IsEmpty(field), Equals(field, ""))) if field == "language" else IsEmpty(field)
