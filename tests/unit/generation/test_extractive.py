import pytest
from hypothesis import given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

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


TABLE = "| City | Limit |\n|---|---|\n| Oslo | 190 EUR |\n| Rome | 150 EUR |"


async def test_a_row_of_a_table_is_quoted_with_its_header_and_the_header_never_alone() -> None:
    found = await answer("limit city oslo", hit(TABLE))

    assert found.sentences[0] == AnswerSentence("| City | Limit | | Oslo | 190 EUR |", (1, 2))
    assert [one.quote for one in found.citations[:2]] == ["| Oslo | 190 EUR |", "| City | Limit |"]
    assert all(is_verbatim(one, stored_text=TABLE) for one in found.citations)
    assert found.text.startswith("| City | Limit | | Oslo | 190 EUR | [1][2]")


async def test_the_header_of_a_sheet_with_a_caption_is_never_the_answer() -> None:
    table = "| In pounds. |  |\n| --- | --- |\n| City | Limit 2024 |\n| Oslo | 190 |"
    found = await answer("limit 2024 city", hit(table))

    assert all("Oslo" in sentence.text for sentence in found.sentences)
    assert [one.quote for one in found.citations] in ([], ["| Oslo | 190 |", "| City | Limit 2024 |"])


async def test_a_row_without_a_header_in_its_passage_is_quoted_alone() -> None:
    found = await answer("oslo 190 EUR", hit("| Oslo | 190 EUR |\n| Rome | 150 EUR |"))

    assert found.sentences[0] == AnswerSentence("| Oslo | 190 EUR |", (1,))


@pytest.mark.parametrize("asked", ["HF-300", "hf-300", "HF300", "hf 300", "HF\u2011300"])
async def test_what_is_said_of_another_identifier_is_no_answer(asked: str) -> None:
    question = f"the warranty of the {asked} flow meter is how many months"
    other = await answer(question, hit("The warranty of the HF-200 flow meter is 36 months.", title=""))
    same = await answer(question, hit("The warranty of the hf_300 flow meter is 36 months.", title=""))

    assert (other.status, other.reason) == (AnswerStatus.REFUSED, NOT_ANSWERED)
    assert same.status is AnswerStatus.GROUNDED


@settings_of(max_examples=40, deadline=None)
@given(number=st.integers(100, 9999), other=st.integers(100, 9999))
async def test_an_identifier_that_is_in_no_passage_is_never_answered(number: int, other: int) -> None:
    found = await answer(
        f"the HF-{number} costs what",
        hit(f"The HF-{other} costs {number} EUR."),
        hit("The HF costs what it costs."),
    )

    assert (number == other) or found.status is AnswerStatus.REFUSED
