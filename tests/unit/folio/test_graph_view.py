"""Which evidence may be shown, by the redaction policy in effect."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.access import AccessLabel
from core.config import Settings, load_settings
from core.graph import DocumentEvidence
from folio.assembly import create_redactor
from folio.graph_view import current_evidence
from folio.sources import declared_sources


def configured(home: Path, policy: str) -> Settings:
    return load_settings(home=home, redaction={"policy": policy})


def read_under(settings: Settings, policy: str, *, source_id: str = "s") -> DocumentEvidence:
    fingerprint = create_redactor(settings, policy=policy).fingerprint
    return DocumentEvidence("d", 1, AccessLabel(), "rules", redaction=fingerprint, source_id=source_id)


@pytest.mark.parametrize(
    ("policy", "read", "is_shown"),
    [
        ("standard", "off", False),
        ("standard", "standard", True),
        ("standard", "strict", True),
        ("strict", "standard", False),
        ("strict", "strict", True),
        ("off", "off", True),
        ("off", "strict", True),
    ],
)
def test_what_a_weaker_policy_let_through_is_not_shown(
    tmp_path: Path, policy: str, read: str, is_shown: bool
) -> None:
    settings = configured(tmp_path, policy)
    assert current_evidence(settings)(read_under(settings, read)) is is_shown


def test_a_policy_that_a_source_has_for_itself_counts_for_its_documents(tmp_path: Path) -> None:
    settings = configured(tmp_path, "standard")
    accepts = current_evidence(settings)
    assert not accepts(replace(read_under(settings, "standard"), policy="strict"))
    assert accepts(replace(read_under(settings, "standard"), policy=None))
    assert accepts(replace(read_under(settings, "off"), policy="off"))


def test_what_the_settings_declare_of_a_source_comes_before_what_the_catalog_knew(tmp_path: Path) -> None:
    folder = tmp_path / "board"
    folder.mkdir()
    settings = load_settings(
        home=tmp_path / "home",
        redaction={"policy": "standard"},
        sources=[{"name": "board", "path": str(folder), "redaction": "strict"}],
    )
    (board,) = declared_sources(settings)
    evidence = read_under(settings, "standard", source_id=board.source_id)
    assert not current_evidence(settings)(replace(evidence, policy="off"))


def test_evidence_from_before_fingerprints_were_kept_is_not_shown(tmp_path: Path) -> None:
    accepts = current_evidence(configured(tmp_path, "standard"))
    assert not accepts(DocumentEvidence("d", 1, AccessLabel(), "rules"))
