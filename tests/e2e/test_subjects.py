"""Requests of data subjects over a whole knowledge base: found, exported, erased, and gone for good."""

import dataclasses
import json
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.answers import Answer, AnswerStatus
from core.config import Settings, load_settings
from core.errors import ForbiddenError, StoreBusyError
from core.pseudonyms import READ_SCOPE
from core.subjects import ERASED, Basis
from folio.cli import subjects as cli
from folio.cli.main import app
from folio.knowledge_base import KnowledgeBase
from folio.receipts import signing_key, verify
from folio.subjects.receipts import erasure_as_json

NAME = "Ludmilla Quillfeather"
MAIL = "ludmilla.quillfeather@northwind-mail.com"
LEASE = f"""# Lease

{NAME} signed the lease. Write to {MAIL} about it.

Ms. Quillfeather pays on Fridays. Jane Miller is the landlord.
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "lease.md").write_text(LEASE)
    (folder / "minutes.md").write_text(f"# Minutes of Dr. {NAME}\n\nThe meeting took an hour.\n")
    (folder / f"{NAME}.md").write_text("# Notes\n\nNothing of note.\n")
    (folder / "other.md").write_text("# Other\n\nDear Mr. Tom Quillfeather, the keys are at the desk.\n")
    (folder / "mail.md").write_text(f"# Desk\n\nQuestions go to {MAIL} at any time.\n")
    return folder


def settings_of(tmp_path: Path, *, policy: str = "standard") -> Settings:
    access = {"scopes": (READ_SCOPE,)}
    return load_settings(
        home=tmp_path / "home", ingest={"settle_s": 0}, access=access, redaction={"policy": policy}
    )


@pytest.fixture
async def kb(tmp_path: Path, docs: Path) -> AsyncIterator[KnowledgeBase]:
    async with KnowledgeBase(settings_of(tmp_path)) as opened:
        await opened.ingest([docs])
        yield opened


async def test_a_person_is_found_by_name_address_and_part_of_the_name(kb: KnowledgeBase):
    requests = await kb.subjects()
    found = await requests.find("Quillfeather, Ludmilla")
    bases = {row.path: {place.basis for place in row.places} for row in found.documents}
    assert {row.path for row in found.possible} == {"other.md"}
    assert bases["other.md"] == {Basis.PART}
    assert bases["lease.md"] == {Basis.SAME, Basis.LINKED}
    assert bases["mail.md"] == {Basis.LINKED}
    assert len(found.certain) == 4
    by_mail = await requests.find(MAIL, entity="EMAIL_ADDRESS")
    assert {row.path for row in by_mail.certain} == {"lease.md", "mail.md"}
    assert (await requests.find("Nobody Whatsoever")).documents == ()
    lease = next(row for row in found.certain if row.path == "lease.md")
    text = await kb.text(lease.doc_id)
    spots = [place for place in lease.places if place.where == "text"]
    assert len(spots) == 3
    assert all(text[place.start : place.end] == place.token for place in spots)


async def test_an_export_shows_the_person_and_nobody_else_and_is_recorded(kb: KnowledgeBase):
    requests = await kb.subjects()
    nobody = dataclasses.replace(kb.settings.principal(), scopes=frozenset())
    with pytest.raises(ForbiddenError, match="pii:read"):
        await requests.export(NAME, principal=nobody)
    assert await requests.catalog.audit.entries("default", limit=50) == []
    exported = json.dumps(await requests.export(NAME))
    entries = await requests.catalog.audit.entries("default", limit=50)
    assert f"{NAME} signed the lease." in exported
    assert MAIL in exported
    assert "Miller" not in exported
    assert "Tom" not in exported
    assert {entry.detail for entry in entries} == {"subject export"}


async def test_an_erasure_leaves_nothing_and_lasts(kb: KnowledgeBase, docs: Path):
    requests = await kb.subjects()
    before = await requests.find(NAME)
    assert before.graph_count > 0
    desk = await kb.sessions()
    session = await desk.open()
    await desk.answered(
        session, f"What did {NAME} sign?", Answer("A lease.", AnswerStatus.GROUNDED, None, ())
    )
    assert (await requests.find(NAME)).session_count == 2, "the question, and the title"
    erasure = await requests.erase(NAME)
    assert erasure.remaining_count == 0
    assert {row.place for row in erasure.remaining} >= {"chunks", "vault_values", "graph", "sessions"}
    [turn] = await desk.turns(session.session_id)
    assert turn.question == f"What did {ERASED} sign?"
    assert set(erasure.for_owner) == {row.doc_id for row in before.certain}
    after = await requests.find(NAME)
    assert after.certain == ()
    assert {row.path for row in after.possible} == {"other.md"}
    assert (await requests.find(MAIL)).documents == ()
    assert await requests._finder().vault.values("default", before.tokens) == {}
    lease = next(row for row in before.certain if row.path == "lease.md")
    text = await kb.text(lease.doc_id)
    assert text.startswith(
        f"# Lease\n\n{ERASED} signed the lease. Write to {ERASED} about it.\n\nMs. {ERASED} pays"
    )
    # Neither the same file nor a changed one brings the value back.
    assert (await kb.ingest([docs])).unchanged == 5
    (docs / "lease.md").write_text(LEASE + f"\nYours, {NAME}\n")
    assert (await kb.ingest([docs])).modified == 1
    assert (await requests.find(NAME)).certain == ()
    again = await requests.erase(NAME)
    assert (again.documents, again.remaining_count) == ((), 0)


async def test_what_a_sync_is_working_on_is_not_touched(kb: KnowledgeBase):
    """Written back over what a sync writes meanwhile, a record would name a version that there is not."""

    @asynccontextmanager
    async def busy(_: str) -> AsyncIterator[None]:
        raise StoreBusyError("a sync is working on it")
        yield

    requests = await kb.subjects()
    lease = next(row for row in (await requests.find(NAME)).certain if row.path == "lease.md")
    before = await kb.document(lease.doc_id)
    eraser = requests._eraser()
    eraser = dataclasses.replace(eraser, steps=dataclasses.replace(eraser.steps, alone=busy))
    with pytest.raises(StoreBusyError):
        await eraser.erase(requests._wanted(NAME, None), principal=kb.settings.principal())
    assert await kb.document(lease.doc_id) == before
    assert await eraser.vault.mentions(lease.doc_id, version=before.version)
    assert (await requests.erase(NAME)).remaining_count == 0


async def test_nobody_else_has_a_document_meanwhile(kb: KnowledgeBase):
    requests = await kb.subjects()
    (first, *_) = await kb.documents()
    other = requests.engine._leases()
    async with requests.engine.alone_with(first.doc_id):
        assert not await other.take(first.doc_id)
    assert await other.take(first.doc_id)
    await other.give_back(first.doc_id)


async def test_a_file_that_is_gone_goes_with_its_document(kb: KnowledgeBase, docs: Path):
    """The index cannot be made anew from a file that cannot be read."""
    (docs / "lease.md").write_bytes(b"\x00\xff\xfe\x00" * 64)
    requests = await kb.subjects()
    lease = next(row for row in (await requests.find(NAME)).certain if row.path == "lease.md")
    erasure = await requests.erase(NAME)
    assert erasure.remaining_count == 0
    assert erasure.removed == (lease.doc_id,)
    assert (await requests.find(NAME)).certain == ()


async def test_uploads_go_with_the_person_if_that_is_asked_for(tmp_path: Path):
    async with KnowledgeBase(settings_of(tmp_path)) as kb:
        record = await kb.upload("letter.md", LEASE.encode())
        requests = await kb.subjects()
        erasure = await requests.erase(NAME, delete_documents=True)
        assert (erasure.removed, erasure.for_owner, erasure.remaining_count) == ((record.doc_id,), (), 0)
        assert (await kb.document(record.doc_id)).state == "deleted"
        assert not (tmp_path / "home" / "uploads" / record.path).exists()


async def test_without_a_vault_the_index_tells(tmp_path: Path, docs: Path):
    async with KnowledgeBase(settings_of(tmp_path, policy="anonymise")) as kb:
        await kb.ingest([docs])
        requests = await kb.subjects()
        found = await requests.find(NAME)
        assert {"lease.md", "minutes.md"} <= {row.path for row in found.certain}
        assert (await requests.erase(NAME)).remaining_count == 0
        assert (await requests.find(NAME)).certain == ()


async def test_the_receipt_is_signed_and_names_nobody(kb: KnowledgeBase):
    erasure = await (await kb.subjects()).erase(NAME)
    key = signing_key(kb.settings)
    receipt = json.loads(json.dumps(erasure_as_json(erasure, key)))
    assert verify(receipt, key)
    assert "uillfeather" not in json.dumps(receipt)
    receipt["receipt"]["remaining_count"] = 7
    assert not verify(receipt, key)


def test_the_command_line_reads_the_value_from_standard_input_and_keeps_files_private(
    tmp_path: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cli, "configure_logging", lambda _: None)
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("FOLIO_ACCESS__SCOPES", json.dumps([READ_SCOPE]))
    run = CliRunner().invoke
    assert run(app, ["ingest", str(docs / "lease.md"), str(docs / "other.md")]).exit_code == 0
    found = json.loads(run(app, ["subject", "find", "-", "--json"], input=f"{NAME}\n").stdout)
    assert [row["path"] for row in found["certain"]] == ["lease.md"]
    out = tmp_path / "export.json"
    assert run(app, ["subject", "export", NAME, "--out", str(out)]).exit_code == 0
    assert NAME in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    dry = run(app, ["subject", "erase", NAME, "--dry-run"])
    assert (dry.exit_code, "lease.md" in dry.stdout) == (0, True)
    erased = run(app, ["subject", "erase", "-", "--json"], input=NAME)
    assert (erased.exit_code, json.loads(erased.stdout)["receipt"]["remaining_count"]) == (0, 0)


async def test_sources_in_clear_are_named_and_not_passed_off_as_searched(tmp_path: Path, docs: Path):
    """Nothing there has a pseudonym to go by: to say that nothing is left would be untrue."""
    async with KnowledgeBase(settings_of(tmp_path, policy="off")) as kb:
        await kb.ingest([docs / "lease.md"])
        requests = await kb.subjects()
        [source] = {row.source_id for row in await kb.documents()}
        assert source in (await requests.find(NAME)).not_searched
        erasure = await requests.erase(NAME)
        assert source in erasure.not_searched
        receipt = erasure_as_json(erasure, signing_key(kb.settings))["receipt"]
        assert isinstance(receipt, dict)
        assert source in receipt["not_searched"]


async def test_where_all_is_redacted_all_is_searched(kb: KnowledgeBase):
    assert (await (await kb.subjects()).find(NAME)).not_searched == ()
