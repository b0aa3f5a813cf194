"""Deletion receipts as signed JSON: issuing them, and telling whether one was changed afterwards."""

import hashlib
import hmac
import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from core.config import Settings
from core.errors import DependencyDownError, InvalidInputError
from core.receipts import Receipt, SignedReceipt

ALGORITHM = "HMAC-SHA256"
KEY_FILE = "receipts.key"
_KEY_BYTES = 32


def sign(receipt: Receipt, key: bytes) -> SignedReceipt:
    """The receipt with the signature of its canonical JSON."""
    return SignedReceipt(receipt, key_id(key), _signature(receipt_as_json(receipt), key))


def signed_body(body: dict[str, object], key: bytes) -> dict[str, object]:
    """Anything that is to be proved later, as signed JSON; `verify` takes it back."""
    return {
        "receipt": body,
        "signature": {"algorithm": ALGORITHM, "key_id": key_id(key), "value": _signature(body, key)},
    }


def verify(document: object, key: bytes) -> bool:
    """Whether a signed receipt, as JSON, is word for word what was signed with this key.

    Raises:
        InvalidInputError: It is no signed receipt, or another key than this one signed it.
    """
    signature = document.get("signature") if isinstance(document, dict) else None
    if not isinstance(signature, dict) or not isinstance(signature.get("value"), str):
        raise InvalidInputError("this is no deletion receipt: it has no signature")
    if signature.get("key_id") != key_id(key):
        raise InvalidInputError(
            f"the receipt was signed with the key {signature.get('key_id')!s:.16}, this knowledge base has "
            f"{key_id(key)}: verify it where it was issued, or set FOLIO_RECEIPTS__KEY to that key"
        )
    expected = _signature(document.get("receipt"), key) if isinstance(document, dict) else ""
    return hmac.compare_digest(expected.encode(), signature["value"].encode())


def key_id(key: bytes) -> str:
    """Names a key without giving anything of it away: the start of its SHA-256."""
    return hashlib.sha256(b"folio receipt key\0" + key).hexdigest()[:16]


def signed_as_json(signed: SignedReceipt) -> dict[str, object]:
    """The form that is printed, sent and kept; `verify` takes it back."""
    return {
        "receipt": receipt_as_json(signed.receipt),
        "signature": {"algorithm": ALGORITHM, "key_id": signed.key_id, "value": signed.signature},
    }


def receipt_as_json(receipt: Receipt) -> dict[str, object]:
    """What is signed. Times are UTC in ISO 8601."""
    return {
        "doc_id": receipt.doc_id,
        "source_id": receipt.source_id,
        "path_sha256": receipt.path_sha256,
        "status": receipt.status.value,
        "state": receipt.state.value,
        "versions": list(receipt.versions),
        "changed_at": _time(receipt.changed_at),
        "read_at": _time(receipt.read_at),
        "kept_until": _time(receipt.kept_until),
        "remaining_count": receipt.remaining_count,
        "places": [
            {
                "place": reading.place,
                "remaining_count": reading.remaining_count,
                "looked_at": list(reading.looked_at),
            }
            for reading in receipt.readings
        ],
    }


def signing_key(settings: Settings) -> bytes:
    """The key of this knowledge base: from the settings, else from a file in the home, made on first use.

    Raises:
        DependencyDownError: The file cannot be read or written.
    """
    if settings.receipts.key is not None:
        return settings.receipts.key.get_secret_value().encode()
    return key_from_file(settings.home / KEY_FILE)


def key_from_file(file: Path) -> bytes:
    """The key in a file, made by the first who asks.

    Raises:
        DependencyDownError: The file cannot be read or written.
    """
    try:
        if not file.exists():
            _create(file)
        return bytes.fromhex(file.read_text(encoding="ascii").strip())
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it does not hold a key"
        raise DependencyDownError(f"the key {file} cannot be used: {why}") from error


def _create(file: Path) -> None:
    """Make the key, readable by its owner only. Of several processes that do so at once, one wins."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as opened:
            opened.write(os.urandom(_KEY_BYTES).hex() + "\n")
        file.hardlink_to(draft)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _signature(body: Any, key: bytes) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key, canonical.encode(errors="surrogatepass"), hashlib.sha256).hexdigest()


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
