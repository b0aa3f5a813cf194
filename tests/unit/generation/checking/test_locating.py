"""Quotes are found where they stand, and never where something else stands."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.offsets import SEAM
from generation.checking.locating import LEAST_SIMILARITY, is_border, located

TEXT = (
    "# Travel\n\nEmployees may book hotels in **Oslo** for at most 190 EUR a night, but never in the old town. Trains are\n"
    "cheaper than flights; managers approve exceptions within 12 days. The information is in-\ncomplete until Friday. "
    "See [the policy](https://example.org/p) for GPT-4 and \u201cwell-known\u201d cases \u2013 or not."
)


def quoted(quote: str, text: str = TEXT) -> str | None:
    found = located(quote, text)
    return None if found is None else text[found.start : found.end]


@pytest.mark.parametrize(
    ("quote", "original"),
    [
        ("hotels in **Oslo** for", "hotels in **Oslo** for"),
        ("Hotels in  oslo for at most\n190 EUR", "hotels in **Oslo** for at most 190 EUR"),
        ("Trains are cheaper than flights", "Trains are\ncheaper than flights"),
        ("the information is incomplete until Friday", "The information is in-\ncomplete until Friday"),
        ("See the policy for GPT-4", "See [the policy](https://example.org/p) for GPT-4"),
        ('for GPT-4 and "well-known" cases - or not', "for GPT-4 and \u201cwell-known\u201d cases \u2013 or not"),
        ("\u201cTrains are cheaper than flights.\u201d", "Trains are\ncheaper than flights"),
        ("manag\u00aders approve excep\u00adtions within", "managers approve exceptions within"),
        ("Trains are cheaper than flihgts; managers approve exceptions", "Trains are\ncheaper than flights; managers approve exceptions"),
        ("Trains are cheaper than; managers approve exceptions within 12 days", "Trains are\ncheaper than flights; managers approve exceptions within 12 days"),
    ],
)  # fmt: skip
def test_a_quote_is_found_however_it_is_set(quote: str, original: str) -> None:
    assert quoted(quote) == original


@pytest.mark.parametrize(
    "quote",
    [
        "hotels in Oslo for at most 150 EUR a night",
        "hotels in Oslo for at most 19 EUR a night",
        "hotels in Bergen for at most 190 EUR a night",
        "hotels in Oslo for at least 190 EUR a night",
        "hotels in Oslo for at most 190 USD a night",
        "190 EUR a night, but in the old town",
        "Employees may not book hotels in Oslo",
        "Employees must book hotels in Oslo",
        "Trains are dearer than flights; managers approve exceptions",
        "managers approve exceptions within 12 days. The information is complete until Friday",
        "See the policy for GPT-5",
        "oslo",
        "19",
        "rain",
        "",
        "   ",
        "...",
    ],
)
def test_a_quote_that_says_something_else_is_not_found(quote: str) -> None:
    assert located(quote, TEXT) is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("15", "150 or 1.15, 15:30 and -15"),
        ("102 m", "10\u00b2 m"),
        ("us now", "US now"),
        ("2 3 4", "2**3 4"),
    ],
)
def test_figures_and_short_words_are_what_they_are_to_the_letter(quote: str, text: str) -> None:
    assert located(quote, text) is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("\u7b2c\u4e8c\u6761\u89c4\u5b9a", "\u6839\u636e\u7b2c\u4e8c\u6761\u89c4\u5b9a\u6267\u884c\u3002"),
        ("caf\u00e9 is open today", "The cafe\u0301 is open today."),
        ("\u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645", "\u0642\u0627\u0644 \u0627\u0644\u0633\u0644\u0627\u0645 \u0639\u0644\u064a\u0643\u0645 \u0644\u0647"),
        ("\ud800 broken text here", "a \ud800 broken text here b"),
        ("\uff21\uff22 fine words", "AB fine words"),
    ],
)  # fmt: skip
def test_other_scripts_and_forms_are_found(quote: str, text: str) -> None:
    assert located(quote, text) is not None


def test_a_changed_sign_is_not_found_where_every_sign_is_a_word() -> None:
    text = "\u516c\u53f8\u5458\u5de5\u6bcf\u5e74\u6709\u4e94\u5929\u5047\u671f\u3002"

    assert located(text[:-1].replace("\u4e94", "\u4e5d"), text) is None


def test_a_quote_reads_over_a_seam() -> None:
    text = f"The first half ends here.{SEAM}\n\nThe second half begins."

    assert quoted("half ends here. The second half", text) == f"half ends here.{SEAM}\n\nThe second half"


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("a" * 50_000, "a" * 100_000),
        ("x y z " * 600, "x y " * 5_000),
        ("the of and " * 300, "the of an " * 2_000),
        ("[" * 9_000 + "x", "[" * 30_000),
        ("*_" * 2_000, "*_*" * 9_000),
    ],
)
def test_huge_texts_are_looked_through_and_left(quote: str, text: str) -> None:
    assert located(quote, text) is None


WORDS = st.sampled_from(
    [
        "Oslo",
        "hotels",
        "\u00fcber",
        "12",
        "1,000",
        "not",
        "A4",
        "caf\u00e9",
        "*bold*",
        "x_y",
        "(see",
        "[a](b)",
        "\u4e0d\u4e00",
        "don't",
        "\u2013",
    ]
)
SENTENCE = st.lists(WORDS, min_size=1, max_size=12).map(" ".join)


@settings(max_examples=40, deadline=None)
@given(text=SENTENCE, data=st.data())
def test_what_was_cut_from_a_text_is_found_word_for_word(text: str, data: st.DataObject) -> None:
    borders = [at for at in range(len(text) + 1) if is_border(text, at)]
    start = data.draw(st.sampled_from(borders))
    end = data.draw(st.sampled_from([at for at in borders if at >= start]))
    quote = text[start:end].strip()
    found = located(quote, text)

    assert (found is not None) == bool(quote)
    if found is not None:
        assert (text[found.start : found.end], found.similarity) == (quote, 1.0)


@settings(max_examples=40, deadline=None)
@given(
    before=SENTENCE,
    number=st.integers(0, 10**6),
    after=SENTENCE,
    place=st.integers(0, 6),
    digit=st.integers(1, 9),
)
def test_a_quote_with_another_digit_is_never_found(
    before: str, number: int, after: str, place: int, digit: int
) -> None:
    written = str(number + 5000)
    at = place % len(written)
    other = written[:at] + str((int(written[at]) + digit) % 10) + written[at + 1 :]

    assert located(f"{before} {other} {after}", f"{before} {written} {after}") is None


@settings(max_examples=40, deadline=None)
@given(quote=st.text(max_size=60), text=st.text(max_size=200))
def test_places_are_whole_words_of_the_text_whatever_it_is(quote: str, text: str) -> None:
    found = located(quote, text)

    if found is not None:
        assert 0 <= found.start < found.end <= len(text)
        assert found.similarity >= LEAST_SIMILARITY
