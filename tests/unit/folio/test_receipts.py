import hashlib
import hmac
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import Settings, load_settings
from core.documents import DocumentState
from core.errors import DependencyDownError, InvalidInputError
from core.receipts import Reading, Receipt, ReceiptStatus
from folio.receipts import KEY_FILE, sign, signed_as_json, signing_key, verify

KEY = b"a key of sixteen bytes"
RECEIPT = Receipt(
    doc_id="d1",
    source_id="s1",
    path_sha256="ab",
    status=ReceiptStatus.DELETED,
    state=DocumentState.DELETED,
    versions=(1, 2),
    changed_at=datetime(2026, 1, 1, 12, tzinfo=UTC),
    read_at=datetime(2026, 1, 2, 12, tzinfo=UTC),
    readings=(Reading("chunks", 0, ("folio_1",)), Reading("stored_texts", 0, ("k1", "k2"))),
)


def printed(key: bytes = KEY) -> dict:
    """As it was printed and kept."""
    return json.loads(json.dumps(signed_as_json(sign(RECEIPT, key)), indent=2))


def test_a_receipt_is_valid_as_it_was_printed() -> None:
    assert verify(printed(), KEY)
    assert printed()["receipt"]["read_at"] == "2026-01-02T12:00:00Z"


def test_the_signature_is_the_hmac_of_the_canonical_json() -> None:
    canonical = json.dumps(printed()["receipt"], sort_keys=True, separators=(",", ":"))
    assert printed()["signature"]["value"] == hmac.digest(KEY, canonical.encode(), hashlib.sha256).hex()


@pytest.mark.parametrize("field", list(printed()["receipt"]))
def test_a_change_to_any_field_is_seen(field: str) -> None:
    document = printed()
    document["receipt"][field] = "something else"
    assert not verify(document, KEY)


@given(st.text(alphabet="0123456789abcdef", max_size=80))
def test_no_other_signature_fits(value: str) -> None:
    document = printed()
    genuine = document["signature"]["value"]
    document["signature"]["value"] = value
    assert verify(document, KEY) == (value == genuine)


@pytest.mark.parametrize("document", [None, [], {}, {"receipt": {}}, {"signature": "x"}, {"signature": {}}])
def test_what_is_no_receipt_is_refused(document: object) -> None:
    with pytest.raises(InvalidInputError, match="no deletion receipt"):
        verify(document, KEY)


def test_a_receipt_of_another_knowledge_base_is_told_apart_from_a_changed_one() -> None:
    with pytest.raises(InvalidInputError, match="FOLIO_RECEIPTS__KEY"):
        verify(printed(key=b"the key of somebody else"), KEY)


def test_the_key_is_made_once_and_for_its_owner_only(settings: Settings) -> None:
    first = signing_key(settings)
    assert len(first) == 32
    assert signing_key(settings) == first
    assert stat.S_IMODE((settings.home / KEY_FILE).stat().st_mode) == 0o600
    assert [file.name for file in settings.home.iterdir()] == [KEY_FILE]


def test_the_key_of_the_settings_comes_first_and_leaves_no_file(home: Path) -> None:
    settings = load_settings(home=home, receipts={"key": "sixteen characters"})
    assert signing_key(settings) == b"sixteen characters"
    assert not home.exists()


def test_a_broken_key_file_is_named_and_not_replaced(settings: Settings) -> None:
    settings.home.mkdir()
    (settings.home / KEY_FILE).write_text("not hex")
    with pytest.raises(DependencyDownError, match=KEY_FILE):
        signing_key(settings)
    assert (settings.home / KEY_FILE).read_text() == "not hex"
