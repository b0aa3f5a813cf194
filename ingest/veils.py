"""Which sources have their names veiled, and how: by the source's redaction policy, else the settings'."""

import threading
from collections.abc import Callable

from core.config import RedactionSettings
from core.documents import Source
from core.pseudonyms import PseudonymKey
from ingest.pii.file_names import Veil, VeilRules

_OFF = "off"


class Veils:
    """The veils of sources, made when they are first asked for. Safe to use from several threads."""

    def __init__(self, settings: RedactionSettings, *, key: Callable[[str], PseudonymKey]) -> None:
        """`key` gives a tenant's; asked once a tenant."""
        self._settings = settings
        self._key = key
        self._made: dict[tuple[str, str], Veil] = {}
        self._lock = threading.Lock()

    def of(self, source: Source) -> Veil | None:
        """The veil of a source's names; None where nothing is redacted.

        Raises:
            DependencyDownError: The key cannot be read.
        """
        policy = source.options.redaction or self._settings.policy
        if policy == _OFF:
            return None
        with self._lock:
            place = (source.tenant, policy)
            if place not in self._made:
                self._made[place] = Veil(self._key(source.tenant), _rules(self._settings, policy))
            return self._made[place]


def no_veils() -> Veils:
    """Veils of a deployment that redacts nothing."""
    return Veils(RedactionSettings(policy=_OFF), key=lambda tenant: PseudonymKey(b"", tenant=tenant))


def _rules(settings: RedactionSettings, policy: str) -> VeilRules:
    return VeilRules(
        entities=frozenset(settings.entities),
        allow=frozenset(value.casefold() for value in settings.allow),
        deny=settings.deny,
        is_strict=policy == "strict",
        reversible=policy != "anonymise",
    )
