"""The six assets, materialised in process with the real engine, models and stores."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from core.config import Settings, load_settings
from core.errors import DependencyDownError
from folio.knowledge_base import KnowledgeBase
from folio.orchestrator import ASSETS
from folio.syncing import register_folders
from ingest.plan import Progress
from pipelines.defs.corpus.assets import sync_corpus
from pipelines.defs.corpus.progress import ProgressLog, progress_line
from pipelines.defs.corpus.reachability import sources_reachable
from pipelines.defs.corpus.specs import SYNCED_TAG
from pipelines.resources import KnowledgeBaseResource
from pipelines.watching import SEEN_TAG

LEAVE = "# Leave policy\n\n## Annual leave\n\nEvery employee has 28 days of paid annual leave per year.\n"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text(LEAVE)
    (folder / "kitchen.txt").write_text("The dishwasher runs at noon. Please empty it when it beeps.")
    return folder


@pytest.fixture
def settings(home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of a Dagster process, with one registered folder."""
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    monkeypatch.setenv("FOLIO_DAGSTER__PLOT_RUN_COUNT", "0")
    settings = load_settings()
    asyncio.run(register_folders(settings, [docs]))
    return settings


Sync = Callable[..., dg.ExecuteInProcessResult]


@pytest.fixture
def sync(settings: Settings) -> Sync:
    def run(
        *, expect: bool = True, paths: list[Path] | None = None, allow_empty: bool = False
    ) -> dg.ExecuteInProcessResult:
        covered = {"paths": [str(path) for path in paths or []], "allow_empty": allow_empty}
        config = {"ops": {"sync_corpus": {"config": covered}}}
        result = dg.materialize(
            [sync_corpus, sources_reachable],
            resources={"knowledge_base": KnowledgeBaseResource()},
            run_config=config,
            raise_on_error=False,
        )
        assert result.success is expect
        return result

    return run


def materialisations(result: dg.ExecuteInProcessResult, *, of_run: bool) -> list[dg.AssetMaterialization]:
    """Those that stand for the whole run, or those that mark the partitions it covered."""
    events = [
        event.step_materialization_data.materialization for event in result.get_asset_materialization_events()
    ]
    return [event for event in events if (event.partition is None) is of_run]


def metadata(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, object]:
    (event,) = [
        event for event in materialisations(result, of_run=True) if event.asset_key == dg.AssetKey(asset)
    ]
    return {name: value.value for name, value in event.metadata.items()}


def counts(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    shown = metadata(result, "source_manifest")
    return {name: shown[name] for name in ("added", "modified", "deleted", "unchanged", "failed")}


def test_a_sync_materialises_every_asset_with_what_it_did(sync: Sync) -> None:
    result = sync()

    materialised = [event.asset_key.to_user_string() for event in materialisations(result, of_run=True)]
    assert materialised == list(ASSETS)
    assert counts(result) == {"added": 2, "modified": 0, "deleted": 0, "unchanged": 0, "failed": 0}
    index = metadata(result, "vector_index")
    assert index["points_total"] == metadata(result, "chunks")["chunks"] == index["points"]
    assert index["points_total"] >= 2
    assert index["pipeline_fingerprint"] == metadata(result, "source_manifest")["pipeline_fingerprint"]


def test_edits_and_deletions_are_told_apart(sync: Sync, settings: Settings, docs: Path) -> None:
    sync()
    (docs / "leave.md").write_text(LEAVE.replace("28 days", "30 days"))
    (docs / "kitchen.txt").unlink()
    result = sync()

    assert counts(result) == {"added": 0, "modified": 1, "deleted": 1, "unchanged": 0, "failed": 0}
    assert "30 days" in asyncio.run(answer(settings, "How many days of annual leave are there?"))


async def answer(settings: Settings, question: str) -> str:
    async with KnowledgeBase(settings) as kb:
        return (await kb.answer(question)).text


def test_a_bad_file_is_a_warning_and_stops_nothing(sync: Sync, docs: Path) -> None:
    (docs / "broken.pdf").write_bytes(b"%PDF-1.7 not really")
    result = sync()

    assert counts(result)["added"] == 2
    check = checks(result)["every_file_indexed"]
    assert (check.passed, check.severity, check.metadata["failed"].value) == (
        False,
        dg.AssetCheckSeverity.WARN,
        1,
    )
    assert "| broken.pdf |" in str(check.metadata["failed_files"].value)


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {check.check_name: check for check in result.get_asset_check_evaluations()}


def test_a_source_that_vanished_turns_the_run_red_and_keeps_its_documents_until_it_is_back(
    sync: Sync, settings: Settings, docs: Path
) -> None:
    sync()
    docs.rename(docs.with_name("unmounted"))
    result = sync(expect=False)

    check = checks(result)["sources_reachable"]
    assert (check.passed, check.severity, check.blocking) == (False, dg.AssetCheckSeverity.ERROR, True)
    assert check.metadata["unreachable"].value == 1
    assert SYNCED_TAG not in result.dagster_run.tags
    assert "28 days" in asyncio.run(answer(settings, "How many days of annual leave are there?"))

    docs.with_name("unmounted").rename(docs)
    back = sync()
    assert checks(back)["sources_reachable"].passed
    assert counts(back) == {"added": 0, "modified": 0, "deleted": 0, "unchanged": 2, "failed": 0}


def test_who_says_so_lets_a_source_lose_its_documents(sync: Sync, docs: Path) -> None:
    sync()
    docs.rename(docs.with_name("given up"))

    assert counts(sync(allow_empty=True))["deleted"] == 2


def test_only_the_paths_of_the_configuration_are_synced(sync: Sync, docs: Path) -> None:
    result = sync(paths=[docs / "leave.md"])

    assert counts(result)["added"] == 1
    assert SEEN_TAG not in result.dagster_run.tags


def test_a_missing_path_fails_the_run_and_is_named(sync: Sync) -> None:
    result = sync(expect=False, paths=[Path("/does/not/exist")])

    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "/does/not/exist" in str(failure.step_failure_data.user_failure_data.description)


class DownResource(KnowledgeBaseResource):
    """Its store does not answer."""

    def create(self) -> KnowledgeBase:
        raise DependencyDownError("the vector store at http://db:6333 does not answer")


def test_a_store_that_is_down_fails_the_run_and_is_named(settings: Settings) -> None:
    result = dg.materialize([sync_corpus], resources={"knowledge_base": DownResource()}, raise_on_error=False)

    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_failure_data.user_failure_data.description == (
        "the vector store at http://db:6333 does not answer"
    )


def progress(done: int, *, elapsed_s: float) -> Progress:
    return Progress(done, 10, chunk_count=done * 5, failed_count=1, elapsed_s=elapsed_s, current_path="a.md")


def test_progress_names_speed_and_time_left() -> None:
    line = progress_line(progress(4, elapsed_s=2.0))

    assert line == "4/10 files, 10 chunks/s, 1 failed, about 3 s left"


def test_progress_is_written_every_two_seconds_and_at_the_end() -> None:
    lines: list[str] = []
    log = ProgressLog(lines.append)
    for done, elapsed_s in [(1, 0.5), (2, 2.1), (3, 2.5), (4, 4.2), (10, 4.3)]:
        log(progress(done, elapsed_s=elapsed_s))

    assert [line.split()[0] for line in lines] == ["2/10", "4/10", "10/10"]
