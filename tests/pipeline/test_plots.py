"""Pictures of the latest syncs: small PNGs inside Markdown, drawn now and then."""

import asyncio
import base64
import re
from pathlib import Path

import dagster as dg
import pytest

from core.config import DagsterSettings, load_settings
from folio.syncing import register_folders
from pipelines.defs.corpus.assets import sync_corpus
from pipelines.defs.corpus.picture import is_due
from pipelines.defs.corpus.plots import plots, seconds_table
from pipelines.defs.corpus.specs import INDEX, NAMES
from pipelines.defs.corpus.trend import PLOTS, RunPoint, Trend, trend_from, trend_of
from pipelines.resources import KnowledgeBaseResource

RUNS = [
    RunPoint(60.0 * number, dict.fromkeys(NAMES, 0.5 * number), {"indexed": 20 + number, "deleted": number})
    for number in range(40)
]


@pytest.mark.parametrize(
    ("runs", "chunk_counts"),
    [(RUNS, list(range(1, 300))), (RUNS[:1], [1]), ([RunPoint(0.0, {}, {})], [])],
    ids=["many", "one", "nothing known"],
)
def test_a_picture_is_a_small_png_inside_markdown(runs: list[RunPoint], chunk_counts: list[int]) -> None:
    markdown = plots(runs, chunk_counts)

    found = re.fullmatch(r"!\[the latest syncs\]\(data:image/png;base64,([A-Za-z0-9+/=]+)\)", markdown)
    assert found
    assert base64.b64decode(found[1]).startswith(b"\x89PNG\r\n\x1a\n")
    assert len(markdown) < 60_000


def test_without_matplotlib_there_is_a_table() -> None:
    table = seconds_table(RUNS[1:3])

    assert table.splitlines()[0] == "| run (UTC) | " + " | ".join(NAMES) + " |"
    assert table.splitlines()[2:] == [
        "| 00:01:00 | 0.50 | 0.50 | 0.50 | 0.50 | 0.50 | 0.50 |",
        "| 00:02:00 | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 | 1.00 |",
    ]


def json(value: object) -> dg.MetadataValue:
    return dg.MetadataValue.json(value)


def test_a_trend_has_the_latest_syncs_oldest_first_and_no_marks_of_partitions() -> None:
    sync = {"stage_seconds": json({"parsed": 1.0}), "documents_by_state": json({"indexed": 2})}
    rows = [
        (50.0, {"added": dg.MetadataValue.int(1)}),
        (40.0, sync),
        (30.0, {**sync, PLOTS: dg.MetadataValue.md("x")}),
        (20.0, {**sync, PLOTS: dg.MetadataValue.md("x")}),
    ]
    found = trend_from(rows, run_count=2)

    assert [run.ended_s for run in found.runs] == [30.0, 40.0]
    assert found.runs[0] == RunPoint(30.0, {"parsed": 1.0}, {"indexed": 2})
    assert found.plotted_s == 30.0


@pytest.mark.parametrize(("now_s", "due"), [(1299.0, False), (1300.0, True)])
def test_a_picture_is_drawn_when_the_last_one_is_old_enough(now_s: float, due: bool) -> None:
    assert is_due(Trend(plotted_s=1000.0), DagsterSettings(plot_interval_s=300), now_s=now_s) is due


def test_a_sync_carries_its_picture_and_the_next_one_waits(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    (tmp_path / "docs").mkdir()
    asyncio.run(register_folders(load_settings(), [tmp_path / "docs"]))
    resources = {"knowledge_base": KnowledgeBaseResource()}
    with dg.DagsterInstance.ephemeral() as instance:
        for _ in range(2):
            dg.materialize([sync_corpus], instance=instance, resources=resources)
        found = instance.fetch_materializations(dg.AssetKey(INDEX), limit=10).records
        syncs = [row.asset_materialization.metadata for row in found if row.partition_key is None]
        trend = trend_of(instance, run_count=20)

    assert [PLOTS in metadata for metadata in syncs] == [False, True]
    assert len(trend.runs) == 2
