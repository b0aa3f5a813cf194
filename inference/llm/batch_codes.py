"""Error codes of batches: a provider's, made harmless. Pure."""

import re

from core.batches import CANCELLED, EXPIRED

_KNOWN = {
    "batch_expired": EXPIRED,
    "expired": EXPIRED,
    "batch_cancelled": CANCELLED,
    "canceled": CANCELLED,
    "cancelled": CANCELLED,
}
_MAX_CHARS = 60
_UNKNOWN = "error"


def error_code(said: object) -> str:
    """What a provider calls an error, if it is a code: a sentence might quote a prompt."""
    code = str(said or "").strip().casefold()
    if code in _KNOWN:
        return _KNOWN[code]
    return code if len(code) <= _MAX_CHARS and re.fullmatch(r"[a-z][a-z0-9_.-]*", code) else _UNKNOWN
