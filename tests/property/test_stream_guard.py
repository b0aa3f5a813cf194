"""However an answer is cut into pieces: what streams out is what the whole text gives, and no value shows on the way."""

from hypothesis import example, given
from hypothesis import strategies as st

from core.pseudonyms import PseudonymKey
from generation.guardrails.finders import TokenFinder, ValueFinder
from generation.guardrails.rewriting import Rewriting, StreamGuard, restoring

KEY = PseudonymKey(b"a root for tests", tenant="t")
TYPES = ("EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "PHONE_NUMBER", "SECRET")
VALUES = (
    "jane.smith@example.com",
    "j\u00fcrgen+x@mail.example.co.uk",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "DE89 3704 0044 0532 0130 00",
    "GB29NWBK60161331926819",
    "536-90-4399",
    "+1 (212) 555-0100",
    "(212) 555-0100",
    "+49 30 901820",
    "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
)
TOKENS = [KEY.token("PERSON", name) for name in ("jane smith", "john doe")] + [
    KEY.token("EMAIL_ADDRESS", "a@b.c")
]
ORIGINALS = dict(zip(TOKENS, ("Jane Smith", "John Doe", "a@b.c"), strict=True))
FILLERS = st.one_of(
    st.sampled_from(
        [
            " ",
            "\n",
            ". ",
            ", ",
            "Call ",
            " THE END OF ",
            " 2026",
            "-",
            "(",
            "@",
            "a" * 70,
            "\u4e2d\u6587\u5b57",
            "+",
            "12",
        ]
    ),
    st.text(alphabet="ab AB12.@-_+()\n", max_size=12),
)
SAFE = Rewriting(ValueFinder(TYPES), lambda entity, _: f"<{entity}>")
RESTORE = restoring(ORIGINALS)


def texts(planted: tuple[str, ...] | list[str]) -> st.SearchStrategy[str]:
    spaced = st.sampled_from(planted).map(lambda value: f" {value} ")
    return st.lists(st.one_of(FILLERS, spaced), max_size=12).map("".join)


cuts = st.lists(st.integers(1, 30), min_size=1, max_size=20)


def pieces(text: str, sizes: list[int]) -> list[str]:
    found, at, turn = [], 0, 0
    while at < len(text):
        size = sizes[turn % len(sizes)]
        found.append(text[at : at + size])
        at, turn = at + size, turn + 1
    return found


def streamed(rewriting: Rewriting, parts: list[str]) -> list[str]:
    """What is on the reader's screen after each piece."""
    guard = StreamGuard(rewriting)
    shown = [""]
    for part in parts:
        shown.append(shown[-1] + guard.feed(part))
    return [*shown, shown[-1] + guard.finish()]


@given(text=texts(VALUES), sizes=cuts)
@example(text="card 4111 1111 1111 1111 2026", sizes=[1])
@example(text="john@abc.COM 5551", sizes=[13, 1])
def test_stream_without_values_is_that_of_the_whole_text(text: str, sizes: list[int]) -> None:
    shown = streamed(SAFE, pieces(text, sizes))
    assert shown[-1] == SAFE.whole(text)


@given(before=texts(VALUES), value=st.sampled_from(VALUES), after=texts(VALUES), sizes=cuts)
def test_no_planted_value_shows_at_any_moment(before: str, value: str, after: str, sizes: list[int]) -> None:
    shown = streamed(SAFE, pieces(f"{before}\nat {value} or\n{after}", sizes))
    assert all(value not in text for text in shown)


@given(text=texts(TOKENS), sizes=cuts)
def test_restored_stream_is_that_of_the_whole_text(text: str, sizes: list[int]) -> None:
    assert streamed(RESTORE, pieces(text, sizes))[-1] == RESTORE.whole(text)


@given(token=st.sampled_from(TOKENS), sizes=cuts)
def test_token_comes_out_whole_or_not_at_all(token: str, sizes: list[int]) -> None:
    hidden = Rewriting(TokenFinder(), lambda *_: "X")
    shown = streamed(hidden, pieces(f"signed by {token}.", sizes))
    assert shown[-1] == "signed by X."
    assert all("_" not in text for text in shown)


@given(text=texts(VALUES))
def test_guarding_twice_changes_nothing_more(text: str) -> None:
    once = SAFE.whole(text)
    assert SAFE.whole(once) == once


@given(
    words=st.lists(st.sampled_from(["contract", "signed", "by", "the", "board."]), min_size=1, max_size=40)
)
def test_plain_words_wait_for_no_more_than_themselves(words: list[str]) -> None:
    guard = StreamGuard(SAFE)
    for number, word in enumerate(words):
        shown = guard.feed(word + " ")
        assert shown.strip() or number == 0
        assert len(shown) <= len(word) + 2
