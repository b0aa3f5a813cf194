from pathlib import Path

import pytest

from core.config import RedactionSettings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.errors import NotFoundError
from core.pseudonyms import PseudonymKey
from folio.unindexed import all_documents, failed_targets
from ingest.veils import Veils
from tests.fakes.catalog import FakeCatalog

FOLDER = Source("s", SourceKind.FOLDER, "/docs")
CORPUS = Source("c", SourceKind.JSONL, "/docs/corpus.jsonl")


async def catalog_with(**states: str) -> FakeCatalog:
    catalog = FakeCatalog()
    for source in (FOLDER, CORPUS):
        await catalog.register(source)
    rows = [
        DocumentRecord(name, name[0], "default", f"sub/{name}.txt", DocumentState(state))
        for name, state in states.items()
    ]
    await catalog.save(rows)
    return catalog


async def covered(catalog: FakeCatalog, *paths: str) -> dict[str, tuple[str, ...] | None]:
    targets = await failed_targets(
        catalog, [FOLDER, CORPUS], tenants=["default"], paths=[Path(path) for path in paths]
    )
    return {target.source.source_id: target.only for target in targets}


async def test_without_a_path_everything_that_failed_is_covered_and_nothing_else() -> None:
    catalog = await catalog_with(s1="failed", s2="quarantined", s3="indexed", s4="deleted", c1="failed")
    assert await covered(catalog) == {"s": ("sub/s1.txt", "sub/s2.txt"), "c": ("sub/c1.txt",)}


@pytest.mark.parametrize("path", ["/docs/sub/s1.txt", "/docs/other/../sub/s1.txt"])
async def test_file_covers_itself(path: str) -> None:
    assert await covered(await catalog_with(s1="failed", s2="failed"), path) == {"s": ("sub/s1.txt",)}


async def test_folder_covers_what_is_below_it_and_corpus_its_lines() -> None:
    catalog = await catalog_with(s1="failed", c1="failed")
    assert await covered(catalog, "/docs/sub") == {"s": ("sub/s1.txt",)}
    assert await covered(catalog, "/docs/corpus.jsonl") == {"c": ("sub/c1.txt",)}


async def test_path_at_which_nothing_failed_is_an_error() -> None:
    with pytest.raises(NotFoundError, match=r"nothing failed or is in quarantine at /docs/sub/s3\.txt"):
        await covered(await catalog_with(s1="failed", s3="indexed"), "/docs/sub/s3.txt", "/docs/sub/s1.txt")


async def test_all_documents_are_read_page_by_page(monkeypatch) -> None:
    monkeypatch.setattr("folio.unindexed._PAGE_COUNT", 2)
    catalog = await catalog_with(s1="failed", s2="indexed", s3="failed", s4="failed", s5="failed")
    states = (DocumentState.FAILED,)
    found = [row.doc_id async for row in all_documents(catalog, "default", states=states)]
    assert found == ["s1", "s3", "s4", "s5"]


async def test_path_is_taken_as_it_is_on_disk_and_as_the_catalog_has_it() -> None:
    veils = Veils(RedactionSettings(), key=lambda tenant: PseudonymKey(b"key", tenant=tenant))
    veil = veils.of(FOLDER)
    assert veil
    path = veil.path("HR/CV Jane Smith.txt")
    catalog = await catalog_with()
    await catalog.save([DocumentRecord("s1", "s", "default", path, DocumentState.FAILED)])
    for named in ("/docs/HR/CV Jane Smith.txt", f"/docs/{path}", "/docs/HR"):
        [target] = await failed_targets(
            catalog, [FOLDER, CORPUS], tenants=["default"], paths=[Path(named)], veils=veils
        )
        assert target.only == (path,)
