"""What each materialisation of the graph shows: counts and ids, never names. Dagster keeps them for longer than documents live."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from core.access import AccessLabel
from core.graph import ALSO_KNOWN_AS, MENTIONED, OCCURS_WITH, TITLED, Community
from pipelines.defs.corpus.tables import markdown_table

if TYPE_CHECKING:
    from folio.graph_building import GraphBuildReport
    from folio.graph_resolving import ResolveReport
    from graph.refreshing import CommunityReport
    from store.catalog.graph_census import GraphCensus

Metadata = dict[str, dg.MetadataValue[Any]]

_SHOWN_CLASSES = 50
_OWN = (MENTIONED, TITLED, OCCURS_WITH, ALSO_KNOWN_AS)


def evidence_metadata(census: "GraphCensus", report: "GraphBuildReport", *, seconds: float) -> Metadata:
    """What the graph holds, and what was read now."""
    return {
        "documents": dg.MetadataValue.int(census.document_count),
        "entities": dg.MetadataValue.int(census.entity_count),
        "rows": dg.MetadataValue.int(census.row_count),
        "without_evidence": dg.MetadataValue.int(census.without_evidence_count),
        "documents_read": dg.MetadataValue.int(report.document_count),
        "documents_failed": dg.MetadataValue.int(report.failed_count),
        "documents_busy": dg.MetadataValue.int(report.busy_count),
        "seconds": dg.MetadataValue.float(round(seconds, 3)),
        "entities_by_kind": dg.MetadataValue.md(_counted("kind", "entities", census.by_kind)),
        "rows_by_predicate": dg.MetadataValue.md(
            _counted("predicate", "rows", _own_predicates(census.rows_by_predicate))
        ),
        "predicates": dg.MetadataValue.int(len(census.rows_by_predicate)),
    }


def merge_metadata(report: "ResolveReport", *, seconds: float) -> Metadata:
    """How many names were compared, and what came of it."""
    return {
        "entities": dg.MetadataValue.int(report.entity_count),
        "pairs_compared": dg.MetadataValue.int(report.pair_count),
        "merges": dg.MetadataValue.int(report.merge_count),
        "added": dg.MetadataValue.int(report.added_count),
        "removed": dg.MetadataValue.int(report.removed_count),
        "seconds": dg.MetadataValue.float(round(seconds, 3)),
    }


def community_metadata(
    report: "CommunityReport", communities: Sequence[Community], *, seconds: float, picture: str | None
) -> Metadata:
    """What there is now, and what of it is new."""
    shown: Metadata = {
        "communities": dg.MetadataValue.int(report.community_count),
        "classes": dg.MetadataValue.int(report.class_count),
        "classes_regrouped": dg.MetadataValue.int(report.regrouped_count),
        "summaries_written": dg.MetadataValue.int(report.written_count),
        "moved": dg.MetadataValue.int(report.moved_count),
        "removed": dg.MetadataValue.int(report.removed_count),
        "sentences": dg.MetadataValue.int(report.sentence_count),
        "position": dg.MetadataValue.int(report.position),
        "seconds": dg.MetadataValue.float(round(seconds, 3)),
        "by_class": dg.MetadataValue.md(class_table(communities)),
    }
    return shown | ({"plots": dg.MetadataValue.md(picture)} if picture else {})


def class_table(communities: Iterable[Community]) -> str:
    """A row for each access label: communities by level, members of the coarsest ones, sentences."""
    rows: dict[AccessLabel, Counter[str]] = {}
    for one in communities:
        row = rows.setdefault(one.access, Counter())
        row[f"level {one.level}"] += 1
        row["entities"] += len(one.members) if one.level == 0 else 0
        row["sentences"] += len(one.sentences)
    columns = ["level 0", "level 1", "level 2", "entities", "sentences"]
    ordered = sorted(rows, key=lambda label: (int(label.tier), len(label.groups), sorted(label.groups)))
    lines = [
        [_named(label), *(str(rows[label][column]) for column in columns)]
        for label in ordered[:_SHOWN_CLASSES]
    ]
    return markdown_table(["access", *columns], lines)


def _named(label: AccessLabel) -> str:
    """Tier, and how many groups: their names are the deployment's own business."""
    count = len(label.groups)
    groups = "1 group" if count == 1 else f"{count} groups"
    return f"{label.tier.label}, {groups}" if count else label.tier.label


def _own_predicates(counts: Mapping[str, int]) -> dict[str, int]:
    """The predicates that Folio names itself; the others are words of documents, such as a column's header, and become one."""
    own = {name: counts[name] for name in _OWN if name in counts}
    others = sum(counts.values()) - sum(own.values())
    return own | ({"other relations": others} if others else {})


def _counted(what: str, count: str, counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return markdown_table([what, count], [[name.replace("_", " "), str(number)] for name, number in ordered])
