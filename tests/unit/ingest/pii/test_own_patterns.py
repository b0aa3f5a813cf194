"""A user's own recognisers in the names of files: those of the file that the text redactor reads."""

from pathlib import Path

import pytest

from core.config import RedactionSettings
from core.documents import Source, SourceKind, SourceOptions
from core.errors import SettingsError
from core.pseudonyms import TOKEN, PseudonymKey
from ingest.veils import Veils

FILE = r"""
recognizers:
  - name: badge
    supported_entity: BADGE
    patterns:
      - {name: sure, regex: 'B-\d{4}', score: 0.8}
      - {name: unsure, regex: '\d{5}', score: 0.2}
    context: [badge]
    deny_list: [Nightjar]
"""


def veiled(name: str, path: Path, *, entities: tuple[str, ...] = ("BADGE",)) -> str:
    settings = RedactionSettings(entities=entities, recognizers_file=path)
    veils = Veils(settings, key=lambda tenant: PseudonymKey(b"key", tenant=tenant))
    source = Source("default", "docs", SourceKind.FOLDER, "docs", options=SourceOptions())
    veil = veils.of(source)
    assert veil is not None
    return TOKEN.sub(lambda token: f"<{token[0].rsplit('_', 1)[0]}>", veil.name(name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("B-1234.pdf", "<BADGE>.pdf"),
        ("scan_B-1234.pdf", "<BADGE>.pdf"),
        ("scan of badge 55555.pdf", "scan of badge <BADGE>.pdf"),
        ("scan 55555.pdf", "scan 55555.pdf"),
        ("Nightjar_budget.pdf", "<BADGE>.pdf"),
    ],
)
def test_own_patterns_count_in_names_where_they_are_sure(name: str, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(FILE)
    assert veiled(name, path) == expected


def test_types_that_are_not_taken_out_stay(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(FILE)
    assert veiled("B-1234.pdf", path, entities=("PERSON",)) == "B-1234.pdf"


@pytest.mark.parametrize(
    "pattern", ["{name: a, regex: '(', score: 1}", "{name: a, score: 1}", "{regex: a, score: x}"]
)
def test_a_wrong_file_is_an_error_that_names_it(pattern: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"recognizers:\n  - supported_entity: BADGE\n    patterns: [{pattern}]\n")
    with pytest.raises(SettingsError, match=r"own\.yaml.*recogniser 1"):
        veiled("a.pdf", path)
