"""A parser for plain text."""

from pathlib import PurePosixPath

from core.documents import ParsedDocument
from core.errors import UnreadableFileError


class FakeParser:
    """Implements Parser: UTF-8 text as it is, the file's stem as the title, no pages.

    Bytes that start with `CORRUPT`, are empty or are not UTF-8 raise UnreadableFileError. `paths` lists what was parsed.
    """

    def __init__(self, fingerprint: str = "fake-parser:1") -> None:
        self.fingerprint = fingerprint
        self.paths: list[str] = []

    def parse(self, data: bytes, *, path: str) -> ParsedDocument:
        self.paths.append(path)
        if data.startswith(b"CORRUPT"):
            raise UnreadableFileError("the file is damaged")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise UnreadableFileError("the file is not UTF-8") from None
        if not text.strip():
            raise UnreadableFileError("the file is empty")
        return ParsedDocument(text=text, title=PurePosixPath(path).stem, mime_type="text/plain")
