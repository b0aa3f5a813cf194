"""The plain reading of any text: nothing hidden in it, and a way back for every character."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from ingest.pii.joined import joined
from ingest.pii.shadow import shadow_of

HIDDEN = ["\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\ufe0f"]
TRICKY = st.text(
    st.sampled_from(
        "ab Z19-|\n\u00e9\u0301\uff11\uff14\u0410\u043e\u2013\u00a0\ufb01\u0663\U0001d7d9" + "".join(HIDDEN)
    ),
    max_size=60,
)


@given(TRICKY | st.text(max_size=60))
def test_every_range_of_the_shadow_leads_to_a_range_of_the_original(text: str) -> None:
    shadow = shadow_of(text)
    ends = []
    for position in range(len(shadow.text)):
        start, end = shadow.span(position, position + 1)
        assert 0 <= start < end <= len(text)
        ends.append((start, end))
    assert ends == sorted(ends)


@given(TRICKY)
def test_a_part_of_the_original_reads_as_the_part_of_the_shadow(text: str) -> None:
    shadow = shadow_of(text)
    for position, character in enumerate(shadow.text):
        start, end = shadow.span(position, position + 1)
        if character.isascii() and character.isdigit():
            assert (
                character in unicodedata.normalize("NFKC", text[start:end])
                or str(unicodedata.decimal(text[start])) == character
            )


@given(st.text(st.characters(codec="ascii"), max_size=60))
def test_ascii_is_its_own_shadow(text: str) -> None:
    shadow = shadow_of(text)
    assert (shadow.text, shadow.span(0, len(text))) == (text, (0, len(text)))


@given(st.text(max_size=40))
def test_a_shadow_casts_no_other(text: str) -> None:
    once = shadow_of(text).text
    assert not any(character in once for character in HIDDEN)


@given(st.lists(st.sampled_from([*"4111 1111 1111 1111", *HIDDEN]), max_size=50).map("".join))
def test_hidden_characters_leave_no_trace(text: str) -> None:
    assert shadow_of(text).text == "".join(character for character in text if character not in HIDDEN)


@given(st.text(st.sampled_from("4AB -|\n\r>x"), max_size=60))
def test_joined_text_leads_back_too(text: str) -> None:
    whole = joined(text)
    if whole is None:
        return
    for position, character in enumerate(whole.text):
        start, end = whole.span(position, position + 1)
        assert text[start:end] == character or (
            character == " " and set(text[start:end]) <= set(" -|\n\r>\t")
        )


def test_look_alikes_become_latin_only_among_latin_letters() -> None:
    assert shadow_of("j\u0430ne@\u0430cme.com").text == "jane@acme.com"
    assert shadow_of("\u041c\u043e\u0441\u043a\u0432\u0430").text == "\u041c\u043e\u0441\u043a\u0432\u0430"
    assert shadow_of("\u043a\u0432. 12").text == "\u043a\u0432. 12"
