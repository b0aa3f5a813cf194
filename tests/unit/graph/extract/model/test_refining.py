"""A document refined chunk by chunk: what is asked, what is kept, and what stays as the rules have it."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from core.access import AccessLabel
from core.documents import Chunk
from core.errors import BudgetError, DependencyDownError, UnusableAnswerError
from core.graph import MENTIONED, DocumentEvidence, EntityKind, Evidence
from core.language_models import Completion, Finish
from generation.prompts.book import HeldPrompt, PromptBook
from graph.extract.model.answer import FoundEntity, FoundGraph
from graph.extract.model.reader import ModelReader
from graph.extract.model.refining import Allowance, is_refined, refine, rules_of
from tests.fakes.language_model import FakeLanguageModel
from tests.fakes.prompt_folder import write

TEXTS = ("Acme Corp is in Graz.", "Zeta GmbH is in Wien.", "Nobody is in Linz.")


def chunk(ordinal: int) -> Chunk:
    text, start = TEXTS[ordinal], ordinal * 100
    return Chunk(ordinal, text, start, start + len(text), "", None, 0, 300, f"Title\n{text}", 10)


CHUNKS = [chunk(ordinal) for ordinal in range(3)]
RULES = DocumentEvidence(
    "doc",
    4,
    AccessLabel(),
    "rules-1",
    tuple(
        Evidence(f"by rules {n}", MENTIONED, n, 100 * n, 100 * n + 4, name="X", kind=EntityKind.TOPIC)
        for n in range(3)
    ),
)
ANSWER = FoundGraph(entities=[FoundEntity(name=name, kind="place") for name in ("Graz", "Wien", "Linz")])


class Readings:
    """Implements KeptReadings in memory."""

    def __init__(self) -> None:
        self.answers: dict[str, str] = {}

    async def known(self, doc_id: str, keys: Collection[str]) -> dict[str, str]:
        return {key: self.answers[key] for key in keys if key in self.answers}

    async def keep(self, doc_id: str, *, tenant: str, answers: Mapping[str, str]) -> None:
        self.answers = dict(answers)


PROMPT = HeldPrompt(PromptBook().shelf.usual("graph_extraction"))


def reader(model: FakeLanguageModel) -> ModelReader:
    return ModelReader(model, "fake", "acme", PROMPT)


def subjects(evidence: DocumentEvidence) -> list[str]:
    return [row.subject for row in evidence.rows]


async def test_every_chunk_is_read_and_the_evidence_says_by_whom() -> None:
    model, readings = FakeLanguageModel([ANSWER]), Readings()
    outcome = await refine(RULES, CHUNKS, reader=reader(model), readings=readings, allowance=Allowance(None))
    assert subjects(outcome.evidence) == ["graz", "wien", "linz"]
    assert (outcome.asked_count, outcome.left_count, len(outcome.answers)) == (3, 0, 3)
    assert is_refined(outcome.evidence.extractor, reader(model).fingerprint)
    assert rules_of(outcome.evidence.extractor) == "rules-1"
    assert (outcome.evidence.doc_id, outcome.evidence.version) == ("doc", 4)
    assert {(one.tenant, one.prompt_version) for one in model.purposes} == {("acme", "graph_extraction/1")}
    assert all(prompt.temperature == 0 for prompt in model.prompts)


async def test_only_what_has_changed_is_asked_about_again() -> None:
    model, readings = FakeLanguageModel([ANSWER]), Readings()
    first = await refine(RULES, CHUNKS, reader=reader(model), readings=readings, allowance=Allowance(None))
    await readings.keep("doc", tenant="acme", answers=first.answers)
    edited = [*CHUNKS[:2], replace(CHUNKS[2], text="Linz is new.", embedding_text="Title\nLinz is new.")]
    again = await refine(RULES, edited, reader=reader(model), readings=readings, allowance=Allowance(None))
    assert (again.kept_count, again.asked_count, len(model.prompts)) == (2, 1, 4)
    assert subjects(again.evidence) == ["graz", "wien", "linz"]


async def test_an_answer_of_no_use_leaves_the_rules_and_is_not_asked_for_again() -> None:
    refusal = Completion("no", "m", "p", Finish.REFUSAL)
    model = FakeLanguageModel([UnusableAnswerError("odd"), refusal, ANSWER])
    outcome = await refine(
        RULES, CHUNKS, reader=reader(model), readings=Readings(), allowance=Allowance(None)
    )
    assert subjects(outcome.evidence) == ["by rules 0", "by rules 1", "linz"]
    assert (outcome.failed_count, outcome.left_count, outcome.is_over) == (2, 0, False)
    assert is_refined(outcome.evidence.extractor, reader(model).fingerprint)


async def test_where_nobody_answers_the_rest_is_left_for_another_time() -> None:
    for error in (DependencyDownError("down"), BudgetError("spent")):
        model = FakeLanguageModel([ANSWER, error])
        outcome = await refine(
            RULES, CHUNKS, reader=reader(model), readings=Readings(), allowance=Allowance(None)
        )
        assert subjects(outcome.evidence) == ["graz", "by rules 1", "by rules 2"]
        assert (outcome.asked_count, outcome.left_count, outcome.is_over, len(model.prompts)) == (
            1,
            2,
            True,
            2,
        )
        assert outcome.evidence.extractor == "rules-1"


async def test_no_more_is_asked_than_the_tokens_allow() -> None:
    model = FakeLanguageModel([ANSWER])
    each = sum(reader(model).tokens_of(CHUNKS[0]))
    outcome = await refine(
        RULES, CHUNKS, reader=reader(model), readings=Readings(), allowance=Allowance(each + 10)
    )
    assert (outcome.asked_count, outcome.left_count, outcome.is_over) == (1, 2, True)


async def test_a_kept_answer_that_is_none_any_more_is_asked_for_again() -> None:
    model, readings = FakeLanguageModel([ANSWER]), Readings()
    readings.answers = {reader(model).key(CHUNKS[0]): '{"entities": 3}'}
    outcome = await refine(
        RULES, CHUNKS[:1], reader=reader(model), readings=readings, allowance=Allowance(None)
    )
    assert (outcome.kept_count, outcome.asked_count) == (0, 1)


async def test_answers_under_one_prompt_are_not_taken_for_those_under_another(tmp_path: Path) -> None:
    """Another version, or other words of the same one: everything is asked about again."""
    text = "{% extends '_parts/base.j2' %}{% block user %}{{ passage | data }}{% endblock %}"
    readings, model = Readings(), FakeLanguageModel([ANSWER])
    first = await refine(RULES, CHUNKS, reader=reader(model), readings=readings, allowance=Allowance(None))
    await readings.keep("doc", tenant="acme", answers=first.answers)
    for label in ("graph_extraction/1", "graph_extraction/2"):
        write(tmp_path, label, text=text)
        prompt = HeldPrompt(PromptBook(tmp_path).shelf.versions("graph_extraction")[-1])
        other = ModelReader(model, "fake", "acme", prompt)
        assert not is_refined(first.evidence.extractor, other.fingerprint)
        again = await refine(RULES, CHUNKS, reader=other, readings=readings, allowance=Allowance(None))
        assert (again.kept_count, again.asked_count) == (0, 3), label
        assert model.purposes[-1].prompt_version == label
