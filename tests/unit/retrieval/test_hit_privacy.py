"""The checkpoint of passages: what was indexed under a weaker policy is redacted when it is read."""

from dataclasses import replace

import pytest

from core.documents import ParsedDocument, RedactedDocument
from core.search import Hit
from generation.citations import cite
from retrieval.hit_privacy import CheckedHits, Policies, edits_between
from tests.fakes.redactor import FakeRedactor

HIT = Hit(
    "d", 1, 0, None, "p", "About Jane", "For Jane", None, 100, 130, 0, 200, "Then Jane met Jane again.", 0.5
)


class Redactors:
    """One redactor a policy; counts what they redact."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, policy: str, tenant: str) -> "Counted":
        return Counted(f"{policy}/{tenant}", self.texts)


class Counted(FakeRedactor):
    def __init__(self, fingerprint: str, texts: list[str]) -> None:
        super().__init__("Jane")
        self.fingerprint = fingerprint
        self._texts = texts

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        self._texts.append(document.text)
        found = super().redact(document)
        title = super().redact(ParsedDocument(document.title, "", "")).document.text
        return replace(found, document=replace(found.document, title=title))


def checkpoint(redactors: Redactors, settings="standard", **declared: str | None) -> CheckedHits:
    return CheckedHits(Policies(settings, declared), redactor=redactors)


@pytest.mark.parametrize("redaction", ["", "off", "other/default", "standard/other"])
async def test_text_of_another_redactor_is_redacted_with_title_and_heading(redaction: str) -> None:
    [found] = await checkpoint(Redactors()).checked([replace(HIT, redaction=redaction)])
    assert (found.text, found.title, found.heading) == (
        "Then <WORD> met <WORD> again.",
        "About <WORD>",
        "For <WORD>",
    )
    assert (found.redaction, found.score, found.start) == ("standard/default", 0.5, 100)


@pytest.mark.parametrize("redaction", ["standard/default", "strict/default", "anonymise/default"])
async def test_text_of_the_same_or_a_stricter_policy_is_left(redaction: str) -> None:
    redactors = Redactors()
    hit = replace(HIT, redaction=redaction)
    assert await checkpoint(redactors).checked([hit]) == [hit]
    assert redactors.texts == []


async def test_strict_policy_does_not_take_the_standard_ones_text() -> None:
    [found] = await checkpoint(Redactors(), "strict").checked([replace(HIT, redaction="standard/default")])
    assert found.redaction == "strict/default"


async def test_source_that_the_settings_declare_goes_by_its_own_policy() -> None:
    hits = [replace(HIT, source_id="open"), replace(HIT, source_id="closed")]
    shown = await checkpoint(Redactors(), "off", open=None, closed="standard").checked(hits)
    assert [hit.text for hit in shown] == [HIT.text, "Then <WORD> met <WORD> again."]


async def test_source_that_only_the_catalog_knows_goes_by_the_policy_in_its_points() -> None:
    hits = [replace(HIT, source_id="registered", policy="off", redaction="off")]
    assert await checkpoint(Redactors()).checked(hits) == hits


async def test_declared_policy_counts_over_the_one_in_the_points() -> None:
    hit = replace(HIT, source_id="declared", policy="off", redaction="off")
    [found] = await checkpoint(Redactors(), declared=None).checked([hit])
    assert "Jane" not in found.text


async def test_passage_is_redacted_once_and_keeps_its_place_in_the_result() -> None:
    redactors = Redactors()
    checked = checkpoint(redactors)
    await checked.checked([HIT])
    count = len(redactors.texts)
    [again] = await checked.checked([replace(HIT, score=0.1)])
    assert (len(redactors.texts), again.score) == (count, 0.1)


@pytest.mark.parametrize(("external_id", "veiled_id"), [(None, None), ("p", "standard:default:p")])
async def test_names_of_files_go_the_way_of_their_text(
    external_id: str | None, veiled_id: str | None
) -> None:
    """The path of a document from before a policy is as old as its text."""
    policies = Policies("standard", {})
    checked = CheckedHits(policies, redactor=Redactors(), veiled=lambda *row: ":".join(row))
    old = replace(HIT, external_id=external_id)
    current = replace(old, redaction="standard/default")
    found = await checked.checked([old, current])
    assert [(hit.path, hit.external_id) for hit in found] == [
        ("standard:default:p", veiled_id),
        ("p", external_id),
    ]


async def test_citation_of_a_redacted_hit_points_into_the_stored_text() -> None:
    [found] = await checkpoint(Redactors()).checked([HIT])
    start = found.text.index("met <WORD>")
    citation = cite(found, start=start, end=start + len("met <WORD>"))
    assert citation.quote == "met <WORD>"
    assert HIT.text[citation.start - HIT.start : citation.end - HIT.start] == "met Jane"


def test_edits_without_mentions_are_what_differs() -> None:
    [edit] = edits_between("key <SECRET> here", "key abc here", ())
    assert (edit.start, edit.end, edit.other_start, edit.other_end) == (4, 12, 4, 7)
    assert edits_between("same", "same", ()) == []
    assert len(edits_between("<A> and <B>", "one and two", ())) == 2
