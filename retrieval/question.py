"""What may be asked: the bounds of a query and of its limit, and of the vector that a model makes of it. Pure."""

import math
from collections.abc import Sequence

from core.errors import DependencyDownError, InvalidInputError

MAX_QUERY_CHARS = 2000


def checked_query(query: str, *, limit: int, max_limit: int) -> str:
    """The query as it is searched for: trimmed, without NULs and halves of surrogate pairs.

    Raises:
        InvalidInputError: It is empty or too long, or the limit is out of bounds.
    """
    text = query.replace("\0", " ").encode("utf-8", "replace").decode().strip()
    if not text:
        raise InvalidInputError("the query is empty: ask for at least one word")
    if len(text) > MAX_QUERY_CHARS:
        raise InvalidInputError(
            f"the query has {len(text)} characters; at most {MAX_QUERY_CHARS} are allowed"
        )
    if not 1 <= limit <= max_limit:
        raise InvalidInputError(f"limit is {limit}; it must lie between 1 and {max_limit}")
    return text


def checked_vector(vector: Sequence[float], *, dimension: int) -> tuple[float, ...]:
    """The query's vector.

    Raises:
        DependencyDownError: The model gave another number of components than it says, or one that is no finite number.
    """
    if len(vector) != dimension:
        raise DependencyDownError(
            f"the embedding model gave {len(vector)} numbers where its vectors have {dimension}; check FOLIO_EMBEDDING__MODEL"
        )
    if not all(map(math.isfinite, vector)):
        raise DependencyDownError(
            "the embedding model gave a vector with a number that is not finite; check FOLIO_EMBEDDING__MODEL"
        )
    return tuple(vector)
