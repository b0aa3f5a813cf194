"""What Dagster is told of the graph: numbers, and no word of a document."""

from dataclasses import replace

from core.access import AccessLabel, Tier
from folio.graph_building import GraphBuildReport
from pipelines.defs.graph.metadata import class_table, evidence_metadata
from store.catalog.graph_census import GraphCensus
from tests.fakes.graph_communities import community_of


def test_predicates_that_are_words_of_documents_are_not_named() -> None:
    predicates = {"mentioned": 5, "occurs_with": 2, "salary of jane": 3, "|<b>": 1}
    census = GraphCensus(1, 11, 4, rows_by_predicate=predicates, by_kind={"person": 4})
    shown = evidence_metadata(census, GraphBuildReport(1, 11, 0, 0, 0, 0.5), seconds=1.0)
    table = str(shown["rows_by_predicate"].value)
    assert table.splitlines()[2:] == ["| mentioned | 5 |", "| other relations | 4 |", "| occurs with | 2 |"]
    assert shown["predicates"].value == 4
    assert "jane" not in str(shown)


def test_classes_are_told_apart_without_the_names_of_groups() -> None:
    secret = AccessLabel(tier=Tier.RESTRICTED, groups=frozenset({"merger-team"}))
    made = [
        community_of("doc"),
        community_of("doc", level=1),
        replace(community_of("doc", members=("a", "b", "c")), access=secret),
    ]
    assert class_table(made).splitlines()[2:] == [
        "| internal | 1 | 1 | 0 | 2 | 2 |",
        "| restricted, 1 group | 1 | 0 | 0 | 3 | 1 |",
    ]
