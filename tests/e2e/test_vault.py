"""Names from file to vault and back, with the real redaction and stores: restored with the scope, gone with the document."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from core.access import Principal
from core.config import Settings, load_settings
from core.errors import ForbiddenError
from core.pseudonyms import READ_SCOPE
from folio.knowledge_base import KnowledgeBase
from tests.e2e.test_receipt import files_with

LETTER = (
    "# Lease of the boathouse\n\nDear Margaret Holloway,\n\nthe boathouse was let to Margaret Holloway on 3 May. "
    "Write to margaret.holloway@example.com, or pay to DE89 3704 0044 0532 0130 00.\n"
)
READER = Principal(subject="jo", scopes=frozenset({READ_SCOPE}))


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home=home, ingest={"settle_s": 0})


async def rows(kb: KnowledgeBase) -> dict[str, int]:
    """How many rows the vault has."""
    async with (await kb._catalog())._database.reading() as connection:
        tables = ("vault_values", "vault_mentions", "vault_lists")
        return {
            name: (await connection.execute(sa.text(f"SELECT COUNT(*) FROM {name}"))).scalar_one()
            for name in tables
        }


async def test_names_are_kept_sealed_shown_to_who_may_and_gone_with_the_document(
    settings: Settings, home: Path
) -> None:
    async with KnowledgeBase(settings) as kb:
        record = await kb.upload("lease.md", LETTER.encode())
        found = await kb.search("boathouse lease")
        assert "Holloway" not in found.hits[0].text
        assert (await kb.text(record.doc_id)).count("PERSON_") >= 2
        # The upload is the original; nothing else on disk has the name, sealed values included.
        assert files_with(home, "Holloway") == ["uploads/lease.md"]

        with pytest.raises(ForbiddenError, match="pii:read"):
            await kb.restorer(Principal(subject="eve"))
        restorer = await kb.restorer(READER)
        restored = await restorer.result(found)
        assert "the boathouse was let to Margaret Holloway on 3 May" in restored.hits[0].text
        assert "DE89 3704 0044 0532 0130 00" in restored.hits[0].text
        assert (await restorer.text(await kb.text(record.doc_id), record=record)).text == LETTER
        answer = await kb.answer("To whom was the boathouse let?")
        assert "Holloway" not in answer.text
        assert "Margaret Holloway" in (await restorer.answer(answer)).text

        audit = (await kb._catalog()).audit
        entries = await audit.entries("default", limit=100)
        assert {(row.subject, row.action) for row in entries} == {("jo", "pii.restored")}
        assert len(entries) >= 3 + 3 + 1
        assert (await audit.verify()).problem is None
        assert all((await rows(kb)).values())

        await kb.delete(record.doc_id)
        signed = (await kb.receipt(record.doc_id)).receipt
        left = {reading.place: reading.remaining_count for reading in signed.readings}
        assert (signed.status, left["vault"]) == ("deleted", 0)
        assert await rows(kb) == {"vault_values": 0, "vault_mentions": 0, "vault_lists": 0}
    assert files_with(home, "Holloway") == []


async def test_anonymised_documents_leave_nothing_in_the_vault(home: Path) -> None:
    settings = load_settings(home=home, ingest={"settle_s": 0}, redaction={"policy": "anonymise"})
    async with KnowledgeBase(settings) as kb:
        record = await kb.upload("lease.md", LETTER.encode())
        assert "Holloway" not in await kb.text(record.doc_id)
        assert not any((await rows(kb)).values())
        restorer = await kb.restorer(READER)
        found = await kb.search("boathouse lease")
        assert await restorer.result(found) == found
        places = {reading.place for reading in (await kb.receipt(record.doc_id)).receipt.readings}
        assert "vault" not in places
