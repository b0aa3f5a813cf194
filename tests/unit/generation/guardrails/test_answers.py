"""The checkpoint of answers: text and citations without values that got past the others."""

from core.answers import Answer, AnswerStatus, Citation
from core.search import Hit
from generation.guardrails.answers import AnswerGuard
from generation.guardrails.finders import ValueFinder

MAIL = "jane@example.com"
GUARD = AnswerGuard(ValueFinder(("EMAIL_ADDRESS",)), instead=lambda entity, _: f"<{entity}>")


def hit(redaction: str) -> Hit:
    return Hit("d", 1, 0, None, "p", "t", "", None, 0, 9, 0, 9, f"Ask {MAIL}.", 0.5, redaction=redaction)


def answer(text: str) -> Answer:
    cited = Citation("d", None, f"Mails to {MAIL}", "p", 1, None, f"About {MAIL}", text, 0, len(text))
    return Answer(f"{text} [1]", AnswerStatus.GROUNDED, None, (cited,))


def test_values_leave_text_and_citations() -> None:
    safe = GUARD.checked(answer(f"Ask {MAIL}."), [hit("standard")])
    assert safe.text == "Ask <EMAIL_ADDRESS>. [1]"
    [citation] = safe.citations
    assert (citation.quote, citation.document) == ("Ask <EMAIL_ADDRESS>.", "Mails to <EMAIL_ADDRESS>")
    assert citation.heading == "About <EMAIL_ADDRESS>"


def test_value_of_a_source_that_is_not_redacted_may_be_read() -> None:
    assert GUARD.checked(answer(f"Ask {MAIL}."), [hit("standard"), hit("off")]).text == f"Ask {MAIL}. [1]"


def test_value_that_stands_in_no_open_passage_may_not() -> None:
    assert "other@example.com" not in GUARD.checked(answer("Ask other@example.com."), [hit("off")]).text


def test_answer_without_values_is_the_same() -> None:
    plain = Answer("Thirty days. [1]", AnswerStatus.GROUNDED, None, ())
    assert GUARD.checked(plain, []) == plain
