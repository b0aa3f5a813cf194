"""A change of chunking or model over the real stores: held back, measured on a sample, refused or let through."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from core.audit import EVERYTHING
from core.clock import SystemClock
from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.eval_runs import EvalRun, EvalVerdict
from core.eval_subjects import SubjectPart
from evals.datasets.model import EvalSet
from evals.running.evaluating import Evaluated, Options, evaluate
from evals.running.opened import EvaluatedKnowledgeBase
from folio.prompt_releasing import open_prompt_desk
from folio.rebuilding import RebuildOptions
from folio.release_gate import FORCED
from folio.release_subjects import wanted_subject
from store.catalog.catalog import open_catalog
from tests.fakes.embedding_server import EmbeddingServer
from tests.fakes.prompt_folder import released
from tests.fakes.release_corpus import golden_set, write_corpus
from tests.fakes.served_app import served

_SEARCH_ONLY = Options(candidate=True, search_only=True)


class World:
    """A base that was measured once, and the folder that it watches."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.docs = folder, folder / "docs"
        self.questions: EvalSet

    def settings(self, **changes: object) -> Settings:
        dense_only = {"fusion": "convex", "dense_weight": 1.0}
        return load_settings(
            home=self.folder / "home",
            redaction={"policy": "off"},
            ingest={"settle_s": 0},
            retrieval=dense_only,
            evals={"gate": {"mode": "block", "sets": ["pumps"]}},
            **changes,
        )

    @asynccontextmanager
    async def base(self, **changes: object) -> AsyncIterator[EvaluatedKnowledgeBase]:
        async with EvaluatedKnowledgeBase(self.settings(**changes)) as kb:
            yield kb

    async def fill(self) -> None:
        write_corpus(self.docs)
        async with self.base() as kb:
            report = await kb.ingest([self.docs])
            assert report.added == 6, "the gate stops no new document"
            self.questions = golden_set((await kb.sources())[0].source_id)
            measured = await evaluate(kb, self.questions, Options(search_only=True))
            assert measured.verdict is EvalVerdict.MEASURED

    async def tried(self, options: Options = _SEARCH_ONLY, **changes: object) -> Evaluated:
        async with self.base(**changes) as kb:
            return await evaluate(kb, self.questions, options)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("releases"))
    asyncio.run(world.fill())
    return world


@pytest.fixture
def world(filled: World, tmp_path: Path) -> World:
    """The same base in a home of the test's own; its files stay where they are, and nobody changes them."""
    shutil.copytree(filled.folder / "home", tmp_path / "home")
    copied = World(tmp_path)
    copied.docs, copied.questions = filled.docs, filled.questions
    return copied


WORSE = {"child_tokens": 32}
EQUAL = {"child_tokens": 210}


async def test_a_worse_chunker_is_held_back_and_refused_with_its_cause(world: World) -> None:
    async with world.base(chunks=WORSE) as kb:
        plan = await kb.plan([world.docs])
        assert (len(plan.held), plan.modified, plan.unchanged_count) == (6, (), 6)
        found = await evaluate(kb, world.questions, _SEARCH_ONLY)
        assert found.verdict is EvalVerdict.FAILED
        assert found.comparison.causes[0].startswith("chunking")
        assert any("index.chunker" in cause for cause in found.comparison.causes)
        report = await kb.ingest([world.docs])
        assert (report.modified, report.unchanged) == (0, 6)
        assert (await kb.reconcile()).findings == (), (
            "what is held back waits for nothing that a sync could do"
        )


async def test_an_equal_chunker_goes_live_once_it_has_passed(world: World) -> None:
    async with world.base(chunks=EQUAL) as kb:
        assert (await kb.ingest([world.docs])).modified == 0
        assert (await evaluate(kb, world.questions, _SEARCH_ONLY)).verdict is EvalVerdict.PASSED
        assert (await kb.ingest([world.docs])).modified == 6
        assert (await kb.plan([world.docs])).held == ()


async def test_new_and_edited_files_are_indexed_while_others_are_held_back(
    world: World, tmp_path: Path
) -> None:
    docs = tmp_path / "edited"
    write_corpus(docs)
    async with world.base() as kb:
        await kb.ingest([docs])
    (docs / "note-00.md").write_text("# Changed\n\nThe Aurora pump was sold.\n", encoding="utf-8")
    (docs / "new.md").write_text("# New\n\nThe Ghost pump was bought.\n", encoding="utf-8")
    (docs / "note-05.md").unlink()
    async with world.base(chunks=EQUAL) as kb:
        report = await kb.ingest([docs])
        assert (report.added, report.modified, report.deleted, report.unchanged) == (1, 1, 1, 4)
        assert "sold" in (await kb.search("Was the Aurora pump sold?")).hits[0].text


