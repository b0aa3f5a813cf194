from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import load_settings
from core.errors import SettingsError, TamperedError
from folio.key_files import add_key
from folio.keys import VAULT_FILE
from folio.vault_sealing import VaultSealer
from tests.fakes.sealer import sealer

SEALER = sealer()


@given(plain=st.binary(max_size=200), place=st.text(st.characters(codec="utf-8"), max_size=40))
def test_what_was_sealed_opens_in_its_place(plain: bytes, place: str) -> None:
    sealed = SEALER.seal(plain, place=place)
    assert SEALER.open(sealed, place=place) == plain
    with pytest.raises(TamperedError):
        SEALER.open(sealed, place=place + "x")


@given(place=st.integers(0, 30), bit=st.integers(0, 7))
def test_any_changed_bit_is_found(place: int, bit: int) -> None:
    sealed = SEALER.seal(b"fifteen letters", place="here")
    changed = bytearray(sealed.ciphertext)
    changed[place] ^= 1 << bit
    with pytest.raises(TamperedError):
        SEALER.open(replace(sealed, ciphertext=bytes(changed)), place="here")


def test_a_nonce_of_another_length_is_no_crash() -> None:
    sealed = SEALER.seal(b"x", place="here")
    with pytest.raises(TamperedError):
        SEALER.open(replace(sealed, nonce=b"short"), place="here")


def test_the_same_is_sealed_differently_each_time() -> None:
    one, two = (SEALER.seal(b"x", place="here") for _ in range(2))
    assert (one.nonce, one.ciphertext) != (two.nonce, two.ciphertext)


def test_the_key_id_tells_keys_apart_and_no_key_prints() -> None:
    assert sealer("another key of ours").key_id != SEALER.key_id
    assert "a key for tests only" not in repr(SEALER)


def test_a_key_that_is_not_there_is_asked_for_by_its_id() -> None:
    sealed = sealer("another key of ours").seal(b"x", place="here")
    with pytest.raises(SettingsError, match=sealed.key_id):
        SEALER.open(sealed, place="here")


def test_a_sealer_takes_notice_of_a_key_that_another_process_has_made(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    mine, other = VaultSealer(settings), VaultSealer(settings)
    before = mine.seal(b"x", place="here")
    add_key(tmp_path / VAULT_FILE)
    after = other.seal(b"y", place="here")
    assert after.key_id != before.key_id
    assert mine.open(after, place="here") == b"y"
    mine.refresh()
    assert (mine.key_id, mine.former_ids) == (other.key_id, [before.key_id])
    assert mine.open(before, place="here") == b"x"
