"""Which sources have their names veiled, and how: by the source's redaction policy, else the settings'."""

import threading
from collections.abc import Callable

from core.config import RedactionSettings
from core.documents import Source
from core.pseudonyms import PseudonymKey
from ingest.pii.file_names import Veil, VeilRules
from ingest.pii.own_patterns import name_patterns
from ingest.pii.policy import policy_of

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
            SettingsError: The file with further recognisers cannot be used.
        """
        return self.under(source.options.redaction or self._settings.policy, tenant=source.tenant)

    def under(self, policy: str, *, tenant: str) -> Veil | None:
        """The veil of a policy; None where it redacts nothing.

        Raises:
            DependencyDownError: The key cannot be read.
            SettingsError: The file with further recognisers cannot be used.
        """
        if policy == _OFF:
            return None
        with self._lock:
            place = (tenant, policy)
            if place not in self._made:
                self._made[place] = Veil(self._key(tenant), _rules(self._settings, policy))
            return self._made[place]


def no_veils() -> Veils:
    """Veils of a deployment that redacts nothing."""
    return Veils(RedactionSettings(policy=_OFF), key=lambda tenant: PseudonymKey(b"", tenant=tenant))


def _rules(settings: RedactionSettings, policy: str) -> VeilRules:
    own = policy_of(settings.model_copy(update={"policy": policy}))
    patterns = name_patterns(settings.recognizers_file, own.accepts) if settings.recognizers_file else ()
    entities = frozenset(settings.entities)
    return VeilRules(
        entities=entities,
        allow=frozenset(value.casefold() for value in settings.allow),
        deny=settings.deny,
        patterns=tuple(one for one in patterns if one.entity in entities),
        is_strict=policy == "strict",
        reversible=policy != "anonymise",
    )
