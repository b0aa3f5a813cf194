"""Zip bombs are refused before a parser sees them, by what they say and by what is really in them."""

import io
import struct
import zipfile

import pytest

from core.config import IngestSettings
from core.errors import UnreadableFileError
from ingest.parse.kreuzberg_parser import KreuzbergParser
from ingest.parse.packages import check_package
from tests.unit.ingest.parse import files

MEGABYTE = 1024 * 1024


def packed(*parts: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as package:
        for number, part in enumerate(parts):
            package.writestr(f"part{number}.xml", part)
    return buffer.getvalue()


def reason(data: bytes, *, limit_bytes: int = 512 * MEGABYTE) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        check_package(data, limit_bytes=limit_bytes)
    return str(caught.value)


def lying(data: bytes, size_bytes: int) -> bytes:
    """The archive with another unpacked size for its first entry in the central directory."""
    start = data.index(b"PK\x01\x02") + 24
    return data[:start] + struct.pack("<I", size_bytes) + data[start + 4 :]


def test_real_documents_pass() -> None:
    for document in (files.docx(), files.pptx(), files.xlsx(), packed(b"words" * 1000), packed()):
        check_package(document, limit_bytes=512 * MEGABYTE)


def test_the_declared_size_counts_and_the_setting_is_named() -> None:
    told = reason(packed(bytes(600), bytes(600)), limit_bytes=1024)
    assert told.startswith("it unpacks to 1200 bytes or more, over the limit of 1024.")
    assert "FOLIO_INGEST__MAX_UNPACKED_BYTES" in told


def test_the_real_size_counts_where_the_declared_one_is_a_lie() -> None:
    assert "over the limit of 1024" in reason(lying(packed(bytes(4000)), 10), limit_bytes=1024)


def test_what_unpacks_to_far_more_than_its_size_is_a_bomb() -> None:
    for bomb in (packed(bytes(40 * MEGABYTE)), lying(packed(bytes(40 * MEGABYTE)), 10)):
        assert "zip bombs" in reason(bomb)


def test_archives_in_archives_share_one_limit() -> None:
    inner = packed(bytes(20 * MEGABYTE))
    assert "zip bombs" in reason(packed(inner, inner))
    check_package(packed(inner), limit_bytes=512 * MEGABYTE)


def test_archives_too_deep_in_each_other_are_refused() -> None:
    data = packed(b"words")
    for _ in range(2):
        data = packed(data)
    check_package(data, limit_bytes=MEGABYTE)
    assert "archives in archives" in reason(packed(data))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_packing_that_no_document_uses_is_refused(method: int) -> None:
    assert "no document format" in reason(packed(b"words", method=method))


def test_an_encrypted_entry_is_locked() -> None:
    data = bytearray(packed(b"words"))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in reason(bytes(data))


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04 and nothing", packed(b"words" * 100)[:60]], ids=["no archive", "cut off"]
)
def test_a_damaged_archive_is_damaged(data: bytes) -> None:
    assert "damaged" in reason(data)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx", "a.odt", "a.epub", "a.xls", "a.doc"])
def test_the_parser_refuses_bombs_under_every_name(name: str) -> None:
    with pytest.raises(UnreadableFileError, match="over the limit of 1024"):
        KreuzbergParser(IngestSettings(max_unpacked_bytes=1024)).parse(packed(bytes(5000)), path=name)


ENTITIES = "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))
BILLION_LAUGHS = f'<!DOCTYPE r [<!ENTITY a "lololololololol">{ENTITIES}]>'
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_entity_bombs_do_not_go_off() -> None:
    parser = KreuzbergParser(IngestSettings())
    plain = f'<?xml version="1.0"?>{BILLION_LAUGHS}<r>words &j;</r>'.encode()
    assert len(parser.parse(plain, path="a.xml").text) < 1000
    body = f'<?xml version="1.0"?>{BILLION_LAUGHS}<w:document {WORD}><w:body><w:p><w:r><w:t>words &j;</w:t></w:r></w:p></w:body></w:document>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files.docx())) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, body if entry == "word/document.xml" else old.read(entry))
    assert len(parser.parse(buffer.getvalue(), path="a.docx").text) < 1000
