"""Personal data is looked for where it was to be taken out, and nowhere else."""

from dataclasses import replace

import pytest

from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind, SourceOptions
from folio.auditing import audit_index
from tests.contract.chunk_points import chunk
from tests.fakes.catalog import FakeCatalog
from tests.fakes.vector_index import FakeVectorIndex

PLAIN = Source("s1", SourceKind.FOLDER, "/plain")
OPEN = replace(PLAIN, source_id="s2", root="/open", options=SourceOptions(redaction="off"))
STRICT = replace(PLAIN, source_id="s3", root="/strict", options=SourceOptions(redaction="standard"))


async def exposed(
    sources: list[Source], *, policy: str = "standard", deleted: bool = False
) -> tuple[str, ...]:
    """Which of the documents `a` (s1), `b` (s2) and `c` (s3), each with an address, are complained of."""
    catalog, index = FakeCatalog(), FakeVectorIndex()
    state = DocumentState.DELETED if deleted else DocumentState.INDEXED
    for doc_id, source in zip("abc", (PLAIN, OPEN, STRICT), strict=True):
        await catalog.register(source)
        await catalog.save([DocumentRecord(doc_id, source.source_id, "default", "x.md", state)])
        await index.write([chunk(doc_id, "write to x@y.org", active=not deleted)])
    settings = Settings(_env_file=None, redaction={"policy": policy})
    found = await audit_index(settings, index, documents=catalog, sources=sources)
    assert found.chunk_count == 3
    return found.exposed_documents


@pytest.mark.parametrize("deleted", [False, True])
async def test_documents_of_a_source_that_is_not_redacted_may_hold_personal_data(deleted: bool) -> None:
    assert await exposed([PLAIN, OPEN, STRICT], deleted=deleted) == ("a", "c")


async def test_documents_of_a_source_that_is_redacted_may_not_though_the_settings_say_off() -> None:
    assert await exposed([PLAIN, OPEN, STRICT], policy="off") == ("c",)


async def test_nothing_is_looked_for_where_nothing_is_redacted() -> None:
    assert await exposed([PLAIN, OPEN], policy="off") == ()