async def test_a_live_run_over_a_half_changed_index_releases_nothing(world: World, tmp_path: Path) -> None:
    async with world.base(chunks=EQUAL) as kb:
        extra = tmp_path / "extra.md"
        extra.write_text("# New\n\nThe Ghost pump was bought.\n", encoding="utf-8")
        await kb.ingest([extra])
        live, wanted = await kb.live_subject(), await kb.wanted_subject()
        assert "index.mixed" in live.values
        assert live.of(SubjectPart.INDEX) != wanted.of(SubjectPart.INDEX)


@pytest.mark.slow
async def test_a_noise_model_is_refused_before_anything_is_built(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folio.rebuilding._NOTICED_S", 0.0)
    with served(EmbeddingServer(8).app) as url:
        noise = {"provider": "openai", "model": "noise", "base_url": f"{url}/v1", "dimension": 8}
        changes = {"embedding": noise, "vectors": {"recall_sample_count": 0}}
        async with world.base(**changes) as kb:
            with pytest.raises(InvalidInputError, match=r"not measured.*folio eval run pumps --candidate"):
                await kb.rebuild()
            found = await evaluate(kb, world.questions, _SEARCH_ONLY)
            assert found.verdict is EvalVerdict.FAILED
            assert any("index.embedder" in cause for cause in found.comparison.causes)
            with pytest.raises(InvalidInputError, match="pumps: failed"):
                await kb.rebuild()
            assert kb.rebuild_pending
            assert (await kb.rebuild(options=RebuildOptions(force=True))).switched
            entries = await (await kb.keeper()).audit.entries("default", wanted=EVERYTHING, limit=10)
            assert [entry.action for entry in entries].count(FORCED) == 1


@pytest.mark.slow
async def test_temporary_stores_are_removed_though_the_evaluation_breaks_off(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def broken(done: int, total: int) -> None:
        raise RuntimeError(f"{done} of {total}")

    async with world.base() as kb:
        with pytest.raises(RuntimeError):
            await evaluate(kb, world.questions, _SEARCH_ONLY, on_case=broken)
        assert len(await (await kb.kept_runs()).latest("default")) == 1, "only that of before"
    left = await asyncio.to_thread(lambda: list(tmp_path.glob("folio-eval-*")))
    assert left == []


async def test_a_prompt_goes_to_everybody_only_after_an_evaluation_of_this_version(
    tmp_path: Path,
) -> None:
    released(tmp_path / "prompts", 1, 2)
    gate = {"mode": "block", "sets": ["pumps"]}
    prompts = {"folder": tmp_path / "prompts"}
    settings = load_settings(home=tmp_path / "home", prompts=prompts, evals={"gate": gate})
    async with open_prompt_desk(settings) as desk:
        await desk.candidate("greet", 1, share=0.2)
        with pytest.raises(InvalidInputError, match=r"folio eval run pumps --candidate --prompt greet=1"):
            await desk.promote("greet")
        await keep(settings, {"greet": 2})
        with pytest.raises(InvalidInputError, match="not measured"):
            await desk.promote("greet")
        await keep(settings, {"greet": 1})
        assert (await desk.promote("greet")).current == 1
        assert (await desk.rollback("greet")).current == 2


async def keep(settings: Settings, versions: dict[str, int]) -> None:
    """A passed evaluation of these versions."""
    clock = SystemClock()
    async with open_catalog(settings, clock) as catalog:
        subject = await wanted_subject(settings, catalog.prompt_releases, versions=versions)
        run_id, passed = str(versions), EvalVerdict.PASSED
        run = EvalRun(run_id, "default", clock.now(), "pumps", "v1", subject.fingerprint, passed)
        await catalog.eval_runs.add(run)


@pytest.mark.slow
async def test_answers_of_cut_sentences_are_worse_and_the_cutting_is_blamed(world: World) -> None:
    found = await world.tried(Options(candidate=True), chunks=WORSE)
    assert found.verdict is EvalVerdict.FAILED
    assert found.comparison.causes[0].startswith("chunking")
    assert any("gold quoted" in one for one in found.comparison.failures)
    released = found.subject.fingerprint
    assert released.split("-")[2] != "none"
