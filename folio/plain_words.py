"""Words that people have written, as they may be kept: without personal data, on one line, and not too many."""

from core.errors import InvalidInputError
from core.personal_shapes import without_personal_shapes
from folio.kept_words import Rewrite


async def plain(text: str, redact: Rewrite) -> str:
    """The text as documents are redacted, and without what its shape says to be personal."""
    words = " ".join(text.split())
    return without_personal_shapes(await redact(words)) if words else ""


def bounded(text: str, *, name: str, limit: int) -> str:
    """The text, if it is not too long.

    Raises:
        InvalidInputError: It is; names what, and how much is taken.
    """
    if len(text) > limit:
        raise InvalidInputError(f"the {name} has {len(text)} characters; at most {limit} are kept")
    return text
