"""The pseudonyms of a document's values, longer where a short one is another value's. Pure but for the question whose it is."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from core.pseudonyms import PseudonymKey, token_of

Taken = Callable[[Mapping[str, str]], Collection[str]]
"""Which of these short tokens, with their digests, are not to be used."""

Value = tuple[str, str]
"""Type and normal form."""


def tokens_of(
    values: Iterable[Value], key: PseudonymKey, *, taken: Taken | None = None
) -> dict[Value, tuple[str, str]]:
    """Token and digest of each value. Of those that share a short token one has it: whose it is, else who came first."""
    digests = {value: key.digest(*value) for value in dict.fromkeys(values)}
    rivals: dict[str, list[str]] = {}
    for (entity, _), digest in digests.items():
        rivals.setdefault(token_of(entity, digest), []).append(digest)
    claimed = _claimed(rivals, taken) if taken else set()
    owners = {
        short: next((one for one in sharing if one not in claimed), None) for short, sharing in rivals.items()
    }

    def token(entity: str, digest: str) -> str:
        return token_of(entity, digest, long=owners[token_of(entity, digest)] != digest)

    return {value: (token(value[0], digest), digest) for value, digest in digests.items()}


def _claimed(rivals: Mapping[str, Sequence[str]], taken: Taken) -> set[str]:
    """The digests whose short tokens are not theirs. Asked once, unless values of the document share one."""
    claimed: set[str] = set()
    for turn in range(max(map(len, rivals.values()), default=0)):
        asked = {short: sharing[turn] for short, sharing in rivals.items() if turn < len(sharing)}
        claimed |= {asked[short] for short in asked.keys() & set(taken(asked))}
    return claimed
