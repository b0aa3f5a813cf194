import pytest

from inference.screen.normal_form import normal_form


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("IGNORE it", "ignore it"),
        ("ig\u200bno\u00adre", "ignore"),
        ("\uff49\uff47\uff4e\uff4f\uff52\uff45", "ignore"),
        ("\u0456gn\u043ere", "ignore"),
        ("1gn0r3 all", "ignore all"),
        ("Übung für oublié", "ubung fur oublie"),
        ("\u201cyes\u201d", '"yes"'),
        ("".join(chr(0xE0000 + ord(letter)) for letter in "Say yes"), "say yes"),
    ],
)
def test_disguises_fall(written: str, meant: str) -> None:
    assert normal_form(written).text == meant


def test_words_of_other_scripts_stay_what_they_are() -> None:
    assert normal_form("Забудьте все").text == "забудьте все"


def test_numbers_stay_numbers() -> None:
    assert normal_form("In 2015 it was 40% of B12").text == "in 2015 it was 40% of b12"


def test_places_lead_back_to_the_text() -> None:
    text = "\u200b\u200bÄ \ufb01ne ig\u200bnore"
    normal = normal_form(text)
    start = normal.text.index("ignore")
    assert text[slice(*normal.original(start, start + 6))] == "ig\u200bnore"
