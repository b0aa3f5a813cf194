import io
import zipfile

import pytest

from ingest.parse.xml_entities import protected_docx, protected_xml, restored
from tests.unit.ingest.parse import files


def test_entities_survive_the_round_trip() -> None:
    protected = protected_xml(b"<a>R&amp;D &lt;1&gt; &quot;x&quot; &#233; &#x26;</a>")
    assert b"&" not in protected
    assert restored(protected.decode()) == '<a>R&D <1> "x" é &</a>'


def test_unknown_entities_and_other_parts_are_left_alone() -> None:
    assert protected_xml(b"<a>&nbsp;</a>") == b"<a>&nbsp;</a>"
    before, after = (
        zipfile.ZipFile(io.BytesIO(files.docx())),
        zipfile.ZipFile(io.BytesIO(protected_docx(files.docx()))),
    )
    changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == ["word/document.xml"]


@pytest.mark.parametrize("data", [b"no package", b"PK\x03\x04 broken"])
def test_what_is_no_package_is_left_alone(data: bytes) -> None:
    assert protected_docx(data) is data
