"""What of a query is looked up: names in any case and order, addresses and numbers; and what is not."""

import pytest

from core.pseudonyms import PseudonymKey, token_of
from retrieval.query.candidates import Reading, chosen, read

KEY = PseudonymKey(b"a root for tests", tenant="t")
ENTITIES = (
    "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "STREET_ADDRESS", "DATE_OF_BIRTH",
    "PASSPORT", "IP_ADDRESS",
)  # fmt: skip


def reading(query: str, *, entities=ENTITIES, phrases=("PERSON",)) -> Reading:
    return read(query, key=KEY, entities=entities, phrases=phrases)


def replaced(query: str, *known: str) -> str:
    text = query
    for one, token in reversed(chosen(reading(query).candidates, known)):
        text = text[: one.start] + token + text[one.end :]
    return text


@pytest.mark.parametrize(
    "query",
    [
        "Jane Smith",
        "what did jane smith sign",
        "Smith, Jane",
        "Dr. Jane A. Smith's contract",
        "JANE SMITH?",
        "contracts of Ms. Jane Smith: where",
    ],
)
def test_full_name_is_found_however_it_is_written(query: str) -> None:
    token = KEY.token("PERSON", "jane smith")
    assert token in replaced(query, token)


@pytest.mark.parametrize(
    ("entity", "normal", "query"),
    [
        ("EMAIL_ADDRESS", "jane.smith@example.com", "mails of Jane.Smith@example.com."),
        ("PHONE_NUMBER", "2125550100", "who has +1 (212) 555-0100 ?"),
        ("CREDIT_CARD", "4111111111111111", "card 4111 1111-1111 1111"),
        ("IBAN_CODE", "DE89370400440532013000", "iban de89 3704 0044 0532 0130 00 paid"),
        ("US_SSN", "536904399", "ssn 536-90-4399"),
        ("PASSPORT", "C01X00T47", "passport c01x00t47"),
        ("IP_ADDRESS", "10.1.2.3", "host 10.1.2.3 down"),
        ("STREET_ADDRESS", "12 oak street", "who lives in 12 Oak Street"),
        ("DATE_OF_BIRTH", "3 may 1980", "born 3 May 1980"),
    ],
)
def test_shapes_become_the_token_of_their_type(entity: str, normal: str, query: str) -> None:
    token = KEY.token(entity, normal)
    assert token in replaced(query, token)


@pytest.mark.parametrize("query", ["mark the contract", "Mark signed"])
def test_single_name_stays_a_word_and_is_found_by_its_alias(query: str) -> None:
    assert replaced(query, KEY.token("PERSON", "mark")) == query
    assert KEY.alias("mark") in reading(query).aliases


def test_single_word_of_another_type_is_replaced() -> None:
    token = KEY.token("ORGANIZATION", "contoso")
    found = reading("who owns Contoso", entities=("ORGANIZATION",), phrases=("ORGANIZATION",))
    assert [token for _, token in chosen(found.candidates, {token})] == [token]


def test_longest_name_wins_over_its_parts() -> None:
    full, single = KEY.token("PERSON", "jane smith"), KEY.token("PERSON", "jane")
    assert replaced("Jane Smith signed", full, single) == f"{full} signed"


def test_end_of_one_name_and_beginning_of_the_next_are_no_name() -> None:
    """John Smith exists too."""
    people = [KEY.token("PERSON", name) for name in ("jane smith", "john miller", "john smith")]
    assert replaced("Jane Smith, John Miller", *people) == f"{people[0]}, {people[1]}"


def test_long_token_wins_where_the_short_one_is_another_values() -> None:
    digest = KEY.digest("PERSON", "jane smith")
    short, long = token_of("PERSON", digest), token_of("PERSON", digest, long=True)
    assert replaced("Jane Smith", short, long) == long


@pytest.mark.parametrize("query", ["how many days of leave do we have", "what is this", "", "\u4e2d\u6587"])
def test_questions_of_everyday_words_name_nobody_known(query: str) -> None:
    assert chosen(reading(query).candidates, {KEY.token("PERSON", "jane smith")}) == []


def test_function_words_alone_ask_for_nothing() -> None:
    assert reading("what is it about").candidates == ()
    assert reading("what is it about").aliases == ()


def test_aliases_are_of_the_words_that_may_be_names() -> None:
    assert reading("What did Smith-Jones sign").aliases == tuple(
        KEY.alias(part) for part in ("smith-jones", "smith", "jones", "sign")
    )


def test_types_that_are_not_taken_out_are_not_looked_for() -> None:
    found = reading("Jane Smith, jane@example.com", entities=("EMAIL_ADDRESS",))
    assert [token.rpartition("_")[0] for one in found.candidates for token in one.tokens] == [
        "EMAIL_ADDRESS"
    ] * 2
    assert found.aliases == ()


def test_phrases_of_other_types_are_looked_for_where_a_policy_takes_them_out() -> None:
    token = KEY.token("ORGANIZATION", "blue heron")
    found = reading("who owns blue heron", entities=("ORGANIZATION",), phrases=("PERSON", "ORGANIZATION"))
    assert [token for _, token in chosen(found.candidates, {token})] == [token]


def test_page_of_text_asks_for_a_bounded_number_of_tokens() -> None:
    text = " ".join(f"Name{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(300))
    assert len(reading(text).candidates) == 256
