"""Reading JSON while it comes."""

import json

from hypothesis import given
from hypothesis import strategies as st

from generation.drafting import Growing, WrittenAnswer, draft_of
from tests.unit.generation.answerers import DAYS, said, written

SENTENCES = st.lists(
    st.builds(
        lambda text, quotes: said(text, *quotes),
        st.text(max_size=20),
        st.lists(st.tuples(st.integers(0, 9), st.text(alphabet='a"}]{[\\,\u00e9 ', max_size=8)), max_size=3),
    ),
    max_size=4,
)


@given(
    SENTENCES,
    st.lists(st.integers(1, 9), min_size=1),
    st.booleans(),
    st.sampled_from(["{}", "```json\n{}\n```"]),
)
def test_each_sentence_comes_once_whole_and_in_order(
    sentences: list[dict[str, object]], steps: list[int], ascii_only: bool, around: str
) -> None:
    text = around.replace("{}", json.dumps({"sentences": sentences}, ensure_ascii=ascii_only))
    growing, found, at = Growing(), [], 0
    while at < len(text):
        step = steps[at % len(steps)]
        found += growing.add(text[at : at + step])
        assert found == sentences[: len(found)]
        at += step
    assert found == sentences
    assert growing.is_whole


def test_a_sentence_comes_with_its_closing_brace() -> None:
    text = written(DAYS, DAYS)
    end = text.index("}, {") + 1
    growing = Growing()
    assert growing.add(text[: end - 1]) == []
    assert growing.add(text[end - 1 : end]) == [DAYS]
    assert not growing.is_whole


@given(st.text(max_size=60))
def test_anything_else_brings_nothing(text: str) -> None:
    growing = Growing()
    for row in growing.add(text):
        draft_of(row, WrittenAnswer, ())
    assert growing.add("}") == []


def test_nesting_and_length_are_bounded() -> None:
    deep, long = Growing(), Growing()
    assert deep.add('{"sentences": ' + "[" * 100_000 + "}") == []
    assert long.add("x" * 2_000_000 + written(DAYS)) == []
    assert not long.is_whole


def test_a_row_of_another_form_is_no_draft() -> None:
    for row in ("text", 7, None, {}, {"text": "Words."}, {"text": "Words.", "quotes": [{"source": "one"}]}):
        assert draft_of(row, WrittenAnswer, ()) is None
    assert draft_of(DAYS, WrittenAnswer, ()) is not None
