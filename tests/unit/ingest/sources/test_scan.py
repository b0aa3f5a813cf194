import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.scan import coverage, covers


@pytest.mark.parametrize(
    ("only", "path", "covered"),
    [
        (None, "a.txt", True),
        ((), "a.txt", False),
        (("a.txt",), "a.txt", True),
        (("a.txt",), "a.txt/b", False),
        (("sub/",), "sub/deep/a.txt", True),
        (("sub/",), "subway/a.txt", False),
        (("sub",), "sub/a.txt", False),
        (("x", "sub/deep/"), "sub/a.txt", False),
    ],
)
def test_parts_cover_files_by_name_and_folders_by_prefix(
    only: tuple[str, ...] | None, path: str, covered: bool
) -> None:
    assert covers(only, path) is covered


@given(st.lists(st.text("ab/", min_size=1), max_size=6), st.text("ab/", min_size=1))
def test_looking_up_gives_what_comparing_each_part_gives(only: list[str], path: str) -> None:
    compared = any(path == part or (part.endswith("/") and path.startswith(part)) for part in only)
    assert coverage(tuple(only))(path) is compared
