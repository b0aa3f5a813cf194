"""Personalised PageRank over readable rows."""

import random
from math import log2

import networkx as nx
import pytest

from core.graph import ALSO_KNOWN_AS, OCCURS_WITH, ChunkRef, DocumentEvidence, EntityKind
from core.graph_ports import Seeds
from graph.walk import WalkWeights, pagerank, ranking
from tests.unit.graph.documents import SECRET, named, related, says, seen, titled


def test_a_walk_goes_over_a_shared_entity_to_the_other_passage() -> None:
    visible = seen(
        says("d1", ("Acme", "acquired", "Beta")),
        says("d2", ("Beta", "based_in", "Geneva")),
        says("d3", rows=[named("Unrelated")]),
    )
    found = pagerank(visible, Seeds((("acme", 1.0),)), limit=10)

    assert [walked.chunk.doc_id for walked in found] == ["d1", "d2"]
    assert found[0].score > found[1].score > 0
    assert found[1].via[0] == "beta"


def test_scores_are_those_of_networkx() -> None:
    documents = _random_documents(random.Random(3), count=40)
    visible = seen(*documents)
    weights = WalkWeights(specificity=0.7, seed_specificity=0.0)
    seeds = Seeds((("alpha 1 x", 1.0), ("alpha 2 x", 3.0)), ((ChunkRef("d3", 1, 0), 1.0),))
    found = ranking(visible, seeds, limit=1000, damping=0.6, tolerance=1e-13, weights=weights)
    expected = nx.pagerank(
        _as_networkx(documents, weights),
        alpha=0.6,
        personalization={"alpha 1 x": 1.0, "alpha 2 x": 3.0, ("d3", 0): 1.0},
        tol=1e-14,
        max_iter=500,
    )

    scores: dict[object, float] = {
        (walked.chunk.doc_id, walked.chunk.ordinal): walked.score for walked in found.chunks
    }
    scores |= dict(found.entities)
    assert scores == pytest.approx({node: score for node, score in expected.items() if score > 1e-12})


def test_a_coarse_tolerance_finds_nearly_the_same_passages() -> None:
    visible = seen(*_random_documents(random.Random(5), count=200))
    seeds = Seeds((("alpha 1 x", 1.0),))
    fine, coarse = (pagerank(visible, seeds, limit=10, tolerance=each) for each in (1e-12, 1e-5))

    assert [walked.chunk for walked in fine[:3]] == [walked.chunk for walked in coarse[:3]]
    assert len({walked.chunk for walked in fine} & {walked.chunk for walked in coarse}) >= 9


def test_an_entity_that_is_named_everywhere_leads_nowhere() -> None:
    """Both passages share one name with the first: the rare name says more."""
    common = [says(f"c{number}", rows=[named("Everywhere")]) for number in range(30)]
    documents = [
        says("d1", rows=[named("Acme"), named("Everywhere"), named("Rare")]),
        says("d2", rows=[named("Rare")]),
        *common,
    ]
    found = pagerank(seen(*documents), Seeds((("acme", 1.0),)), limit=3)

    assert [walked.chunk.doc_id for walked in found[:2]] == ["d1", "d2"]
    assert found[1].score > 5 * found[2].score


def test_hidden_passages_are_neither_found_nor_counted() -> None:
    open_documents = [says("d1", ("Acme", "acquired", "Beta")), says("d2", rows=[named("Beta")])]
    hidden = [says(f"h{number}", ("Acme", "sued", "Beta"), access=SECRET) for number in range(20)]
    seeds = Seeds((("acme", 1.0),), ((ChunkRef("h1", 1, 0), 1.0),))

    assert pagerank(seen(*open_documents, *hidden), seeds, limit=50) == pagerank(
        seen(*open_documents), seeds, limit=50
    )


def test_names_of_one_thing_share_the_walk() -> None:
    documents = (
        says("d1", ("World Health Organization", "based_in", "Geneva")),
        says("d2", ("WHO", "led_by", "Jane Smith")),
    )
    apart = pagerank(seen(*documents), Seeds((("geneva", 1.0),)), limit=5)
    one = says("d3", ("World Health Organization", ALSO_KNOWN_AS, "WHO"))
    together = pagerank(seen(*documents, one), Seeds((("geneva", 1.0),)), limit=5)

    assert [walked.chunk.doc_id for walked in apart] == ["d1"]
    assert "d2" in [walked.chunk.doc_id for walked in together]


