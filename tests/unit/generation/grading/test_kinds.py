import pytest

from generation.grading.kinds import Kind, has_kind, kind_of


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who signed the treaty?", Kind.WHO),
        ("in which year was it signed", Kind.WHEN),
        ("How many days of leave are there?", Kind.NUMBER),
        ("how does it work", Kind.OTHER),
        ("Wann wurde die Brücke eröffnet?", Kind.WHEN),
        ("Wie viele Tage Urlaub gibt es?", Kind.NUMBER),
        ("Wie funktioniert das?", Kind.OTHER),
        ("quien firmó el tratado", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_the_question_word_says_what_is_asked_for(question: str, kind: Kind) -> None:
    assert kind_of(question) is kind


@pytest.mark.parametrize(
    ("kind", "sentence", "found"),
    [
        (Kind.WHEN, "The bridge was opened in 1901.", True),
        (Kind.WHEN, "The bridge is long.", False),
        (Kind.NUMBER, "There are thirty of them.", True),
        (Kind.WHO, "It was signed by Anna Karlsson.", True),
        (Kind.WHO, "It was signed by nobody.", False),
        (Kind.WHY, "Sie wurde gesperrt, weil sie alt ist.", True),
        (Kind.OTHER, "Anything at all.", True),
    ],
)
def test_a_sentence_has_what_is_asked_for_or_has_not(kind: Kind, sentence: str, *, found: bool) -> None:
    assert has_kind(kind, sentence, question="") is found


def test_what_the_question_says_itself_is_no_answer() -> None:
    assert not has_kind(Kind.WHEN, "The war of 1812 was long.", question="when did the war of 1812 end")
