"""What is turned back, and what stays a pseudonym."""

from dataclasses import replace

from core.answers import Answer, AnswerSentence, AnswerStatus, Citation, Contradiction
from core.documents import ParsedDocument
from core.offsets import Edit, OffsetMap
from core.pseudonyms import Mention, MentionField
from core.restoring import restored_answer, restored_hit, restored_part
from core.search import Hit
from tests.fakes.naming_redactor import NamingRedactor

REDACTOR = NamingRedactor()
JANE, BOB, EVE = (REDACTOR.token(name) for name in ("Jane", "Bob", "Eve"))


def redacted(text: str, title: str = "") -> tuple[str, tuple[Mention, ...]]:
    found = REDACTOR.redact(ParsedDocument(text, title, "text/plain"))
    return found.document.text, found.mentions


def hit(text: str, *, start: int = 0, **fields: object) -> Hit:
    plain = {
        "doc_id": "d", "version": 1, "ordinal": 0, "external_id": None, "path": "a.txt", "title": "A", "heading": "",
        "page": None, "start": start, "end": start + len(text), "parent_start": 0, "parent_end": 0, "text": text,
        "score": 1.0,
    }  # fmt: skip
    return Hit(**(plain | fields))


def citation(quote: str, *, doc_id: str = "d", start: int = 0) -> Citation:
    return Citation(doc_id, None, "A", "a.txt", 1, None, "", quote, start, start + len(quote))


def test_a_text_becomes_what_it_was_with_the_places_of_its_values() -> None:
    original = "@Jane met @Bob, and @JANE left"
    stored, mentions = redacted(original)
    found = restored_part(stored, mentions)
    assert found.text == original
    assert [found.text[span.start : span.end] for span in found.spans] == ["@Jane", "@Bob", "@JANE"]
    assert [stored[span.stored_start : span.stored_end] for span in found.spans] == [JANE, BOB, JANE]
    assert [original[span.original_start : span.original_end] for span in found.spans] == [
        "@Jane", "@Bob", "@JANE",
    ]  # fmt: skip


def test_a_part_begins_and_ends_anywhere() -> None:
    stored, mentions = redacted("@Jane met @Bob, and @Eve left")
    start = stored.index("met")
    assert (
        restored_part(stored[start:-8], mentions, start=start).text
        == f"met @Bob, and {stored[stored.index(EVE) : -8]}"
    )
    cut = stored.index(BOB) + 3
    assert restored_part(stored[cut:], mentions, start=cut).text == f"{BOB[3:]}, and @Eve left"


def test_a_pseudonym_that_somebody_typed_stays() -> None:
    stored, mentions = redacted(f"@Jane met {BOB} and {JANE}")
    assert restored_part(stored, mentions).text == f"@Jane met {BOB} and {JANE}"


def test_a_list_of_another_text_turns_nothing_back() -> None:
    _, mentions = redacted("long before that @Jane met @Bob")
    assert restored_part(f"{JANE} met {BOB}", mentions).text == f"{JANE} met {BOB}"


def test_a_hit_is_restored_everywhere_and_keeps_its_offsets() -> None:
    stored, mentions = redacted("Of old.\n\n@Jane met @Bob", title="Notes of @Eve")
    path = Mention("PERSON", BOB, "0" * 64, 0, len(BOB), 0, 4, "bobs", where=MentionField.PATH)
    start = stored.index(JANE)
    before = hit(
        stored[start:], start=start, title=f"Notes of {EVE}", heading=f"On {JANE}", path=f"{BOB}/a.txt"
    )
    found = restored_hit(before, (*mentions, path))
    assert (found.hit.text, found.hit.title) == ("@Jane met @Bob", "Notes of @Eve")
    assert (found.hit.heading, found.hit.path) == ("On @Jane", "bobs/a.txt")
    assert (found.hit.start, found.hit.end) == (before.start, before.end)
    assert found.tokens == {JANE, BOB, EVE}


