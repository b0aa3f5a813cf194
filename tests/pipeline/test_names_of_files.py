"""What Dagster keeps of changed files: cursors and run configurations have no name of a person."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from core.config import Settings, load_settings
from core.documents import Source
from folio.syncing import register_folders
from folio.veils import create_veils
from ingest.sources.targets import resolve_targets
from pipelines.ledger import Changes, Ledger
from pipelines.sensors import Pace, Watch
from pipelines.watching import SEEN_TAG, Lookout, look
from tests.fakes.clock import FakeClock

CV = "HR Maria Garcia/CV Jane Smith.md"
NAMES = ("jane", "smith", "garcia")


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home=home, redaction={"policy": "standard"}, dagster={"scan_interval_s": 1.0})


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "HR Maria Garcia").mkdir(parents=True)
    (folder / "a.md").write_text("# A")
    os.utime(folder / "a.md", ns=(1_000_000_000, 1_000_000_000))
    return folder


@pytest.fixture
def source(settings: Settings, docs: Path) -> Source:
    [target] = asyncio.run(register_folders(settings, [docs]))
    return target.source


@pytest.fixture
def watch() -> Iterator[tuple[Watch, FakeClock]]:
    clock = FakeClock()
    made = Watch(Pace(listen_s=0.0, grace_s=0.0), clock=clock)
    yield made, clock
    made.stop()


def named(text: object) -> list[str]:
    return [name for name in NAMES if name in str(text).lower()]


def ticked(
    watch: tuple[Watch, FakeClock],
    settings: Settings,
    source: Source,
    instance: dg.DagsterInstance,
    cursor: str | None,
) -> dg.SensorResult:
    watch[1].advance(1)
    found = watch[0].tick(instance, [source], settings=settings, cursor=cursor)
    assert isinstance(found, dg.SensorResult)
    return found


def test_cursor_and_run_configuration_are_veiled_and_name_the_file(
    watch: tuple[Watch, FakeClock], settings: Settings, docs: Path, source: Source
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        tags = {SEEN_TAG: look([source], settings=settings).digest}
        instance.add_run(
            dg.DagsterRun("sync_corpus_job", "0" * 32, status=dg.DagsterRunStatus.SUCCESS, tags=tags)
        )
        cursor = ticked(watch, settings, source, instance, None).cursor
        (docs / CV).write_text("words")
        found = ticked(watch, settings, source, instance, cursor)
    [request] = found.run_requests or []
    [path] = request.run_config["ops"]["sync_corpus"]["config"]["paths"]
    assert named([found.cursor, request.run_config, request.tags, request.run_key]) == []
    veil = create_veils(settings).of(source)
    assert veil
    assert path == f"{docs}/{veil.path(CV)}"
    [target] = resolve_targets([Path(path)], known=[source], tenant="default", as_jsonl=False)
    assert target.covers(veil.path(CV))


def test_cursor_of_an_older_folio_is_veiled_by_the_next_tick(
    watch: tuple[Watch, FakeClock], settings: Settings, docs: Path, source: Source
) -> None:
    (docs / CV).write_text("words")
    old = Ledger(owed=Changes(frozenset({(source.source_id, CV), ("gone", "x")}))).requested(now_s=0.0).dump()
    assert named(json.loads(old))
    with dg.DagsterInstance.ephemeral() as instance:
        assert named(ticked(watch, settings, source, instance, old).cursor) == []


def test_events_of_files_with_names_are_told_veiled(settings: Settings, docs: Path, source: Source) -> None:
    clock = FakeClock()
    lookout = Lookout(clock)
    try:
        lookout.changes([source], settings=settings)
        (docs / CV).write_text("words")
        clock.advance(2)
        changed = lookout.changes([source], settings=settings)
        (docs / CV).unlink()
        clock.advance(2)
        gone = lookout.changes([source], settings=settings)
    finally:
        lookout.stop()
    assert changed.paths == gone.paths != frozenset()
    assert named([changed, gone]) == []
