"""Partitions: a source or a bucket of it, kept in step with the sources, each of which can be synced alone."""

import asyncio
from collections import Counter
from pathlib import Path

import dagster as dg
import pytest

from core import ids
from core.config import Settings, load_settings
from core.documents import Candidate, DocumentRecord, DocumentState, Source, SourceKind
from core.errors import NotFoundError
from folio.knowledge_base import KnowledgeBase
from folio.syncing import register_folders
from ingest.plan import Change, SyncPlan
from ingest.sources.targets import SyncTarget
from pipelines.definitions import build
from pipelines.defs.corpus.scope import work_by_partition
from pipelines.defs.corpus.specs import INDEX, NAMES
from pipelines.partitions import CORPUS_PARTITIONS, POOL, Part, follow_sources, part_of, parts

HANDBOOK = Source("1" * 16, SourceKind.FOLDER, "/srv/handbook", name="handbook")
WIKI = Source("2" * 16, SourceKind.FOLDER, "/srv/wiki")


def test_a_source_is_one_partition_named_like_it_or_like_its_folder() -> None:
    assert parts([HANDBOOK, WIKI], bucket_count=1) == {"handbook": Part(HANDBOOK), "wiki": Part(WIKI)}


def test_a_source_has_as_many_partitions_as_buckets() -> None:
    found = parts([HANDBOOK], bucket_count=12)

    assert list(found) == [f"handbook/{index:02}" for index in range(12)]
    assert found["handbook/07"] == Part(HANDBOOK, (7, 12))


def test_sources_with_one_name_are_told_apart() -> None:
    others = [Source(digit * 16, SourceKind.FOLDER, f"/{digit}/docs") for digit in "34"]

    assert list(parts(others, bucket_count=1)) == ["docs 33333333", "docs 44444444"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a...b", "a_b"),
        ("x,[y]", "x_y"),
        ("line\nbreak", "line_break"),
        ("Ü-1 @x.de", "Ü-1 @x.de"),
        ("///", "5" * 16),
    ],
)
def test_names_become_keys_that_dagster_takes(name: str, key: str) -> None:
    source = Source("5" * 16, SourceKind.REMOTE, "s3:///", name=name)
    (found,) = parts([source], bucket_count=1)

    assert found == key
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("corpus", [found])


def test_a_partition_that_is_gone_is_named_with_those_that_exist() -> None:
    with pytest.raises(NotFoundError, match="no partition 'old' any more; there are: handbook"):
        part_of("old", parts([HANDBOOK], bucket_count=1))


def test_partitions_come_and_go_with_their_sources(settings: Settings) -> None:
    name = CORPUS_PARTITIONS.name
    with dg.DagsterInstance.ephemeral() as instance:
        follow_sources(instance, [HANDBOOK, WIKI], settings=settings)
        assert list(instance.get_dynamic_partitions(name)) == ["handbook", "wiki"]
        bucketed = settings.model_copy(
            update={"dagster": settings.dagster.model_copy(update={"bucket_count": 2})}
        )
        follow_sources(instance, [WIKI], settings=bucketed)
        assert list(instance.get_dynamic_partitions(name)) == ["wiki/0", "wiki/1"]


@pytest.mark.parametrize(
    ("url", "slots"), [("http://qdrant:6333", 4), (None, 1)], ids=["server", "embedded, not served"]
)
def test_the_pool_is_as_large_as_the_settings_say_where_the_store_can_be_shared(
    home: Path, url: str | None, slots: int
) -> None:
    settings = load_settings(home=home, vectors={"url": url}, dagster={"parallel_syncs": 4})
    with dg.instance_for_test() as instance:
        follow_sources(instance, [], settings=settings)
        assert {pool.name: pool.limit for pool in instance.event_log_storage.get_pool_limits()} == {
            POOL: slots
        }


def change(source: Source, path: str) -> Change:
    return Change(source, Candidate(path, 1, 0))


