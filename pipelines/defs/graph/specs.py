"""The assets of the graph as lineage: what each one is and what it is made of."""

import dagster as dg

from pipelines.defs.corpus.specs import INDEX, OWNERS

GROUP = "graph"
EVIDENCE = "graph_evidence"
MERGES = "graph_merges"
COMMUNITIES = "graph_communities"

DESCRIPTIONS = {
    EVIDENCE: (
        "What documents say of entities: rows that cite the sentence. Syncs write them; here, documents are read that were "
        "indexed without the graph, or by other rules."
    ),
    MERGES: "Names of different spelling that mean one thing, found by their meaning. What follows from the letters needs no asset.",
    COMMUNITIES: (
        "Entities that hold together, for each access label by itself, coarse to fine, with summaries in the documents' own words."
    ),
}
KINDS = {EVIDENCE: {"python", "spacy"}, MERGES: {"python", "onnx"}, COMMUNITIES: {"python", "networkx"}}
_DEPS = {EVIDENCE: [INDEX], MERGES: [EVIDENCE], COMMUNITIES: [EVIDENCE, MERGES]}


def graph_spec(name: str) -> dg.AssetSpec:
    """The spec of one of them. Skippable: where the graph is not enabled, nothing is made.

    The condition does nothing while its sensor is off.
    """
    return dg.AssetSpec(
        name,
        deps=_DEPS[name],
        group_name=GROUP,
        kinds=KINDS[name],
        owners=OWNERS,
        description=DESCRIPTIONS[name],
        skippable=True,
        automation_condition=dg.AutomationCondition.eager(),
    )
