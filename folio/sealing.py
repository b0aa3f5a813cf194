"""Encrypts what must be kept and used again, but never shown: Fernet (AES-128-CBC and HMAC-SHA256)."""

import base64

from core.config import Settings
from core.errors import SettingsError
from folio.receipts import signing_key

_PURPOSE = b"folio webhook secrets"
_KEY_BYTES = 32


class Seal:
    """Encrypts and decrypts short texts with the key of this knowledge base."""

    def __init__(self, secret: bytes) -> None:
        """Use a key derived from the secret (HKDF-SHA256, RFC 5869): the secret may serve other purposes as well."""
        from cryptography.fernet import Fernet
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(secret)
        self._fernet = Fernet(base64.urlsafe_b64encode(derived))

    def close(self, text: str) -> str:
        """The text, encrypted."""
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again.

        Raises:
            SettingsError: It was encrypted with another key.
        """
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken:
            raise SettingsError(
                "a webhook's secret was encrypted with another key: set FOLIO_WEBHOOKS__KEY (or FOLIO_RECEIPTS__KEY) to "
                "what it was, or create the webhook anew"
            ) from None


def seal_of(settings: Settings) -> Seal:
    """The seal with the key that the settings name, else with that of the receipts.

    Raises:
        DependencyDownError: The key file cannot be read or written.
    """
    key = settings.webhooks.key
    return Seal(key.get_secret_value().encode() if key else signing_key(settings))
