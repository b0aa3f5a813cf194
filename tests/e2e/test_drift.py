"""From questions to samples to a report to nothing: over a real knowledge base."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from core.config import Settings
from core.eval_runs import QUERY_DRIFT, EvalRun, EvalVerdict
from core.query_samples import without_samples
from core.search import SearchOptions, SearchWanted
from evals.drift.gathering import look, named
from evals.drift.verdicts import Outcome
from folio.compacting import end_records
from folio.knowledge_base import KnowledgeBase
from store.catalog.catalog import open_catalog
from tests.fakes.clock import FakeClock

EVER = datetime(2000, 1, 1, tzinfo=UTC)
NEVER = datetime(3000, 1, 1, tzinfo=UTC)


async def test_what_is_asked_is_sampled_compared_and_purged(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "leave.md").write_text("# Leave\n\nEvery employee has 30 days of paid leave a year.\n")
    (folder / "meals.md").write_text("# Meals\n\nThe canteen opens at noon and closes at two.\n")
    async with KnowledgeBase(settings) as kb:
        await kb.ingest([folder])
        with without_samples():
            await kb.search("an evaluation's question")
        await kb.search("paid leave")
        await kb.search_documents("the canteen")
        await kb.found_many([SearchWanted("opening hours", SearchOptions(group_size=2))])
        told = await kb.answer("How many days of paid leave are there?")
        async for _ in kb.stream_answer("Who won the cup in 1954?"):
            pass
        await kb.sampler.flush()
        with without_samples():
            vector = (await kb.search("paid leave")).vector
        assert vector is not None
        assert (await kb.titles_near(vector.values, model=vector.model, limit=1)) == ["Leave"]
        assert await kb.titles_near(vector.values, model="another") == []
    async with KnowledgeBase(settings) as kb:
        kb.asks_live = False
        await kb.search("an evaluation's question")
        await kb.sampler.flush()
    clock = FakeClock(datetime.now(UTC))
    async with open_catalog(settings, clock) as catalog:
        found = await catalog.query_samples.between("default", since=EVER, until=NEVER)
        assert (
            sorted((one.kind, one.refused) for one in found if one.kind == "search") == [("search", None)] * 3
        )
        refusals = [one.refused for one in found if one.kind == "answer"]
        assert refusals == [told.status == "refused", True]
        assert all(one.result_count and one.top_score and one.hit_age_days is not None for one in found)
        assert {one.model for one in found} == {vector.model}
        report = await look(
            catalog, "default", settings=settings.evals.drift, now=datetime.now(UTC) + timedelta(minutes=1)
        )
        assert (report.outcome, report.new.count) == (Outcome.TOO_FEW, 5)
        assert await named(report, settings) == report
        clock.advance(settings.evals.drift.retention_s - 3600)
        await end_records(settings, clock, catalog)
        assert len(await catalog.query_samples.between("default", since=EVER, until=NEVER)) == 5
        clock.advance(7200)
        await end_records(settings, clock, catalog)
        assert await catalog.query_samples.between("default", since=EVER, until=NEVER) == []


async def test_what_was_found_goes_with_the_samples_and_evaluations_later(settings: Settings) -> None:
    clock = FakeClock(datetime.now(UTC))
    drift = EvalRun("d1", "default", clock.now(), QUERY_DRIFT, "1", "", EvalVerdict.FAILED)
    evaluation = EvalRun("r1", "default", clock.now(), "leave", "v1", "s", EvalVerdict.PASSED)
    async with open_catalog(settings, clock) as catalog:
        for one in (drift, evaluation):
            await catalog.eval_runs.add(one)
        clock.advance(settings.evals.drift.retention_s - 3600)
        await end_records(settings, clock, catalog)
        assert await catalog.eval_runs.get("default", "d1") == drift
        clock.advance(7200)
        await end_records(settings, clock, catalog)
        assert await catalog.eval_runs.get("default", "d1") is None
        assert await catalog.eval_runs.get("default", "r1") == evaluation
        clock.advance(400 * 86_400.0)
        await end_records(settings, clock, catalog)
        assert await catalog.eval_runs.get("default", "r1") is None
