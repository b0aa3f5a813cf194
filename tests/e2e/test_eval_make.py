"""Golden sets from a small knowledge base, through the commands that a user types."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from core.config import Settings, load_settings
from core.errors import FolioError, InvalidInputError, NotFoundError
from core.eval_cases import EvalCase as SaidCase
from core.eval_cases import as_line
from core.reviews import ReviewState
from evals.datasets.checks import problems
from evals.datasets.folder import read_eval_set, write_eval_set
from evals.datasets.model import EvalCase, EvalSet
from evals.making.store import SetStore
from folio import KnowledgeBase
from folio.cli.main import app
from folio.feedback import Opinion
from folio.reviewing import Verdict as DeskVerdict

pytestmark = pytest.mark.slow

MANUAL = """# Pump manual

## Care of the pump

Good care is worth the time that it takes. The inner pump must be cleaned every 6 months. The new filter costs £85.

## Faults

| Code | Cause | Spare part |
|---|---|---|
| E03 | broken cable | cable 200-3305 |
| E07 | dirt on the sensor | sensor 200-2204 |
"""
LEAVE = """# Leave policy

## Annual leave

Every employee receives 28 days of paid annual leave. Unused days expire on 31 March 2026.

## Sick leave

The first certificate is needed after 3 days. The people team keeps all certificates for 10 years.
"""
BANDS = """# Salary bands

