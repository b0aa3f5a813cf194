"""What the graph has follows the documents: edits, moves, failures, deletions, crashes; and is read again from what is stored."""

import contextlib
import itertools
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.access import AccessLabel, Tier
from core.documents import DocumentState
from core.errors import DependencyDownError
from core.graph import DocumentEvidence, Evidence, NamedSpan
from ingest.receipt import graph_reading
from ingest.reconcile.findings import Problem, Repair
from ingest.reconcile.reconciler import ReconcileParts, Reconciler
from ingest.renewing import EvidenceRenewer
from tests.fakes.graph_extractor import FakeGraphExtractor
from tests.fakes.naming_redactor import NamingRedactor
from tests.unit.ingest.test_crash import Countdown, crash_during_sync
from tests.unit.ingest.world import World, settings


@pytest.fixture
def world(tmp_path: Path) -> World:
    folder = tmp_path / "docs"
    folder.mkdir()
    return World(folder, settings(tmp_path / "home"), extractor=FakeGraphExtractor())


async def named(world: World) -> dict[str, set[str]]:
    """The entities that the graph has, by path."""
    paths = {row.doc_id: path for path, row in (await world.records()).items()}
    return {
        paths[doc_id]: {row.subject for row in evidence.rows}
        for doc_id, evidence in world.graph.documents.items()
    }


async def evidence_of(world: World, path: str) -> DocumentEvidence:
    (found,) = await world.graph.of_documents([(await world.records())[path].doc_id])
    return found


async def test_a_document_brings_its_evidence_and_takes_it_along(world: World) -> None:
    world.write("a.txt", "the Crane of Ada\n\nand Bob")
    world.write("b.txt", "nobody")
    await world.sync()
    assert await named(world) == {"a.txt": {"crane", "ada", "bob"}, "b.txt": set()}
    record, evidence = (await world.records())["a.txt"], await evidence_of(world, "a.txt")
    assert (evidence.version, evidence.access, evidence.extractor) == (1, record.access, "fake-extractor:1")
    assert {(row.subject, row.ordinal) for row in evidence.rows} == {("crane", 0), ("ada", 0), ("bob", 1)}
    (world.folder / "a.txt").unlink()
    await world.sync()
    assert await named(world) == {"b.txt": set()}


async def test_the_report_says_what_reading_took_and_gave(world: World) -> None:
    world.write("a.txt", "Ada and Bob")
    world.write("b.txt", "Eve")
    stages = (await world.sync()).stages
    assert (stages["graph"].document_count, stages["graph"].item_count) == (2, 4)
    world.extractor = None
    world.write("a.txt", "Eve")
    assert "graph" not in (await world.sync()).stages


async def test_a_new_version_replaces_what_the_old_one_said(world: World) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    world.write("a.txt", "Bob")
    await world.sync()
    assert await named(world) == {"a.txt": {"bob"}}
    assert (await evidence_of(world, "a.txt")).version == 2


async def test_the_redacted_text_is_read_with_the_names_that_the_redactor_found(world: World) -> None:
    found = (NamedSpan("ORG", 0, 4),)

    class Naming(NamingRedactor):
        def redact(self, document: Any) -> Any:
            return replace(super().redact(document), names=found)

    world.redactor = Naming()
    world.write("a.txt", "Acme of @Jane")
    await world.sync()
    assert world.extractor
    ((document, names),) = world.extractor.documents
    assert ("Jane" in document.text, names) == (False, found)
    assert (await evidence_of(world, "a.txt")).redaction == world.redactor.fingerprint


async def test_a_moved_document_is_not_read_again(world: World) -> None:
    world.write("a.md", "# Plan\n\nAda met Bob")
    await world.sync()
    former = await evidence_of(world, "a.md")
    (world.folder / "sub").mkdir()
    (world.folder / "a.md").rename(world.folder / "sub" / "a.md")
    assert (await world.sync()).moved == 1
    assert world.extractor
    assert len(world.extractor.documents) == 1
    assert await named(world) == {"sub/a.md": {"plan", "ada", "bob"}}
    assert (await evidence_of(world, "sub/a.md")).rows == former.rows


