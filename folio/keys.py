"""The keys of pseudonyms and of the vault: from the settings, else from a key service, else from files in the home."""

from pathlib import Path

from core.config import Settings
from core.errors import SettingsError
from core.pseudonyms import PseudonymKey
from folio.key_command import CommandKeys, keys_of_command
from folio.key_files import keys_in_file
from folio.receipts import key_from_file

PSEUDONYM_FILE = "pseudonyms.key"
VAULT_FILE = "vault.key"


def pseudonym_key(settings: Settings, *, tenant: str | None = None) -> PseudonymKey:
    """The key of a tenant; of the one in the settings if none is given.

    Raises:
        DependencyDownError: The key file cannot be read or written, or the key program does not answer.
        SettingsError: The key program gives no such key.
    """
    return PseudonymKey(pseudonym_root(settings), tenant=tenant or settings.access.tenant)


def pseudonym_root(settings: Settings) -> bytes:
    """What the tenants' keys are derived from."""
    own = settings.vault.pseudonym_key
    if own:
        return own.get_secret_value().encode()
    if settings.vault.key_command:
        return _given(_asked(settings).pseudonym, "pseudonym_key")
    return key_from_file(settings.home / PSEUDONYM_FILE)


def vault_roots(settings: Settings) -> tuple[bytes, ...]:
    """What the vault's keys are derived from, the current one first, then those that still open what they sealed. Blocking.

    Raises:
        DependencyDownError: The key file cannot be read or written, or the key program does not answer.
        SettingsError: The key program gives no such key.
    """
    vault = settings.vault
    former = tuple(key.get_secret_value().encode() for key in vault.former_keys)
    if vault.key:
        return (vault.key.get_secret_value().encode(), *former)
    if vault.key_command:
        asked = _asked(settings)
        return (_given(asked.current, "key"), *asked.former, *former)
    return (*keys_in_file(settings.home / VAULT_FILE), *former)


def vault_file(settings: Settings) -> Path | None:
    """The file in the home that holds the vault's keys; None where they come from elsewhere."""
    elsewhere = settings.vault.key or settings.vault.key_command
    return None if elsewhere else settings.home / VAULT_FILE


def _asked(settings: Settings) -> CommandKeys:
    return keys_of_command(settings.vault.key_command, settings.vault.key_command_timeout_s)


def _given(key: bytes | None, name: str) -> bytes:
    if key is None:
        raise SettingsError(f"the key program of vault.key_command prints no '{name}', which is needed")
    return key