| Band | Minimum salary |
|---|---|
| Band one | 24800 |
| Band two | 29500 |
"""


class World:
    """A knowledge base with three documents, one of them restricted, and the program over it."""

    def __init__(self, folder: Path) -> None:
        self.home, self.files = folder / "home", folder / "files"
        self.files.mkdir()
        (self.files / "manual.md").write_text(MANUAL)
        (self.files / "leave.md").write_text(LEAVE)
        (self.files / "bands.md").write_text(BANDS)
        (self.files / ".folio.yaml").write_text(
            "rules:\n  - match: bands.md\n    tier: restricted\n    groups: [people]\n"
        )
        self.ingest()

    def settings(self) -> Settings:
        return load_settings(home=self.home, redaction={"policy": "off"}, ingest={"settle_s": 0})

    def ingest(self) -> None:
        async def run() -> None:
            async with KnowledgeBase(self.settings()) as kb:
                await kb.ingest([self.files])

        asyncio.run(run())

    def __call__(self, *arguments: str, keys: str = "") -> Result:
        environment = {"FOLIO_HOME": str(self.home), "FOLIO_REDACTION__POLICY": "off"}
        return CliRunner().invoke(app, ["eval", *arguments], env=environment, input=keys)

    def json(self, *arguments: str) -> dict:
        done = self(*arguments, "--json")
        assert done.exit_code == 0, done.exception
        return json.loads(done.stdout)

    def read(self, name: str = "own") -> EvalSet:
        return read_eval_set(self.home / "evals" / "sets" / name)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = World(tmp_path_factory.mktemp("made"))
    assert made("make", "own", "--count", "20").exit_code == 0
    return made


def failure(result: Result) -> FolioError:
    assert isinstance(result.exception, FolioError)
    return result.exception


def test_the_set_asks_about_sentences_cells_and_what_nothing_answers(world: World) -> None:
    found = {case.question: case for case in world.read().cases}

    assert found["How often must the inner pump be cleaned?"].answers == ("every 6 months",)
    assert "dirt on the sensor" in {answer for case in found.values() for answer in case.answers}
    empty = [case for case in found.values() if case.origin == "unanswerable"]
    assert empty
    assert not any(case.grades or case.spans or case.answers for case in empty)


def test_restricted_documents_are_asked_about_by_those_who_may_and_may_not(world: World) -> None:
    cases = world.read().cases
    may = [case for case in cases if "access:may" in case.tags]
    may_not = [case for case in cases if "access:may-not" in case.tags]

    assert {case.reader.groups for case in may if case.reader} == {("people",)}
    assert {case.question for case in may_not} <= {case.question for case in may}
    assert not any(case.answerable for case in may_not)


def test_nothing_is_wrong_with_it(world: World) -> None:
    async def texts() -> tuple[dict, dict]:
        async with KnowledgeBase(world.settings()) as kb:
            records = await kb.documents()
            return {one.doc_id: await kb.text(one.doc_id) for one in records}, {
                one.doc_id: one.access for one in records
            }

    read, labels = asyncio.run(texts())

    assert problems(world.read(), texts=read, labels=labels) == []


def test_making_it_again_changes_nothing(world: World) -> None:
    before = world.read()

    report = world.json("make", "own", "--count", "20")

    assert (report["added"], world.read()) == (0, before)


def test_lists_and_shows(world: World) -> None:
    (row,) = [one for one in world.json("list")["sets"] if one["name"] == "own"]
    shown = world.json("show", "own", "--tag", "kind:cell")

    assert (row["cases"], row["version"]) == (len(world.read().cases), world.read().version)
    assert {case["origin"] for case in shown["cases"]} == {"table", "access"}
    assert ">>" in world("show", "own", "--full").stdout


def test_verdicts_are_kept_over_a_new_version_of_the_documents(world: World) -> None:
    assert world("make", "kept", "--count", "20").exit_code == 0
    store = SetStore(world.home / "evals" / "sets" / "kept")
    mine = EvalCase("mine", "Who cleans it?", grades={"no such document": 1})
    write_eval_set(EvalSet("kept", "", store.read().corpus, (mine, *store.read().cases)), store.folder)

    done = world("check", "kept", keys="s\n" + "a\n" * (len(store.read().cases) - 2) + "r\n")
    rejected = store.rejected()[0].case_id
    accepted = {case.case_id for case in store.read().cases if "document:leave.md" in case.tags}
    (world.files / "manual.md").write_text(MANUAL.replace("every 6 months", "every 9 months"))
    world.ingest()
    again = world.json("make", "kept", "--count", "20")
    (world.files / "manual.md").write_text(MANUAL)
    world.ingest()

    found = {case.case_id: case for case in world.read("kept").cases}
    assert done.stdout.rstrip().endswith("cases are checked, 1 were rejected")
    assert found["mine"] == mine
    assert again["stale"] == ["mine"]
    assert rejected not in found
    assert accepted
    assert all("checked:yes" in found[case_id].tags for case_id in accepted)
    assert not any("every 6 months" in case.answers for case in found.values())
    assert any("every 9 months" in case.answers for case in found.values())


def test_what_people_said_is_taken_in(world: World, tmp_path: Path) -> None:
    async def doc_id() -> str:
        async with KnowledgeBase(world.settings()) as kb:
            return next(one.doc_id for one in await kb.documents() if one.path == "leave.md")

    said = SaidCase(
        "b" * 32, "correction", "How much leave is there?", "28 days", (asyncio.run(doc_id()), "gone")
    )
    (tmp_path / "cases.jsonl").write_text(as_line(said) + "\n")

    report = world.json("make", "said", "--from", str(tmp_path / "cases.jsonl"))

    (case,) = world.read("said").cases
    assert (case.answers, case.origin, len(case.grades)) == (("28 days",), "review", 1)
    assert report["left_out"]["documents that are gone"] == 1


def test_corrections_of_askers_and_decisions_of_reviewers_become_cases(world: World) -> None:
    async def correct() -> None:
        async with KnowledgeBase(world.settings()) as kb:
            answer = await kb.answer("How many days of paid annual leave does every employee receive?")
            await kb.recorder.flush()
            desk = await kb.answer_records()
            await desk.give(answer.answer_id, Opinion(1, correction="28 days, and public holidays."))

    async def decide() -> None:
        async with KnowledgeBase(world.settings()) as kb:
            desk = await kb.reviews()
            ((item,), _) = await desk.page(limit=1)
            question = "How many days of annual leave are there?"
            await desk.decide(item.item_id, DeskVerdict(ReviewState.CORRECTED, "", question, "28 days"))

    asyncio.run(correct())
    assert world.json("make", "asked", "--from", "reviews")["cases"] == 0
    asyncio.run(decide())
    world.json("make", "asked", "--from", "reviews")

    (case,) = world.read("asked").cases
    assert (case.question, case.answers) == ("How many days of annual leave are there?", ("28 days",))
    assert (case.origin, bool(case.grades)) == ("review", True)
    assert world.json("make", "waiting", "--from", "feedback")["cases"] == 0


@pytest.mark.parametrize("arguments", [("check", "none"), ("show", "none")])
def test_an_unknown_set_is_named_with_those_that_there_are(world: World, arguments: tuple[str, ...]) -> None:
    error = failure(world(*arguments))

    assert isinstance(error, NotFoundError)
    assert "own" in str(error)
    assert error.exit_code == 2


def test_a_set_of_another_format_stays_as_it_is(world: World) -> None:
    folder = world.home / "evals" / "sets" / "other"
    folder.mkdir(parents=True)
    (folder / "set.json").write_text('{"format": "other/1"}')

    error = failure(world("make", "other"))
    (folder / "set.json").unlink()

    assert isinstance(error, InvalidInputError)
    assert "format" in str(error)


def test_reviews_without_any_case_make_an_empty_set(tmp_path: Path) -> None:
    # Not in the world of the others: somebody has decided a review there.
    assert World(tmp_path).json("make", "reviewed", "--from", "reviews")["cases"] == 0


def test_a_knowledge_base_without_documents_says_what_to_do(tmp_path: Path) -> None:
    environment = {"FOLIO_HOME": str(tmp_path / "home"), "FOLIO_REDACTION__POLICY": "off"}

    error = failure(CliRunner().invoke(app, ["eval", "make"], env=environment))

    assert "folio ingest" in str(error)
    assert error.exit_code == 2
