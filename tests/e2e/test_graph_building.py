"""The graph of a knowledge base that was filled before there was one, with the real stores and rules."""

from pathlib import Path

from core.config import load_settings
from folio.knowledge_base import KnowledgeBase
from ingest.reconcile.findings import Problem

NOTE = "# Lease\n\nAcme Corporation opened an office in Hamburg. Acme Corporation pays Globex Limited.\n"


def settings(home: Path, **graph: object):
    return load_settings(home=home, redaction={"policy": "off"}, ingest={"settle_s": 0}, graph=graph)


async def test_the_graph_is_read_from_what_is_stored_and_goes_with_the_document(
    home: Path, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "lease.md").write_text(NOTE)
    async with KnowledgeBase(settings(home, enabled=False)) as kb:
        await kb.ingest([docs])
        assert (await kb.reconcile()).findings == ()
        assert (await kb.graph_status()).row_count == 0
    (docs / "lease.md").unlink()  # nothing is read from files
    async with KnowledgeBase(settings(home)) as kb:
        missing = (await kb.reconcile()).findings
        assert Problem.MISSING_EVIDENCE in {row.problem for row in missing}
        report = await kb.build_graph()
        assert (report.document_count, report.left_count, report.row_count > 2) == (1, 0, True)
        (record,) = await kb.documents()
        graph = {row.place: row.remaining_count for row in (await kb.receipt(record.doc_id)).receipt.readings}
        assert graph["graph"] == report.row_count
        await kb.ingest([docs], allow_empty=True)
        receipt = (await kb.receipt(record.doc_id)).receipt
        assert (receipt.status, receipt.remaining_count) == ("deleted", 0)
        assert (await kb.reconcile()).findings == ()
        assert (await kb.graph_status()).document_count == 0
