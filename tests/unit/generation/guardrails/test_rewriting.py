"""Rewriting a text in pieces: what is held back, and for how long."""

from collections.abc import AsyncIterator

from core.pseudonyms import PseudonymKey
from generation.guardrails.finders import ValueFinder
from generation.guardrails.rewriting import Rewriting, StreamGuard, guarded, restoring

JANE = PseudonymKey(b"a root for tests", tenant="t").token("PERSON", "jane smith")
SAFE = Rewriting(ValueFinder(("EMAIL_ADDRESS", "CREDIT_CARD")), lambda entity, _: f"<{entity}>")


async def stream(*pieces: str) -> AsyncIterator[str]:
    for piece in pieces:
        yield piece


async def test_value_over_three_pieces_comes_out_as_one_placeholder() -> None:
    pieces = stream("Write to jane.", "smith@exam", "ple.com today.", " Bye")
    assert "".join([piece async for piece in guarded(pieces, SAFE)]) == "Write to <EMAIL_ADDRESS> today. Bye"


async def test_token_over_two_pieces_becomes_its_value() -> None:
    pieces = stream(f"Signed by {JANE[:9]}", f"{JANE[9:]}.")
    shown = [piece async for piece in guarded(pieces, restoring({JANE: "Jane Smith"}))]
    assert "".join(shown) == "Signed by Jane Smith."
    assert all(JANE[:9] not in piece for piece in shown)


def test_token_without_a_value_stays() -> None:
    assert restoring({}).whole(f"by {JANE}") == f"by {JANE}"


def test_text_is_held_back_no_longer_than_the_longest_value() -> None:
    guard = StreamGuard(SAFE)
    shown = guard.feed("x" * 5000)
    assert len(shown) >= 5000 - 512


def test_finished_stream_holds_nothing_back() -> None:
    guard = StreamGuard(SAFE)
    assert guard.feed("jane@") + guard.finish() == "jane@"
    assert guard.finish() == ""
