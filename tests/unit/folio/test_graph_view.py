"""Which evidence may be shown, by the redaction policy in effect."""

from pathlib import Path

import pytest

from core.access import AccessLabel
from core.config import Settings, load_settings
from core.documents import Source, SourceKind, SourceOptions
from core.graph import DocumentEvidence
from folio.assembly import create_redactor
from folio.graph_view import current_evidence


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
    assert current_evidence(settings, ())(read_under(settings, read)) is is_shown


def test_a_policy_that_a_source_has_for_itself_counts_for_its_documents(tmp_path: Path) -> None:
    settings = configured(tmp_path, "standard")
    strict = Source("board", SourceKind.FOLDER, "/board", options=SourceOptions(redaction="strict"))
    open_house = Source("menu", SourceKind.FOLDER, "/menu", options=SourceOptions(redaction="off"))
    accepts = current_evidence(settings, [strict, open_house])
    assert not accepts(read_under(settings, "standard", source_id="board"))
    assert accepts(read_under(settings, "standard", source_id="other"))
    assert accepts(read_under(settings, "off", source_id="menu"))


def test_evidence_from_before_fingerprints_were_kept_is_not_shown(tmp_path: Path) -> None:
    accepts = current_evidence(configured(tmp_path, "standard"), ())
    assert not accepts(DocumentEvidence("d", 1, AccessLabel(), "rules"))
