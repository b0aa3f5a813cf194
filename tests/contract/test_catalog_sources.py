"""Sources that are changed and removed, and documents by path, over SQLite, Postgres and the fake."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Protocol

import pytest

from core.access import Tier
from core.config import Settings, load_settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind, SourceOptions
from core.errors import InvalidInputError
from core.ports import DocumentCatalog, SourceCatalog
from store.catalog.catalog import open_catalog
from tests.contract.migrated import emptied
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock

OPTIONS = SourceOptions(
    include=("**/*.md",),
    exclude=(),
    max_file_bytes=1000,
    tier=Tier.CONFIDENTIAL,
    groups=frozenset({"hr", "board"}),
    language="de",
    chunking="sentence",
    redaction="off",
    schedule="0 3 * * *",
)
SOURCE = Source("s1", SourceKind.FOLDER, "/data/handbook", name="handbook")
REMOTE = Source("s2", SourceKind.REMOTE, "s3://bucket/folder", name="bucket", options=OPTIONS)


class Catalog(DocumentCatalog, SourceCatalog, Protocol):
    """Both ports."""


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def settings(request: pytest.FixtureRequest) -> Settings | None:
    """Of an empty catalog; None for the fake."""
    if request.param == "fake":
        return None
    if request.param == "sqlite":
        return load_settings(home=request.getfixturevalue("tmp_path"))
    url = request.getfixturevalue("postgres_url")
    emptied(url)
    return load_settings(catalog={"url": url})


@pytest.fixture
async def catalog(settings: Settings | None) -> AsyncIterator[Catalog]:
    if settings is None:
        yield FakeCatalog()
        return
    async with open_catalog(settings, FakeClock()) as opened:
        yield opened


def document(path: str, *, source_id: str = "s1", **fields: object) -> DocumentRecord:
    made = DocumentRecord(f"{source_id}:{path}", source_id, "default", path, DocumentState.INDEXED)
    return replace(made, **fields)


async def test_update_adds_a_new_source_with_all_its_options(catalog: Catalog) -> None:
    await catalog.update(REMOTE)
    assert await catalog.sources("default") == [REMOTE]


async def test_update_replaces_what_is_said_of_a_source(catalog: Catalog) -> None:
    await catalog.register(SOURCE)
    changed = replace(SOURCE, name="rules", options=OPTIONS)
    await catalog.update(changed)
    assert await catalog.sources("default") == [changed]
    await catalog.update(SOURCE)
    assert await catalog.sources("default") == [SOURCE]


async def test_register_leaves_a_known_source_as_it_is(catalog: Catalog) -> None:
    await catalog.update(replace(SOURCE, options=OPTIONS))
    await catalog.register(SOURCE)
    assert (await catalog.sources("default"))[0].options == OPTIONS


async def test_a_source_does_not_change_hands(catalog: Catalog) -> None:
    await catalog.update(SOURCE)
    with pytest.raises(InvalidInputError, match="tenant"):
        await catalog.update(replace(SOURCE, tenant="acme"))
    assert (await catalog.sources("default"), await catalog.sources("acme")) == ([SOURCE], [])


async def test_a_removed_source_is_gone_and_another_stays(catalog: Catalog) -> None:
    await catalog.update(SOURCE)
    await catalog.update(REMOTE)
    await catalog.remove("s1")
    await catalog.remove("unknown")
    assert await catalog.sources("default") == [REMOTE]


async def test_a_source_with_documents_stays(catalog: Catalog) -> None:
    await catalog.update(SOURCE)
    await catalog.save([document("a.md"), document("b.md", state=DocumentState.DELETED)])
    with pytest.raises(InvalidInputError, match="documents"):
        await catalog.remove("s1")
    assert await catalog.sources("default") == [SOURCE]


@pytest.mark.parametrize("again", ["register", "update"])
async def test_records_of_deleted_documents_outlive_their_source_which_may_come_back(
    catalog: Catalog, again: str
) -> None:
    await catalog.update(replace(SOURCE, options=OPTIONS))
    await catalog.save([document("a.md", state=DocumentState.DELETED)])
    await catalog.remove("s1")
    assert await catalog.sources("default") == []
    assert await catalog.get("s1:a.md") is not None

    await getattr(catalog, again)(SOURCE)
    assert await catalog.sources("default") == [SOURCE]


async def test_documents_by_path_are_those_that_are_asked_for(catalog: Catalog) -> None:
    await catalog.register(SOURCE)
    await catalog.register(REMOTE)
    names = ("a.md", "b.md", "sub/a.md", "sub/deep/c.md", "Sub/d.md", "sub%/e.md", "subs/f.md", "ü/g.md")
    await catalog.save([document(name) for name in names])
    await catalog.save([document("a.md", source_id="s2")])

    async def found(*paths: str) -> list[str]:
        records = await catalog.at_paths("s1", paths)
        assert all(record.path == path and record.source_id == "s1" for path, record in records.items())
        return sorted(records)

    assert await found() == []
    assert await found("a.md", "missing.md", "sub") == ["a.md"]
    assert await found("sub/") == ["sub/a.md", "sub/deep/c.md"]
    assert await found("sub%/", "ü/") == ["sub%/e.md", "ü/g.md"]
    assert await found("sub/deep/", "sub/", "sub/a.md", "b.md") == ["b.md", "sub/a.md", "sub/deep/c.md"]


async def test_documents_by_path_leave_out_what_a_sync_has_deleted(catalog: Catalog) -> None:
    await catalog.register(SOURCE)
    gone = document("gone.md", state=DocumentState.DELETED)
    removed = document("removed.md", state=DocumentState.DELETED, reason="on request", content_hash="c0ffee")
    await catalog.save([gone, removed])
    assert list(await catalog.at_paths("s1", ["gone.md", "removed.md"])) == ["removed.md"]


async def test_thousands_of_paths_can_be_asked_for_at_once(catalog: Catalog) -> None:
    await catalog.register(SOURCE)
    names = [f"{number:04}/{number}.md" for number in range(1200)]
    await catalog.save([document(name) for name in names])
    asked = [*names[:1100], *(f"{number:04}/" for number in range(1000, 1200))]
    assert sorted(await catalog.at_paths("s1", asked)) == names
