"""What a stream is called, and what is derived from it: where its events are kept, what seals them, and whose they are.

The name is known to the client alone: it is never stored. The log has neither the key nor the question, so what stands there after
a document was deleted can be read by nobody but who has read it already, and by them only while they may (see `docs/streaming.md`).
"""

import hmac
import json
import re
import secrets
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.access import Principal

PATTERN = "^[0-9a-f]{64}$"
_NAME = re.compile(PATTERN)
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True)
class StreamName:
    """The name: 256 random bits in hex."""

    text: str = field(repr=False)

    @classmethod
    def new(cls) -> "StreamName":
        """A name that nobody has."""
        return cls(secrets.token_hex(32))

    @classmethod
    def parse(cls, text: str) -> "StreamName | None":
        """The name that a client sent; None where it can be none."""
        return cls(text) if _NAME.fullmatch(text) else None

    @property
    def log_id(self) -> str:
        """What the log calls the stream."""
        return self._derived("log").hex()[:32]

    def owner(self, principal: Principal) -> bytes:
        """Stands for a principal and its rights: others, and the same one with other rights, have another."""
        rights = [principal.tenant, principal.subject, list(principal.keys), sorted(principal.scopes)]
        return hmac.digest(self._derived("owner"), json.dumps(rights).encode(), "sha256")

    def is_owned_by(self, principal: Principal, owner: bytes) -> bool:
        """Whether `owner` stands for the principal with the rights that it has now."""
        return hmac.compare_digest(self.owner(principal), owner)

    def sealed(self, number: int, event: bytes) -> bytes:
        """An event, encrypted. A number is used once: it is the nonce."""
        nonce = number.to_bytes(_NONCE_BYTES, "big")
        return AESGCM(self._derived("seal")).encrypt(nonce, event, self.log_id.encode())

    def opened(self, number: int, sealed: bytes) -> bytes | None:
        """The event again; None where it is not what was sealed under this number."""
        nonce = number.to_bytes(_NONCE_BYTES, "big")
        try:
            return AESGCM(self._derived("seal")).decrypt(nonce, sealed, self.log_id.encode())
        except InvalidTag:
            return None

    def _derived(self, purpose: str) -> bytes:
        # The name is as random as a key: one round of a keyed hash separates the purposes.
        return hmac.digest(self.text.encode(), f"folio stream {purpose}".encode(), "sha256")
