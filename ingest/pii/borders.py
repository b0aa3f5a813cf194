"""What no finding may reach into: line ends, table cells, placeholders, and the pseudonyms that stand in a text already. Pure."""

import re
from collections.abc import Collection
from functools import lru_cache

from core.pseudonyms import LONG_TOKEN_DIGITS, TOKEN_DIGITS
from ingest.pii.priority import IRREVERSIBLE, PRIORITY

# Of names of files that are veiled as a whole; they become titles.
_NAME_OF_FILE = "PATH"
_MARKS = r"<[A-Z][A-Z0-9_]+>|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029|]"


class Borders:
    """Finds borders. Of what looks like a pseudonym only those are one that begin with a type which there is.

    Anything else, such as `DB_PASSWORD_` and twelve hex digits, may be what a recogniser looks for.
    """

    def __init__(self, entities: Collection[str] = ()) -> None:
        """`entities` are types beside those that Folio brings."""
        types = sorted(({*entities, _NAME_OF_FILE} | set(PRIORITY)) - {IRREVERSIBLE})
        hex_digits = rf"(?:[0-9a-f]{{{LONG_TOKEN_DIGITS}}}|[0-9a-f]{{{TOKEN_DIGITS}}})"
        token = rf"(?<![A-Za-z0-9])(?:{'|'.join(map(re.escape, types))})_{hex_digits}(?![A-Za-z0-9])"
        self.tokens = re.compile(token)
        self._borders = re.compile(rf"{token}|{_MARKS}")

    def blanked(self, text: str) -> str:
        """The text with line ends where borders are, as long as before."""
        return self._borders.sub(lambda border: "\n" * len(border[0]), text)

    def masked(self, text: str) -> str:
        """The text with pseudonyms that look like code and like no number, word or name; as long as before.

        Else their types would be taken for context ("PHONE") and their digits for numbers.
        """
        return self.tokens.sub(lambda token: "X_" + "x" * (len(token[0]) - 2), text)


@lru_cache(maxsize=16)
def borders_of(entities: frozenset[str] = frozenset()) -> Borders:
    """The borders for these types, compiled once."""
    return Borders(entities)
