"""The automation conditions: the partitions of new sources, and nothing else."""

import dagster as dg

from core.config import Settings
from core.documents import Source, SourceKind
from pipelines.definitions import build
from pipelines.defs.corpus.specs import NAMES
from pipelines.partitions import follow_sources

HANDBOOK = Source("1" * 16, SourceKind.FOLDER, "/srv/handbook", name="handbook")
WIKI = Source("2" * 16, SourceKind.FOLDER, "/srv/wiki", name="wiki")


def requested(
    definitions: dg.Definitions, instance: dg.DagsterInstance, cursor: object
) -> tuple[set[str], object]:
    """The partitions that are asked for now; each for all six assets."""
    selection = dg.AssetSelection.assets(*NAMES)
    found = dg.evaluate_automation_conditions(definitions, instance, selection, cursor=cursor)
    by_asset = {name: found.get_requested_partitions(dg.AssetKey(name)) for name in NAMES}
    assert len({frozenset(keys) for keys in by_asset.values()}) == 1
    return set(by_asset[NAMES[0]]), found.cursor


def test_a_new_source_is_materialised_once_and_its_edits_are_left_to_the_sensor(settings: Settings) -> None:
    definitions = build(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        follow_sources(instance, [HANDBOOK], settings=settings)
        _, cursor = requested(definitions, instance, None)
        follow_sources(instance, [HANDBOOK, WIKI], settings=settings)
        new, cursor = requested(definitions, instance, cursor)
        for name in NAMES:
            instance.report_runless_asset_event(dg.AssetMaterialization(name, partition="wiki"))
        after, _ = requested(definitions, instance, cursor)

    assert "wiki" in new
    assert after == set()
