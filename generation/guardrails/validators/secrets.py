"""Keys and tokens of services, by the shapes that their issuers give them. Pure."""

import re

from generation.guardrails.finders import ValueFinder
from generation.guardrails.validators.applied import Applied

_KEYS = ValueFinder(("SECRET",))
# Bounded: what follows a beginning is looked at once.
_MORE = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:[^-]|-(?!----)){0,20000}(?:-----END [A-Z0-9 ]{0,30}-----)?"
    r"|(?i:(?<=\bbearer )[\w.~+/-]{20,2000}=*)"
    r"|(?<=://)[^\s/@:]{1,64}:[^\s/@]{1,128}(?=@)"
)


def secrets_in(text: str) -> Applied | None:
    """Where secrets stand: private keys, access keys, bearer tokens, and passwords in addresses."""
    places = [match.span() for match in _MORE.finditer(text)]
    at = 0
    while (found := _KEYS.first(text, at)) is not None:
        places.append((found.start, found.end))
        at = found.end
    return Applied(tuple(sorted(places))) if places else None