async def test_a_document_that_cannot_be_read_for_the_graph_is_searchable_without(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.extractor = FakeGraphExtractor(fails_on="Poison")
    world.write("a.txt", "Ada")
    await world.sync()
    world.write("a.txt", "Poison and Ada")
    with caplog.at_level(logging.WARNING):
        report = await world.sync()
    assert (report.failed, world.texts("a.txt")) == ((), ["Poison and Ada"])
    assert await named(world) == {}, "what an older version said is gone all the same"
    assert "ValueError" in caplog.text
    assert "Poison" not in caplog.text


async def test_a_document_that_is_not_read_any_more_loses_what_it_said(world: World) -> None:
    world.write("a.txt", "Ada")
    world.write("b.txt", "Bob")
    await world.sync()
    world.extractor = None
    world.write("a.txt", "Eve")
    assert (await world.sync()).modified == 1
    assert await named(world) == {"b.txt": {"bob"}}


async def test_another_extractor_makes_nothing_stale(world: World) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    world.extractor = FakeGraphExtractor("fake-extractor:2")
    report = await world.sync()
    assert (report.modified, report.unchanged) == (0, 1)


async def test_a_failure_leaves_the_evidence_of_what_is_still_shown(world: World) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    world.write("a.txt", b"\xff\xfe\x00")
    await world.sync()
    assert (await world.records())["a.txt"].state is DocumentState.QUARANTINED
    assert await named(world) == {"a.txt": {"ada"}}


async def test_a_failure_that_hides_a_document_takes_its_evidence_away(world: World) -> None:
    world.write("a.md", "---\ntier: public\n---\n\nAda")
    await world.sync()
    world.write("a.md", "---\ntier: no such tier\n---\n\nAda")
    await world.sync()
    assert world.texts("a.md") == []
    assert await named(world) == {}


async def test_a_soft_deletion_takes_the_evidence_away_at_once(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    kept = settings(tmp_path / "home", retention={"deleted_s": 3600})
    world = World(tmp_path / "docs", kept, extractor=FakeGraphExtractor())
    world.write("a.txt", "Ada")
    world.write("b.txt", "nobody")
    await world.sync()
    record = (await world.records())["a.txt"]
    assert (await graph_reading(record.doc_id, world.graph)).remaining_count == 1
    (world.folder / "a.txt").unlink()
    await world.sync()
    assert world.index.points.keys()
    assert (await graph_reading(record.doc_id, world.graph)).remaining_count == 0


@pytest.mark.parametrize("deleted", [True, False])
async def test_a_document_that_goes_says_nothing_even_where_its_points_cannot_be_reached(
    world: World, deleted: bool
) -> None:
    world.write("a.md", "---\ntier: public\n---\n\nAda")
    await world.sync()
    if deleted:
        (world.folder / "a.md").unlink()
    else:
        world.write("a.md", "---\ntier: no such tier\n---\n\nAda")
    world.index.failure = DependencyDownError("down")
    with contextlib.suppress(DependencyDownError):
        await world.sync()
    assert await named(world) == {}
    world.index.failure = None
    await world.sync()
    assert (await named(world), world.texts("a.md")) == ({}, [])


async def test_evidence_is_never_under_a_wider_label_than_the_text(world: World) -> None:
    """Between the moment when the new version is shown and the moment when its evidence is, there is none."""
    world.write("a.md", "---\ntier: public\n---\n\nAda")
    await world.sync()
    activate, seen = world.index.activate, []

    async def watched(*args: Any, **kwargs: Any) -> None:
        await activate(*args, **kwargs)
        seen.append(list(world.graph.documents))

    world.index.activate = watched  # type: ignore[method-assign]
    world.write("a.md", "---\ntier: restricted\n---\n\nAda and Bob")
    await world.sync()
    assert seen == [[]]
    assert (await evidence_of(world, "a.md")).access.tier is Tier.RESTRICTED


@pytest.mark.parametrize("after", [False, True])
async def test_after_a_crash_at_any_write_the_next_sync_leaves_the_evidence_of_what_is_shown(
    world: World, after: bool
) -> None:
    for count in itertools.count(1):
        world.write("changed.txt", "Ada met Bob")
        world.write("gone.txt", "Gus")
        world.write("moved.txt", "plan of Mo")
        (world.folder / "sub" / "moved.txt").unlink(missing_ok=True)
        (world.folder / "fresh.txt").unlink(missing_ok=True)
        await world.sync()
        world.write("changed.txt", "Ada met Eve")
        world.write("fresh.txt", "Fred")
        (world.folder / "gone.txt").unlink()
        (world.folder / "sub").mkdir(exist_ok=True)
        (world.folder / "moved.txt").rename(world.folder / "sub" / "moved.txt")
        crashed = await crash_during_sync(world, Countdown(count, after=after))
        assert (await world.sync()).failed == ()
        assert await named(world) == {
            "changed.txt": {"ada", "eve"},
            "fresh.txt": {"fred"},
            "sub/moved.txt": {"mo"},
        }
        records = await world.records()
        assert await world.graph.kept("default") == {
            records[path].doc_id: records[path].version for path in await named(world)
        }
        if not crashed:
            break
    assert count > 20


def renewer(world: World) -> EvidenceRenewer:
    assert world.extractor
    return EvidenceRenewer(world.extractor, world.graph, world.index, world.artifacts)


async def test_what_is_stored_gives_the_rows_that_indexing_gave(world: World) -> None:
    world.write("a.md", "---\ntier: confidential\ngroups: [hr]\n---\n\n# Plan of Ada\n\nBob and\n\nEve")
    await world.sync()
    made, record = await evidence_of(world, "a.md"), (await world.records())["a.md"]
    assert world.extractor
    (document, _), *_ = world.extractor.documents
    await world.graph.remove(record.doc_id)
    assert await renewer(world).renew(record) == len(made.rows)
    assert await evidence_of(world, "a.md") == made
    again, names = world.extractor.documents[-1]
    assert (again.text, again.title, again.mime_type) == (document.text, document.title, document.mime_type)
    assert names is None


async def test_a_failed_document_is_read_again_in_the_version_that_is_shown(world: World) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    world.write("a.txt", b"\xff\xfe\x00")
    await world.sync()
    world.graph.documents.clear()
    assert await renewer(world).renew((await world.records())["a.txt"]) == 1
    assert (await evidence_of(world, "a.txt")).version == 1


@pytest.mark.parametrize(("version", "kept"), [(1, True), (7, False)])
async def test_what_cannot_be_read_again_stays_only_if_it_is_of_the_version_that_is_shown(
    world: World, version: int, kept: bool
) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    evidence, record = await evidence_of(world, "a.txt"), (await world.records())["a.txt"]
    await world.graph.replace(replace(evidence, version=version))
    world.artifacts.texts.clear()
    assert await renewer(world).renew(record) is None
    assert bool(world.graph.documents) is kept


async def test_a_text_that_the_chunks_were_not_cut_from_is_not_read(world: World) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    record = (await world.records())["a.txt"]
    other = await world.artifacts.put("Bob lives elsewhere")
    world.graph.documents.clear()
    assert await renewer(world).renew(replace(record, artifact_key=other)) is None
    both = replace(record, artifact_key=other, retired_keys=(record.artifact_key or "",))
    assert await renewer(world).renew(both) == 1


async def test_a_document_without_chunks_has_no_evidence(world: World) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    world.index.points.clear()
    assert await renewer(world).renew((await world.records())["a.txt"]) == 0
    assert world.graph.documents == {}


def reconciler(world: World, *, reads: bool = True) -> Reconciler:
    return Reconciler(
        ReconcileParts(
            inspector=world.index,
            index=world.index,
            documents=world.catalog,
            leases=world.catalog,
            artifacts=world.artifacts,
            clock=world.clock,
            tenant="default",
            stuck_after_s=3600.0,
            lease_s=60.0,
            graph=world.graph,
            renewer=renewer(world) if reads else None,
        )
    )


async def stray(world: World) -> dict[str, str]:
    """Evidence as it should not be: of another version, missing, of unknown documents; ids by path."""
    for name in ("other.txt", "missing.txt", "right.txt"):
        world.write(name, f"Ada in {name}")
    await world.sync()
    ids = {path: row.doc_id for path, row in (await world.records()).items()}
    row = Evidence("bob", "mentioned", 0, 0, 3)
    for doc_id, version, tenant in (
        ("0" * 32, 1, "default"),
        ("z", 1, "other"),
        (ids["other.txt"], 7, "default"),
    ):
        await world.graph.replace(DocumentEvidence(doc_id, version, AccessLabel(tenant), "old", (row,)))
    await world.graph.remove(ids["missing.txt"])
    return ids


async def test_reconcile_finds_what_is_missing_or_too_much_and_puts_it_right(world: World) -> None:
    ids = await stray(world)
    checking = reconciler(world)
    survey = await checking.survey()
    findings = await checking.confirmed(survey)
    assert {(row.subject, row.problem, row.repair) for row in findings} == {
        (ids["other.txt"], Problem.LEFTOVER_EVIDENCE, Repair.READ_EVIDENCE),
        (ids["missing.txt"], Problem.MISSING_EVIDENCE, Repair.READ_EVIDENCE),
        ("0" * 32, Problem.ORPHAN_EVIDENCE, Repair.DELETE_EVIDENCE),
    }
    assert not await checking.repair(findings, survey)
    assert await checking.confirmed(await checking.survey()) == []
    assert await world.graph.kept("default") == dict.fromkeys(ids.values(), 1)
    assert await world.graph.kept("other") == {"z": 1}


async def test_reconcile_misses_nothing_where_nothing_is_read(world: World) -> None:
    ids = await stray(world)
    checking = reconciler(world, reads=False)
    survey = await checking.survey()
    findings = await checking.confirmed(survey)
    assert {(row.subject, row.repair) for row in findings} == {
        (ids["other.txt"], Repair.DELETE_EVIDENCE),
        ("0" * 32, Repair.DELETE_EVIDENCE),
    }
    await checking.repair(findings, survey)
    assert await checking.confirmed(await checking.survey()) == []
    assert await world.graph.kept("default") == {ids["right.txt"]: 1}


async def test_what_cannot_be_read_stays_reported(world: World) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    world.graph.documents.clear()
    world.extractor = FakeGraphExtractor(fails_on="Ada")
    checking = reconciler(world)
    survey = await checking.survey()
    await checking.repair(await checking.confirmed(survey), survey)
    (left,) = await checking.confirmed(await checking.survey())
    assert left.problem is Problem.MISSING_EVIDENCE


async def test_hiding_a_version_that_cannot_be_made_again_takes_its_evidence_away(world: World) -> None:
    world.write("a.txt", "Ada")
    await world.sync()
    world.write("a.txt", b"\xff\xfe\x00")
    await world.sync()
    world.artifacts.texts.clear()
    checking = reconciler(world)
    survey = await checking.survey()
    await checking.repair(await checking.confirmed(survey), survey)
    assert (world.graph.documents, world.index.points) == ({}, {})
