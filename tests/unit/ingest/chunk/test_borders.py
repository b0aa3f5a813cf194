"""Where a run of units is cut."""

import random

from ingest.chunk.borders import Unit, kept_borders, partition, unit


def units(*sizes: int) -> list[Unit]:
    return [unit(f"paragraph {number}", size) for number, size in enumerate(sizes)]


def sizes_of(parts: list[Unit], limit: int) -> list[int]:
    return [
        sum(part.token_count for part in parts[start:end]) for start, end in partition(parts, limit=limit)
    ]


def test_what_fits_is_one_group() -> None:
    assert partition(units(40, 60, 100), limit=200) == [(0, 3)]


def test_nothing_has_no_groups() -> None:
    assert partition([], limit=200) == []


def test_unit_over_the_limit_stays_alone() -> None:
    assert partition(units(10, 300, 10), limit=200) == [(0, 1), (1, 2), (2, 3)]


def test_too_much_for_one_group_is_cut_evenly() -> None:
    assert sizes_of(units(90, 20, 90, 20), 200) == [110, 110]


def test_groups_are_neither_tiny_nor_over_the_limit() -> None:
    rng = random.Random(4)
    sizes = sizes_of(units(*(rng.randrange(5, 60) for _ in range(800))), 200)
    assert max(sizes) <= 200
    assert min(sizes) >= 50
    assert sum(sizes) / len(sizes) >= 130


def test_border_at_a_blank_line_beats_one_between_lines() -> None:
    parts = [unit(f"line {number}", 10, line_breaks=2 if number == 14 else 1) for number in range(30)]
    assert 14 in kept_borders(parts, reach=100)


def test_of_equal_borders_the_first_is_kept() -> None:
    parts = [unit("the same", 50) for _ in range(8)]
    assert kept_borders(parts, reach=100) == [2]


def test_strength_does_not_change_with_the_process() -> None:
    assert (
        unit("A paragraph.", 3).strength[1].hex()
        == unit("A paragraph.", 9).strength[1].hex()
        == "8de4544d7a8a2052"
    )
