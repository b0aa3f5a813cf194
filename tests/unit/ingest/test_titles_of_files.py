"""Titles that are names of files: spelled out for the redactor, with nothing torn that it is to find."""

import pytest

from core.config import RedactionSettings
from core.documents import ParsedDocument
from core.pseudonyms import PseudonymKey
from ingest.pii.file_names import Veil, VeilRules
from ingest.titles import FileName

VEIL = Veil(PseudonymKey(b"key", tenant="default"), VeilRules(frozenset(RedactionSettings().entities)))


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("CV_Jane-Smith.final", "CV Jane Smith final"),
        ("notes-ip-203.0.113.77 by.JaneSmith", "notes ip 203.0.113.77 by Jane Smith"),
        ("key-ghp_Zq8RtY4uVb2NkL7mXc9Wd3Fg6Hj1Ps5QaTzE", "key ghp_Zq8RtY4uVb2NkL7mXc9Wd3Fg6Hj1Ps5QaTzE"),
        ("dob-1984-03-07.CV", "dob 1984-03-07 CV"),
        ("leave-policy_2024", "leave-policy_2024"),
    ],
)
def test_words_are_spelled_out_and_values_stay_whole(stem: str, title: str) -> None:
    document = ParsedDocument(title=stem, text="", mime_type="text/plain")
    assert FileName(f"HR/{stem}.txt", None, VEIL).readable(document).title == title
