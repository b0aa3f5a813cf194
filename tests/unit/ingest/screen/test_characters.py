import pytest

from ingest.screen.characters import invisible_spans, smuggled_spans

TAGS = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "Grüße aus Köln",
        "می\u200c\u062e\u0648\u0627\u0647\u0645",
        "क\u094d\u200dष",
        "👩\u200d👩\u200d👧 ❤\ufe0f",
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "ភាសា\u200bខ្មែរ",
        "\u200f\u05e9\u05dc\u05d5\u05dd\u200e and \u2067\u05e9\u05dc\u05d5\u05dd\u2069",
        "soft\u00adhyphen",
    ],
    ids=["ascii", "accents", "persian", "hindi", "emoji", "flag", "khmer", "marks", "hyphen"],
)
def test_what_a_script_needs_stays(text: str) -> None:
    assert smuggled_spans(text) == invisible_spans(text) == []


def test_tags_spell_a_hidden_text() -> None:
    assert smuggled_spans(f"a{TAGS}b") == [(1, 5)]


def test_a_row_of_variation_selectors_is_a_hidden_text() -> None:
    assert smuggled_spans("😀" + "\U000e0140\U000e0151\U000e0152") == [(1, 4)]


@pytest.mark.parametrize("text", ["pass\u200bword", "a\u2060b", "\u200bstart", "x\u202eevil"])
def test_characters_between_plain_letters_are_found(text: str) -> None:
    (span,) = invisible_spans(text)
    assert not text[slice(*span)].isprintable()
