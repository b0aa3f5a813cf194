import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.plain_text import cleaned, decoded, without_front_matter


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Grüße aus Köln", "utf-8"),
        ("Grüße aus Köln \u2013 “naïve”", "cp1252"),
        ("日本語のテキストです。これは文字コードのテスト。", "shift_jis"),
        ("Привет, как дела? Это тест кодировки.", "cp1251"),
        ("zażółć gęślą jaźń, proszę przejść dalej na północ", "cp1250"),
        ("words", "utf-16"),
        ("words", "utf-8-sig"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(text: str, encoding: str) -> None:
    assert decoded(text.encode(encoding)) == text


def test_a_declared_encoding_wins_over_a_guess() -> None:
    assert decoded("<?xml version='1.0' encoding='koi8-r'?>Да".encode("koi8-r")).endswith("Да")


def test_an_encoding_that_does_not_exist_is_guessed_instead() -> None:
    assert decoded("<meta charset='klingon'>Größe".encode("cp1252")).endswith("Größe")


@given(st.binary(max_size=200))
def test_any_bytes_give_text_without_control_characters(data: bytes) -> None:
    text = cleaned(decoded(data))
    assert not [character for character in text if character < " " and character not in "\n\t"]
    text.encode()


def test_line_ends_become_one_kind() -> None:
    assert cleaned("a\r\nb\rc\u2028d\x0ce") == "a\nb\nc\nd\ne"


def test_front_matter_gives_the_title_and_goes() -> None:
    assert without_front_matter("---\ntitle: ' A & B '\ntags: [x]\n---\n\n# H\n") == ("# H\n", "A & B")


@pytest.mark.parametrize(
    "text", ["---\nno mapping\n---\nx", "---\na: [\n---\nx", "--- \nx", "text\n---\na: b\n---\n"]
)
def test_what_is_no_front_matter_stays(text: str) -> None:
    assert without_front_matter(text) == (text, "")


def test_a_byte_order_mark_is_no_character() -> None:
    assert decoded(codecs.BOM_UTF8 + b"a") == "a"
