import pytest

from core.errors import UnreadableFileError
from ingest.parse.media_types import media_type


@pytest.mark.parametrize(
    ("data", "path", "expected"),
    [
        (b"# Hi", "a/b.MD", "text/markdown"),
        (b"plain words", "LICENSE", "text/plain"),
        (b"def f(): ...", "tool.py", "text/x-python"),
        (b"\n%PDF-1.7", "report.txt", "application/pdf"),
        ("ä".encode("utf-16"), "a.txt", "text/plain"),
    ],
)
def test_the_type_is_told_by_name_and_content(data: bytes, path: str, expected: str) -> None:
    assert media_type(data, path=path) == expected


def test_a_file_that_is_not_what_its_name_says_is_damaged() -> None:
    with pytest.raises(UnreadableFileError, match=r"not a '\.docx' file inside"):
        media_type(b"<html>Sign in</html>", path="a.docx")


def test_binary_without_an_extension_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="without an extension"):
        media_type(bytes(100), path="core")
