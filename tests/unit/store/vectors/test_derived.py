"""Fields that follow from others, for points that were written before there were any."""

from pathlib import Path

from qdrant_client import models

from core.access import Principal
from core.config import load_settings
from core.filters import All, Equals
from retrieval.filters import visible_to
from store.vectors.connection import connect
from store.vectors.derived import FOLDERS, MODIFIED_YEAR, derived
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import DIMENSION, chunk

SEEN = visible_to(Principal())


def test_folders_are_those_around_a_document() -> None:
    assert derived("a/b/c.md", modified_s=0) == {FOLDERS: ["a", "a/b"], MODIFIED_YEAR: None}
    assert derived("c.md", modified_s=86_400)[FOLDERS] == []


def test_a_date_has_a_year_unless_no_calendar_has_it() -> None:
    assert derived("c.md", modified_s=1_767_225_600)[MODIFIED_YEAR] == 2026
    assert derived("c.md", modified_s=10**15)[MODIFIED_YEAR] is None


async def test_points_from_before_get_the_fields_and_keep_the_rest(tmp_path: Path) -> None:
    async with connect(load_settings(home=tmp_path)) as client:
        index = QdrantIndex(client, collection="folio", dimension=DIMENSION, batch_count=100)
        await index.prepare()
        points = [
            chunk(f"d{n}", path=f"f{n % 2}/d{n}.md", modified_s=1_767_225_600, active=True) for n in range(5)
        ]
        await index.write(points)
        before = await index.stored("d3")
        await client.delete_payload(index.collection, [FOLDERS, MODIFIED_YEAR], models.Filter(), wait=True)
        for field in (FOLDERS, MODIFIED_YEAR):
            await client.delete_payload_index(index.collection, field, wait=True)
        assert await index.count(Equals(FOLDERS, "f1")) == 0
        await index.prepare()
        assert await index.count(Equals(FOLDERS, "f1")) == 2
        assert await index.facet(MODIFIED_YEAR, visible=SEEN, narrowed=All(()), limit=5) == [(2026, 5)]
        assert await index.stored("d3") == before
