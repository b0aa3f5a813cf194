import pytest

from core.answers import Answer, AnswerStatus
from core.config import AnswerSettings
from core.search import Hit
from generation.citations import is_verbatim
from generation.extractive import NOT_SUPPORTED, NOTHING_FOUND, ExtractiveAnswerer
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.sparse import FakeSparseEncoder

DOCUMENT = "# Travel\n\nHotels in Oslo cost at most 190 EUR a night. Book trains early.\n"


def hit(text: str, *, start: int = 0, title: str = "Policy") -> Hit:
    return Hit(
        doc_id="d1", version=3, ordinal=0, external_id=None, path="policy.md", title=title, heading="Travel",
        page=2, start=start, end=start + len(text), parent_start=0, parent_end=99, text=text, score=1.0,
    )  # fmt: skip


async def answer(question: str, *hits: Hit, settings: AnswerSettings | None = None) -> Answer:
    answerer = ExtractiveAnswerer(
        FakeEmbedder(), sparse=FakeSparseEncoder(), settings=settings or AnswerSettings()
    )
    return await answerer.answer(question, hits=hits)


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

    assert (found.status, found.reason, found.text) == (AnswerStatus.REFUSED, NOT_SUPPORTED, "")
    assert found.citations == ()


@pytest.mark.parametrize("hits", [(), (hit("# Only a heading"),)])
async def test_without_a_sentence_there_is_nothing_to_answer_from(hits: tuple[Hit, ...]) -> None:
    assert (await answer("anything", *hits)).reason == NOTHING_FOUND


async def test_the_same_sentence_in_two_documents_is_said_once() -> None:
    found = await answer(
        "hotels in Oslo cost at most what a night", hit(DOCUMENT), hit(DOCUMENT, title="Copy")
    )

    assert found.text.count("190 EUR") == 1
