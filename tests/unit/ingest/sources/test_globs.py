import pytest

from ingest.sources.globs import matches, matches_any


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("a.txt", "**/*", True),
        ("x/y/a.txt", "**/*", True),
        ("a.log", "*.log", True),
        ("x/y/a.log", "*.log", True),
        ("x/a.LOG", "*.log", True),
        ("a.logs", "*.log", False),
        ("people/pay.docx", "people/*.docx", True),
        ("people/old/pay.docx", "people/*.docx", False),
        ("people/old/pay.docx", "people/**/*.docx", True),
        ("people/pay.docx", "people/**/*.docx", True),
        ("hr/people/pay.docx", "people/*.docx", False),
        ("people/old/pay.docx", "people", True),
        ("hr/people/pay.docx", "people/", True),
        ("people", "people/", False),
        ("a1.txt", "a?.txt", True),
        ("a/.txt", "a?.txt", False),
        ("a+b (1).txt", "a+b (1).txt", True),
    ],
)
def test_pattern_matches_path(path: str, pattern: str, expected: bool) -> None:
    assert matches(path, pattern) is expected


def test_no_pattern_matches_nothing() -> None:
    assert not matches_any("a.txt", ())
