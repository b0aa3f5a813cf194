"""The key that pseudonyms are made with: from the settings, else from a file in the home, made on first use."""

from core.config import Settings
from core.pseudonyms import PseudonymKey
from folio.receipts import key_from_file

PSEUDONYM_FILE = "pseudonyms.key"


def pseudonym_key(settings: Settings, *, tenant: str | None = None) -> PseudonymKey:
    """The key of a tenant; of the one in the settings if none is given.

    Raises:
        DependencyDownError: The key file cannot be read or written.
    """
    return PseudonymKey(pseudonym_root(settings), tenant=tenant or settings.access.tenant)


def pseudonym_root(settings: Settings) -> bytes:
    """What the tenants' keys are derived from."""
    own = settings.vault.pseudonym_key
    return own.get_secret_value().encode() if own else key_from_file(settings.home / PSEUDONYM_FILE)
