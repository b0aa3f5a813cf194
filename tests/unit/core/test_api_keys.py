from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.access import Principal
from core.api_keys import ApiKey, Lock, id_in, mark_of, write_key

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECRETS = st.binary(min_size=32, max_size=32)
IDS = st.text("0123456789abcdef", min_size=20, max_size=20)
KEY = ApiKey("a" * 20, "n", Principal(), Lock("00", "SECRETHASH"), NOON, "operator")


@given(IDS, SECRETS)
def test_a_key_names_its_id_and_has_one_length(key_id: str, secret: bytes):
    text = write_key(key_id, secret)
    assert id_in(text) == key_id
    assert len(text) == 76


@given(SECRETS, SECRETS)
def test_two_secrets_are_two_keys(one: bytes, other: bytes):
    assert (write_key("a" * 20, one) == write_key("a" * 20, other)) == (one == other)


@given(SECRETS, st.integers(0, 75), st.sampled_from("aZ09_-é "))
def test_one_wrong_character_makes_it_no_key(secret: bytes, place: int, character: str):
    text = write_key("0123456789abcdef0123", secret)
    typo = text[:place] + character + text[place + 1 :]
    assert typo == text or id_in(typo) is None


@given(st.text(max_size=100))
def test_any_other_text_is_none(text: str):
    assert id_in(text) is None
    assert id_in(f"folio_{text}") is None


def test_a_mark_tells_32_bits_of_the_key():
    text = write_key("a" * 20, bytes(32))
    assert len(mark_of(text)) == 8
    assert Lock(mark_of(text), "h").may_open(text)
    assert not Lock(mark_of(text), "h").may_open(write_key("a" * 20, bytes([1] * 32)))


def test_a_key_opens_while_it_works_and_a_former_secret_for_a_time():
    former = Lock("11", "f")
    rotated = replace(KEY, former=former, former_until=NOON + timedelta(hours=1))
    assert KEY.locks_at(NOON) == (KEY.lock,)
    assert rotated.locks_at(NOON) == (KEY.lock, former)
    assert rotated.locks_at(NOON + timedelta(hours=1)) == (KEY.lock,)
    assert replace(rotated, revoked_at=NOON).locks_at(NOON) == ()
    assert replace(rotated, expires_at=NOON).locks_at(NOON) == ()
    assert replace(KEY, expires_at=NOON + timedelta(seconds=1)).works_at(NOON)


def test_a_representation_holds_no_hash():
    rotated = replace(KEY, former=Lock("11", "FORMERHASH"))
    assert "HASH" not in repr(rotated) + repr(rotated.lock)