def test_values_lead_nowhere() -> None:
    value = named("5 May 2020", kind=EntityKind.VALUE)
    documents = [
        says(doc_id, rows=[named(name), value, related(name, "founded_on", "5 May 2020")])
        for doc_id, name in (("d1", "Acme"), ("d2", "Beta"))
    ]

    assert [w.chunk.doc_id for w in pagerank(seen(*documents), Seeds((("acme", 1.0),)), limit=5)] == ["d1"]


def test_a_title_leads_more_strongly_than_a_mention() -> None:
    documents = (says("d1", rows=[named("Acme")]), says("d2", rows=[titled("Acme"), named("Acme")]))
    found = pagerank(seen(*documents), Seeds((("acme", 1.0),)), limit=5)

    assert [walked.chunk.doc_id for walked in found] == ["d2", "d1"]


@pytest.mark.parametrize(
    "seeds",
    [
        Seeds(),
        Seeds((("nobody", 1.0),)),
        Seeds((("acme", 0.0),)),
        Seeds((("acme", -1.0),)),
        Seeds((), ((ChunkRef("d1", 9, 0), 1.0),)),
        Seeds((), ((ChunkRef("d9", 1, 0), 1.0),)),
        Seeds((), ((ChunkRef("d1", 1, 7), 1.0),)),
    ],
)
def test_a_walk_without_a_seed_that_counts_finds_nothing(seeds: Seeds) -> None:
    assert pagerank(seen(says("d1", rows=[named("Acme")])), seeds, limit=5) == []


def test_a_relation_of_a_thing_with_itself_is_no_way() -> None:
    found = pagerank(seen(says("d1", ("Acme", "owns", "Acme"))), Seeds((("acme", 1.0),)), limit=5)

    assert [walked.chunk.doc_id for walked in found] == ["d1"]


def test_a_walk_from_a_hub_finds_passages_though_each_gets_little() -> None:
    names = [f"n{number}" for number in range(3000)]
    rows = [named("Hub", place) for place in range(300)]
    rows += [row for name in names for row in (named(name), related("Hub", OCCURS_WITH, name))]
    found = pagerank(seen(says("d1", rows=rows)), Seeds((("hub", 1.0),)), limit=20, tolerance=0.01)

    assert len(found) == 20


def test_a_walk_leaves_nothing_behind_for_the_next() -> None:
    visible = seen(*_random_documents(random.Random(9), count=30))
    first, other = (Seeds(((f"alpha {number} x", 1.0),)) for number in (1, 2))
    alone = pagerank(visible, first, limit=50)
    pagerank(visible, other, limit=50)

    assert pagerank(visible, first, limit=50) == alone


def _random_documents(rng: random.Random, *, count: int) -> list[DocumentEvidence]:
    """Names that no rule joins: fixed words around a number."""
    documents = []
    for number in range(count):
        keys = sorted({f"alpha {int(20 * rng.random() ** 2)} x" for _ in range(3)})
        pairs = [(keys[0], rng.choice(["owns", OCCURS_WITH]), key, rng.random()) for key in keys[1:]]
        documents.append(says(f"d{number}", *pairs, rows=[named(keys[0], count=rng.randint(1, 4))]))
    return documents


def _as_networkx(documents: list[DocumentEvidence], weights: WalkWeights) -> nx.MultiDiGraph:
    counts: dict[str, int] = {}
    for document in documents:
        for row in document.rows:
            if row.is_entity:
                counts[row.subject] = counts.get(row.subject, 0) + 1
    graph = nx.MultiDiGraph()

    def join(one: object, other: object, weight: float) -> None:
        for begin, end in ((one, other), (other, one)):
            rarity = counts[end] ** -weights.specificity if isinstance(end, str) else 1.0
            graph.add_edge(begin, end, weight=weight * rarity)

    for document in documents:
        for row in document.rows:
            if row.is_entity:
                join(row.subject, (document.doc_id, 0), weights.mention * log2(1 + row.weight))
            else:
                kind = weights.occurs_with if row.predicate == OCCURS_WITH else weights.relation
                join(row.subject, row.object, kind * row.weight)
    return graph
