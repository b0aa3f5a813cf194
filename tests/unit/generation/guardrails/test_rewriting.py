"""Rewriting a text: every value is replaced, the rest stays, and a second time changes nothing more."""

from hypothesis import given
from hypothesis import strategies as st

from generation.guardrails.finders import ValueFinder
from generation.guardrails.rewriting import Rewriting

TYPES = ("EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "PHONE_NUMBER", "SECRET")
VALUES = (
    "jane.smith@example.com",
    "j\u00fcrgen+x@mail.example.co.uk",
    "4111 1111 1111 1111",
    "DE89 3704 0044 0532 0130 00",
    "536-90-4399",
    "+1 (212) 555-0100",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
)
SAFE = Rewriting(ValueFinder(TYPES), lambda entity, _: f"<{entity}>")
FILLERS = st.text(alphabet="ab AB12.@-_+()\n", max_size=12)
TEXTS = st.lists(st.one_of(FILLERS, st.sampled_from(VALUES).map(" {} ".format)), max_size=12).map("".join)


def test_values_are_replaced_and_the_rest_stays() -> None:
    text = "Write to jane.smith@example.com, card 4111 1111 1111 1111 2026. Bye"
    assert SAFE.whole(text) == "Write to <EMAIL_ADDRESS>, card <CREDIT_CARD> 2026. Bye"


@given(before=TEXTS, value=st.sampled_from(VALUES), after=TEXTS)
def test_no_planted_value_is_left(before: str, value: str, after: str) -> None:
    assert value not in SAFE.whole(f"{before}\nat {value} or\n{after}")


@given(text=TEXTS)
def test_rewriting_twice_changes_nothing_more(text: str) -> None:
    once = SAFE.whole(text)
    assert SAFE.whole(once) == once