def test_a_hit_that_was_redacted_once_more_is_restored_where_it_has_moved_to() -> None:
    stored, mentions = redacted("Call 555 for @Jane")
    text = stored.replace("555", "<PHONE>")
    places = OffsetMap([Edit(5, 12, 5, 8)])
    found = restored_hit(hit(text, offsets=places), mentions)
    assert found.hit.text == "Call <PHONE> for @Jane"


def test_an_answer_takes_the_values_of_what_it_cites_and_of_nothing_else() -> None:
    """The second document's pseudonym was typed in by somebody who saw it in the first."""
    first, of_first = redacted("@Jane signed.")
    second = f"{JANE} owes me money."
    text = f"{first} [1] {second} [2] {JANE} said so"
    answer = Answer(text, AnswerStatus.GROUNDED, None, (citation(first), citation(second, doc_id="e")))
    found = restored_answer(answer, {("d", 1): of_first})
    assert found.answer.text == f"@Jane signed. [1] {JANE} owes me money. [2] {JANE} said so"
    assert [one.quote for one in found.answer.citations] == ["@Jane signed.", second]
    assert found.tokens == {JANE}


def test_a_sentence_with_two_citations_takes_the_values_of_both() -> None:
    first, of_first = redacted("@Jane signed.")
    second, of_second = redacted("@Bob signed.")
    answer = Answer(
        f"{JANE} and {BOB} signed [1] [2].",
        AnswerStatus.GROUNDED,
        None,
        (citation(first), citation(second, doc_id="e")),
    )
    found = restored_answer(answer, {("d", 1): of_first, ("e", 1): of_second})
    assert found.answer.text == "@Jane and @Bob signed [1] [2]."


def test_sentences_and_contradictions_take_the_values_of_what_they_cite() -> None:
    first, of_first = redacted("@Jane signed.")
    second = f"{JANE} did not sign."
    answer = Answer(
        f"{first} [1] {second} [2]",
        AnswerStatus.GROUNDED,
        None,
        (citation(first), citation(second, doc_id="e")),
        sentences=(AnswerSentence(first, (1,)), AnswerSentence(second, (2, 9))),
        contradictions=(Contradiction(f"{JANE} signed", (1, 2)),),
    )
    found = restored_answer(answer, {("d", 1): of_first}).answer
    assert [one.text for one in found.sentences] == ["@Jane signed.", second]
    assert found.contradictions[0].about == "@Jane signed"


def test_what_only_a_sentence_or_a_contradiction_names_is_recorded_too() -> None:
    stored, mentions = redacted("@Jane called. The paper was signed.")
    start = stored.index("The")
    cited = citation(stored[start:], start=start)
    sentence, about = AnswerSentence(f"{JANE} signed.", (1,)), Contradiction(f"{JANE}", (1, 1))
    plain = Answer("Signed. [1]", AnswerStatus.GROUNDED, None, (cited,))
    said = restored_answer(replace(plain, sentences=(sentence,)), {("d", 1): mentions})
    assert (said.answer.sentences[0].text, said.tokens) == ("@Jane signed.", {JANE})
    differing = restored_answer(replace(plain, contradictions=(about,)), {("d", 1): mentions})
    assert (differing.answer.contradictions[0].about, differing.tokens) == ("@Jane", {JANE})


def test_an_answer_writes_a_value_as_the_quote_does() -> None:
    stored, mentions = redacted("@JANE left. @Jane came back with @jane.")
    start = stored.index(JANE, 5)
    quote = stored[start:]
    answer = Answer(f"{quote} [1]", AnswerStatus.GROUNDED, None, (citation(quote, start=start),))
    found = restored_answer(answer, {("d", 1): mentions})
    assert found.answer.text == "@Jane came back with @jane. [1]"


def test_an_answer_that_was_refused_stays() -> None:
    answer = Answer("", AnswerStatus.REFUSED, "nothing", ())
    assert restored_answer(answer, {}).answer == answer
