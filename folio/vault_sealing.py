"""Seals what is in the vault: AES-256-GCM (NIST SP 800-38D), bound to the row by the associated data."""

import hashlib
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.config import Settings
from core.errors import SettingsError, TamperedError
from core.privacy_ports import Sealed
from folio.keys import vault_file, vault_roots

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_PURPOSE = b"folio vault"
_KEY_BYTES = 32
_NONCE_BYTES = 12
"""Random: one key seals up to 2^32 values before two nonces are likely (2^-32) to be equal; rotate long before."""


class VaultSealer:
    """Implements Sealer with the keys that the settings name. They are looked for when they are first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._file = vault_file(settings)
        self._stamp: tuple[int, int] | None = None
        self._keys: dict[str, AESGCM] = {}
        self._current = ""

    def __repr__(self) -> str:
        """The id only."""
        return f"VaultSealer({self._current})"

    @property
    def key_id(self) -> str:
        """Names the key that seals now, and gives nothing of it away (16 hex digits)."""
        if not self._current:
            self.refresh()
        return self._current

    @property
    def former_ids(self) -> list[str]:
        """The keys that only open."""
        return [key_id for key_id in self._keys if key_id != self.key_id]

    def refresh(self) -> None:
        """Take notice of keys in the home that a rotation has changed; those from elsewhere stay until the process ends."""
        stamp = self._look()
        if not self._current or stamp != self._stamp:
            self._use(vault_roots(self._settings))
            # Of the file as it was before it was read: a change meanwhile is noticed the next time.
            self._stamp = stamp or self._look()

    def seal(self, plain: bytes, *, place: str) -> Sealed:
        """The bytes, encrypted for this place."""
        key_id, nonce = self.key_id, os.urandom(_NONCE_BYTES)
        return Sealed(key_id, nonce, self._keys[key_id].encrypt(nonce, plain, place.encode()))

    def open(self, sealed: Sealed, *, place: str) -> bytes:
        """The bytes again.

        Raises:
            TamperedError: They were changed, or sealed for another place.
            SettingsError: None of the keys has this id.
        """
        from cryptography.exceptions import InvalidTag

        if sealed.key_id not in self._keys:
            self.refresh()
        if sealed.key_id not in self._keys:
            raise SettingsError(
                f"the vault has rows that are sealed with the key {sealed.key_id:.16}, which is not there: add it to "
                "FOLIO_VAULT__FORMER_KEYS, or run where the vault was written"
            )
        try:
            return self._keys[sealed.key_id].decrypt(sealed.nonce, sealed.ciphertext, place.encode())
        except (InvalidTag, ValueError):
            raise TamperedError(
                f"the vault's row for {place!r} was changed by somebody else than Folio: restore the catalog from a backup, "
                "or delete the document and index it again"
            ) from None

    def _use(self, roots: Sequence[bytes]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        derived = [derived_key(root) for root in roots]
        self._keys = {key_id(key): AESGCM(key) for key in derived}
        self._current = key_id(derived[0])

    def _look(self) -> tuple[int, int] | None:
        if self._file is None:
            return None
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino


def derived_key(root: bytes) -> bytes:
    """The key for the vault (HKDF-SHA256, RFC 5869): the root may be of any length and serve other purposes as well."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(root)


def key_id(key: bytes) -> str:
    """Names a derived key without giving anything of it away."""
    return hashlib.sha256(b"folio vault key\0" + key).hexdigest()[:16]
