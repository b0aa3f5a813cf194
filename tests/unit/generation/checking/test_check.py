"""A drafted sentence is kept with what bears it, or removed with a reason."""

import pytest

from core.offsets import SEAM, Edit, OffsetMap
from core.search import Hit
from generation.checking.check import check_sentence
from generation.citations import is_verbatim
from generation.drafts import CheckedSentence, DraftQuote, DraftSentence, RemovedSentence
from tests.fakes.hits import hit

DOCUMENT = "# Travel\n\nHotels in Oslo cost at most 190 EUR a night. Employees must not book hotels in the old town.\n"
TABLE = "| Plan | Price (EUR) | Users |\n|---|---|---|\n| Basic | 10 | 5 |\n| Pro | 25 | 50 |"
HITS = [hit(DOCUMENT, doc="a", title="Policy"), hit(TABLE, doc="b", title="Prices")]
HOTELS = "Hotels in Oslo cost at most 190 EUR a night."


def checked(
    text: str, *quotes: tuple[int, str], hits: list[Hit] | None = None
) -> CheckedSentence | RemovedSentence:
    draft = DraftSentence(text, tuple(DraftQuote(source, quote) for source, quote in quotes))
    return check_sentence(draft, HITS if hits is None else hits)


def quotes_of(found: CheckedSentence | RemovedSentence) -> list[str]:
    return [one.quote for one in found.citations] if isinstance(found, CheckedSentence) else []


def test_the_original_words_are_cited_not_those_of_the_model() -> None:
    found = checked(
        "A hotel in Oslo may cost up to 190 EUR.", (1, "hotels in OSLO  cost at most 190 EUR a nihgt")
    )

    assert quotes_of(found) == ["Hotels in Oslo cost at most 190 EUR a night"]


@pytest.mark.parametrize(
    ("text", "quotes", "reason"),
    [
        ("Hotels cost 190 EUR.", (), "no_quote"),
        ("Hotels cost 190 EUR.", ((7, "no such words"),), "unknown_source"),
        ("Hotels cost 190 EUR.", ((0, "no such words"),), "unknown_source"),
        ("Hotels cost 190 EUR.", ((1, "Hotels in Oslo cost at most 150 EUR a night."),), "quote_not_found"),
        ("Hotels in Oslo cost 150 EUR.", ((1, HOTELS),), "number_not_in_sources"),
        ("Hotels in Bergen cost 190 EUR.", ((1, HOTELS),), "not_supported"),
        (
            "Employees must book hotels in the old town.",
            ((1, "book hotels in the old town"),),
            "not_supported",
        ),
        ("The Pro plan costs 10 EUR.", ((2, "| Pro | 25 | 50 |"),), "number_not_in_sources"),
        ("Hotels " * 1000, ((1, HOTELS),), "not_supported"),
    ],
)
def test_a_sentence_is_removed_with_a_reason(
    text: str, quotes: tuple[tuple[int, str], ...], reason: str
) -> None:
    assert checked(text, *quotes) == RemovedSentence(reason)


def test_a_row_is_read_under_the_head_of_its_table() -> None:
    assert quotes_of(checked("The Pro plan costs 25 EUR for 50 users.", (2, "| Pro | 25 | 50 |"))) == [
        "| Pro | 25 | 50 |"
    ]


def test_a_quote_from_another_source_than_the_named_is_cited_where_it_stands() -> None:
    found = checked("Hotels in Oslo cost at most 190 EUR.", (2, HOTELS))

    assert isinstance(found, CheckedSentence)
    assert found.citations[0].doc_id == "a"


def test_each_place_is_cited_once_and_what_bears_nothing_is_left_out() -> None:
    found = checked(
        "Hotels in Oslo cost at most 190 EUR.", (1, HOTELS), (1, HOTELS.upper()), (2, "| Basic | 10 | 5 |")
    )

    assert quotes_of(found) == [HOTELS]


def test_offsets_are_those_of_the_stored_text() -> None:
    start = DOCUMENT.index("Hotels")
    found = checked("Hotels in Oslo cost 190 EUR.", (1, HOTELS), hits=[hit(DOCUMENT[start:], start=start)])

    assert isinstance(found, CheckedSentence)
    assert is_verbatim(found.citations[0], stored_text=DOCUMENT)


def test_offsets_are_right_behind_what_was_redacted_when_it_was_read() -> None:
    stored = f"Call +49 30 1234567 first. {HOTELS}"
    text = f"Call PHONE first. {HOTELS}"
    redacted = hit(text, offsets=OffsetMap([Edit(5, 10, 5, 19)]))
    found = checked("Hotels in Oslo cost 190 EUR.", (1, HOTELS), hits=[redacted])

    assert isinstance(found, CheckedSentence)
    assert is_verbatim(found.citations[0], stored_text=stored)


def test_a_quote_over_a_seam_is_two_citations() -> None:
    stored = "Hotels in Oslo are dear.\r\n\r\nThey cost at most 190 EUR."
    joined = hit(stored.replace("\r\n\r\n", f"{SEAM}\n\n\n"))
    found = checked(
        "Hotels in Oslo cost at most 190 EUR.",
        (1, "Hotels in Oslo are dear. They cost at most 190 EUR."),
        hits=[joined],
    )

    assert quotes_of(found) == ["Hotels in Oslo are dear.", "They cost at most 190 EUR."]
    assert isinstance(found, CheckedSentence)
    assert all(is_verbatim(one, stored_text=stored) for one in found.citations)
