"""The pseudonyms of a document's values, longer where a short one is another value's. Pure but for the question whose it is."""

from collections.abc import Callable, Collection, Iterable, Mapping

from core.pseudonyms import PseudonymKey, token_of

Taken = Callable[[Mapping[str, str]], Collection[str]]
"""Which of these short tokens, with their digests, are not to be used."""

Value = tuple[str, str]
"""Type and normal form."""


def tokens_of(
    values: Iterable[Value], key: PseudonymKey, *, taken: Taken | None = None
) -> dict[Value, tuple[str, str]]:
    """Token and digest of each value."""
    digests = {value: key.digest(*value) for value in dict.fromkeys(values)}
    first: dict[str, str] = {}
    for (entity, _), digest in digests.items():
        first.setdefault(token_of(entity, digest), digest)
    claimed = set(taken(first)) if taken and first else set()

    def token(entity: str, digest: str) -> str:
        short = token_of(entity, digest)
        return token_of(entity, digest, long=short in claimed or first[short] != digest)

    return {value: (token(value[0], digest), digest) for value, digest in digests.items()}
