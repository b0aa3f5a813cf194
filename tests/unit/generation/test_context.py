"""Passages as sources of a prompt."""

from hypothesis import given
from hypothesis import strategies as st

from generation.context import grouped
from tests.fakes.hits import hit


def words(row: dict[str, object]) -> int:
    return len(str(row["text"]).split())


def test_a_source_says_where_it_is_from_and_leaves_out_what_is_unknown() -> None:
    known = hit("Words.", title="Leave", heading="Days", page=3, modified_s=1_700_000_000)
    [[first, second]] = grouped([known, hit("More.")], room_tokens=100, count=words)
    assert first.as_data() == {
        "source": 1,
        "title": "Leave",
        "heading": "Days",
        "page": 3,
        "modified": "2023-11-14",
        "text": "Words.",
    }
    assert second.as_data() == {"source": 2, "text": "More."}


def test_sources_are_whole_while_there_is_room() -> None:
    hits = [hit("one two three"), hit("four five"), hit("six")]
    groups = grouped(hits, room_tokens=5, count=words)
    assert [[source.text for source in group] for group in groups] == [
        ["one two three", "four five"],
        ["six"],
    ]
    assert [source.number for group in groups for source in group] == [1, 2, 3]


def test_what_fills_a_group_alone_is_cut_after_a_sentence() -> None:
    long = hit("One two three. Four five six. Seven eight nine ten.")
    [[source]] = grouped([long], room_tokens=8, count=words)
    assert source.text == "One two three. Four five six."
    assert source.is_cut


def test_there_is_a_source_however_little_room() -> None:
    for room in (-100, 0, 1):
        [[source]] = grouped([hit("One two three. Four.")], room_tokens=room, count=words)
        assert source.text
        assert source.hit.text.startswith(source.text)


@given(st.lists(st.text(min_size=1, max_size=200), min_size=1, max_size=12), st.integers(5, 120))
def test_groups_keep_order_and_size_and_lose_no_passage(texts: list[str], room: int) -> None:
    def letters(row: dict[str, object]) -> int:
        return len(str(row["text"]))

    groups = grouped([hit(text) for text in texts], room_tokens=room, count=letters)
    flat = [source for group in groups for source in group]
    assert [source.number for source in flat] == list(range(1, len(texts) + 1))
    assert all(sum(letters(source.as_data()) for source in group) <= room for group in groups)
    assert all(text.startswith(source.text) for text, source in zip(texts, flat, strict=True))
