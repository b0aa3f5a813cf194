"""Parts of stages that need no knowledge base: who asks, what is stale, what a ratio of times is."""

import pytest

from core.access import Tier
from evals.scorecard.stages.access import strangers
from evals.scorecard.stages.freshness import Change, planned
from evals.scorecard.stages.latency import HashedEmbedder, figures_of, in_turn, vector_of
from evals.scorecard.stages.retrieval import best_documents


def test_strangers_are_the_same_every_time_and_of_every_kind() -> None:
    found = strangers(["people-team"], count=40, seed=1)
    assert found == strangers(["people-team"], count=40, seed=1)
    assert {one.clearance for one in found} == set(Tier)
    assert {one.tenant for one in found} == {"default", "another-tenant"}
    assert {"people-team"} <= {group for one in found for group in one.groups}


def test_old_words_of_an_edited_file_are_stale_and_those_of_others_are_not() -> None:
    change = Change("edit", "crane")
    assert change.is_stale(change.text("amber"), ["crane/notes.md"])
    assert not change.is_stale(change.text("cobalt"), ["crane/notes.md"])
    assert not change.is_stale(Change("edit", "pump").text("amber"), ["pump/notes.md"])


def test_a_renamed_file_is_stale_under_its_old_path_only() -> None:
    change = Change("rename", "crane")
    assert change.is_stale("", ["crane/notes.md"])
    assert not change.is_stale(change.text("amber"), ["crane/renamed.md"])


def test_every_kind_of_change_happens_to_machines_of_its_own() -> None:
    changes = planned(6)
    assert len({one.machine for one in changes}) == len(changes) == 24
    assert {one.kind for one in changes} == {"edit", "delete", "rename", "restrict"}


def test_a_ratio_is_that_of_the_fastest_rounds() -> None:
    # Fastest of ours 2 and 4 (median 3), of the reference 1 and 2 (median 1.5); the slow rounds were somebody else's.
    figures = figures_of([[2.0, 90.0], [70.0, 4.0]], [[1.0, 50.0], [2.0, 2.0]])
    assert figures["slowdown"] == pytest.approx(2.0)
    assert figures["p95_ms"] == 90.0


async def test_systems_answer_each_question_in_turn() -> None:
    asked: list[str] = []

    async def one(question: str) -> None:
        asked.append(f"one {question}")

    async def other(question: str) -> None:
        asked.append(f"other {question}")

    times = await in_turn({"one": one, "other": other}, ["a", "b"], rounds=2)
    assert asked == ["one a", "other a", "one b", "other b"] * 2
    assert [len(rounds) for rounds in times["one"]] == [2, 2]


async def test_vectors_without_a_model_are_of_unit_length_and_of_the_text_alone() -> None:
    (first, second) = await HashedEmbedder().embed_passages(["a", "b"])
    assert first == await HashedEmbedder().embed_query("a")
    assert first != second
    assert float(vector_of("a") @ vector_of("a")) == pytest.approx(1.0, abs=1e-5)


def test_a_document_is_ranked_by_its_best_chunk() -> None:
    assert best_documents(["b", "a", "b", "c", "a"]) == ["b", "a", "c"]
