import pytest

from core.answer_ports import AnswerPiece, Asked
from core.answers import Answer, AnswerMode, AnswerSentence, AnswerStatus, Contradiction
from core.config import AnswerSettings
from core.search import Hit
from generation.citations import is_verbatim
from generation.extractive import ExtractiveAnswerer
from generation.grading.calibration import Calibration, Calibrations, Weighed
from generation.reasons import NOT_ANSWERED, NOTHING_FOUND
from tests.fakes.readings import fake_reader

# What these tests need: half of the question's words in a sentence is as good as a coin.
_COVERED = Calibration(0.0, {"coverage": Weighed(0.5, 0.05, 1.0)})
BY_COVERAGE = Calibrations(_COVERED, _COVERED)

DOCUMENT = "# Travel\n\nHotels in Oslo cost at most 190 EUR a night. Book trains early.\n"


def hit(text: str, *, start: int = 0, title: str = "Policy") -> Hit:
    return Hit(
        doc_id="d1", version=3, ordinal=0, external_id=None, path="policy.md", title=title, heading="Travel",
        page=2, start=start, end=start + len(text), parent_start=0, parent_end=99, text=text, score=1.0,
    )  # fmt: skip


async def answer(question: str, *hits: Hit, settings: AnswerSettings | None = None) -> Answer:
    return await answerer(settings).answer(Asked(question, "default", "me"), hits)


def answerer(settings: AnswerSettings | None = None) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(fake_reader(), settings=settings or AnswerSettings(), calibrations=BY_COVERAGE)


async def test_the_answer_is_the_supporting_sentence_word_for_word() -> None:
    found = await answer("hotels in Oslo cost at most what a night", hit(DOCUMENT))

    assert found.status is AnswerStatus.GROUNDED
    assert found.text == "Hotels in Oslo cost at most 190 EUR a night. [1]"
    assert found.citations[0].quote == "Hotels in Oslo cost at most 190 EUR a night."


async def test_offsets_are_those_of_the_stored_text_and_the_quote_stands_there() -> None:
    start = DOCUMENT.index("Hotels")
    citation = (await answer("hotels in Oslo cost at most", hit(DOCUMENT[start:], start=start))).citations[0]

    assert (citation.start, citation.version, citation.page) == (start, 3, 2)
    assert is_verbatim(citation, stored_text=DOCUMENT)
    assert not is_verbatim(citation, stored_text=DOCUMENT.replace("190", "250"))


async def test_unsupported_questions_are_refused() -> None:
    found = await answer("boiling point of tungsten", hit(DOCUMENT))

    assert (found.status, found.reason, found.text) == (AnswerStatus.REFUSED, NOT_ANSWERED, "")
    assert found.citations == ()


@pytest.mark.parametrize("hits", [(), (hit("# Only a heading"),)])
async def test_without_a_sentence_there_is_nothing_to_answer_from(hits: tuple[Hit, ...]) -> None:
    assert (await answer("anything", *hits)).reason == NOTHING_FOUND


async def test_the_same_sentence_in_two_documents_is_said_once() -> None:
    found = await answer(
        "hotels in Oslo cost at most what a night", hit(DOCUMENT), hit(DOCUMENT, title="Copy")
    )

    assert found.text.count("190 EUR") == 1


async def test_the_confidence_is_given_with_answers_and_refusals() -> None:
    said = await answer("hotels in Oslo cost at most what a night", hit(DOCUMENT))
    refused = await answer("boiling point of tungsten", hit(DOCUMENT))

    assert said.confidence is not None
    assert refused.confidence is not None
    assert said.confidence > 0.5 > refused.confidence


async def test_whoever_wants_surer_answers_raises_the_bound() -> None:
    found = await answer(
        "hotels in Oslo cost at most what a night", hit(DOCUMENT), settings=AnswerSettings(min_confidence=1.0)
    )

    assert found.status is AnswerStatus.REFUSED


async def test_sentences_name_their_citations_and_have_no_marks() -> None:
    found = await answer("hotels in Oslo cost at most what a night", hit(DOCUMENT))

    assert found.mode is AnswerMode.EXTRACTIVE
    assert found.sentences == (AnswerSentence("Hotels in Oslo cost at most 190 EUR a night.", (1,)),)


async def test_the_neighbour_with_the_date_is_quoted_when_the_date_is_asked_for() -> None:
    text = "The bridge in Oslo was opened by the queen. It took place on 3 May 1901. Trains are late."
    found = await answer("when was the bridge in Oslo opened by the queen", hit(text))

    assert [citation.quote for citation in found.citations] == [
        "The bridge in Oslo was opened by the queen.",
        "It took place on 3 May 1901.",
    ]


async def test_a_stream_gives_each_sentence_and_then_the_whole() -> None:
    asked = Asked("hotels in Oslo cost at most what a night", "default", "me")
    pieces = [piece async for piece in answerer().stream(asked, [hit(DOCUMENT)])]

    assert isinstance(pieces[0], AnswerPiece)
    assert pieces[-1] == await answerer().answer(asked, [hit(DOCUMENT)])
    assert len(pieces) == 2


async def test_contradictions_that_somebody_finds_are_shown() -> None:
    clash = Contradiction("price", (1, 2))
    found = await ExtractiveAnswerer(
        fake_reader(),
        settings=AnswerSettings(),
        calibrations=BY_COVERAGE,
        contradictions=lambda _said, _hits: (clash,),
    ).answer(Asked("hotels in Oslo cost at most", "default", "me"), [hit(DOCUMENT)])

    assert found.contradictions == (clash,)