def test_the_work_of_a_plan_is_divided_among_its_partitions() -> None:
    known = parts([HANDBOOK, WIKI], bucket_count=3)
    paths = [f"{number}.md" for number in range(9)]
    gone = DocumentRecord(
        ids.doc_id(HANDBOOK.source_id, "x"), HANDBOOK.source_id, "t", "x", DocumentState.INDEXED
    )
    plan = SyncPlan(
        (SyncTarget(HANDBOOK), SyncTarget(WIKI, only=("a/",))),
        {},
        added=tuple(change(HANDBOOK, path) for path in paths),
        modified=(change(WIKI, "a/b.md"),),
        deleted=(gone,),
    )
    work = work_by_partition(plan, known)

    assert list(work) == ["handbook/0", "handbook/1", "handbook/2"], "of the wiki, only a part was looked at"
    for path in paths:
        assert work[f"handbook/{int(ids.doc_id(HANDBOOK.source_id, path), 16) % 3}"]["added"]
    assert sum(work.values(), Counter()) == Counter(added=9, deleted=1)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    found = [tmp_path / "handbook", tmp_path / "wiki"]
    for folder in found:
        folder.mkdir()
        for number in range(4):
            (folder / f"{number}.txt").write_text(
                f"Note {number} of the {folder.name}: the door is locked at night."
            )
    return found


@pytest.fixture
def deployed(home: Path, folders: list[Path], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of a Dagster process, with two registered folders of two buckets each."""
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    monkeypatch.setenv("FOLIO_DAGSTER__PLOT_RUN_COUNT", "0")
    monkeypatch.setenv("FOLIO_DAGSTER__BUCKET_COUNT", "2")
    settings = load_settings()
    asyncio.run(register_folders(settings, folders))
    return settings


async def indexed_paths(settings: Settings, root: Path) -> set[str]:
    async with KnowledgeBase(settings) as kb:
        (source,) = [source for source in await kb.sources() if source.root == str(root)]
        return {row.path for row in await kb.documents() if row.source_id == source.source_id}


def in_bucket(settings: Settings, root: Path, index: int) -> set[str]:
    (source,) = [target.source for target in asyncio.run(register_folders(settings, [root]))]
    paths = {path.name for path in root.iterdir()}
    return {path for path in paths if int(ids.doc_id(source.source_id, path), 16) % 2 == index}


def test_one_bucket_is_materialised_alone_and_with_its_quick_checks(
    deployed: Settings, folders: list[Path]
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        follow_sources(instance, asyncio.run(sources_of(deployed)), settings=deployed)
        job = build(deployed).resolve_implicit_global_asset_job_def()
        result = job.execute_in_process(instance=instance, partition_key="handbook/1")
        filled = {name: instance.get_materialized_partitions(dg.AssetKey(name)) for name in NAMES}

    assert result.success
    assert filled == {name: {"handbook/1"} for name in NAMES}
    assert asyncio.run(indexed_paths(deployed, folders[0])) == in_bucket(deployed, folders[0], 1)
    assert asyncio.run(indexed_paths(deployed, folders[1])) == set()
    checks = {check.check_name for check in result.get_asset_check_evaluations()}
    assert {"counts_match", "left_out_rate"} <= checks
    assert "no_personal_data" not in checks


async def sources_of(settings: Settings) -> list[Source]:
    async with KnowledgeBase(settings) as kb:
        return await kb.sources()


def test_a_run_without_partition_covers_all_of_them_and_marks_what_it_filled(
    deployed: Settings, folders: list[Path]
) -> None:
    everything = {"handbook/0", "handbook/1", "wiki/0", "wiki/1"}
    with dg.DagsterInstance.ephemeral() as instance:
        job = build(deployed).resolve_job_def("sync_corpus_job")
        assert job.execute_in_process(instance=instance).success
        assert instance.get_materialized_partitions(dg.AssetKey(INDEX)) == everything
        (folders[1] / "0.txt").write_text("Edited: the door is open.")
        again = job.execute_in_process(instance=instance)

    marked = {event.partition for event in again.get_asset_materialization_events()} - {None}
    index = int("0.txt" not in in_bucket(deployed, folders[1], 0))
    assert marked == {f"wiki/{index}"}


def test_a_run_of_one_source_leaves_the_others(deployed: Settings, folders: list[Path]) -> None:
    config = {"ops": {"sync_corpus": {"config": {"sources": [str(folders[0])]}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        job = build(deployed).resolve_job_def("sync_corpus_job")
        assert job.execute_in_process(instance=instance, run_config=config).success

    assert len(asyncio.run(indexed_paths(deployed, folders[0]))) == 4
    assert asyncio.run(indexed_paths(deployed, folders[1])) == set()
