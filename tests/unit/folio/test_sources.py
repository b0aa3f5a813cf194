"""Which sources a knowledge base has, and what a sync of some of them covers."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core import ids
from core.access import Tier
from core.config import Settings
from core.documents import Source, SourceKind, SourceOptions
from core.errors import InvalidInputError, NotFoundError
from folio.sources import (
    changed_source,
    declared_sources,
    find_source,
    narrowed,
    new_source,
    options_as_json,
    outdated,
    parse_options,
    plan_targets,
    root_of,
)
from ingest.sources.targets import SyncTarget


def source(root: str, name: str = "", **options: Any) -> Source:
    source_id = ids.source_id(SourceKind.FOLDER, root)
    return Source(source_id, SourceKind.FOLDER, root, name=name, options=SourceOptions(**options))


HR = source("/data/hr", "hr")
IT = source("/data/it", "it")
UNNAMED = source("/data/other")
KNOWN = [HR, IT, UNNAMED]


def settings(*tables: dict[str, Any], **sections: Any) -> Settings:
    return Settings(_env_file=None, sources=list(tables), **sections)


@pytest.mark.parametrize("reference", ["hr", HR.source_id, "/data/hr"])
def test_a_source_is_found_by_name_id_and_root(reference: str) -> None:
    assert find_source(KNOWN, reference) == HR


@pytest.mark.parametrize("reference", ["legal", "", "HR"])
def test_a_source_that_is_not_there_is_told_with_those_that_are(reference: str) -> None:
    with pytest.raises(NotFoundError, match="hr, it, /data/other"):
        find_source(KNOWN, reference)


def test_without_a_path_every_source_is_covered() -> None:
    targets = plan_targets([], known=KNOWN, tenant="default", as_jsonl=False)
    assert targets == [SyncTarget(HR), SyncTarget(IT), SyncTarget(UNNAMED)]


def test_a_path_is_a_part_of_its_source_with_the_options_of_the_source(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("text")
    known = source(str(tmp_path), "hr", chunking="code")
    targets = plan_targets([tmp_path / "a.md"], known=[known], tenant="default", as_jsonl=False)
    assert targets == [SyncTarget(known, ("a.md",))]


def test_named_sources_and_a_bucket_narrow_the_targets() -> None:
    targets = [SyncTarget(HR, ("a.md",)), SyncTarget(IT)]
    assert narrowed(targets, KNOWN, sources=(), bucket=None) == targets
    assert narrowed(targets, KNOWN, sources=["it"], bucket=None) == [SyncTarget(IT)]
    assert narrowed(targets, KNOWN, sources=[HR.source_id], bucket=(1, 4)) == [
        SyncTarget(HR, ("a.md",), (1, 4))
    ]
    assert narrowed(targets, KNOWN, sources=["/data/other"], bucket=None) == []


@pytest.mark.parametrize("bucket", [(2, 2), (-1, 2), (0, 0)])
def test_a_bucket_that_there_is_not_is_refused(bucket: tuple[int, int]) -> None:
    with pytest.raises(InvalidInputError, match="count from 0"):
        narrowed([SyncTarget(HR)], KNOWN, sources=(), bucket=bucket)


def test_an_unknown_name_is_an_error_and_not_an_empty_sync() -> None:
    with pytest.raises(NotFoundError, match="legal"):
        narrowed([SyncTarget(HR)], KNOWN, sources=["legal"], bucket=None)


def test_declared_sources_belong_to_the_operators_tenant_unless_they_say_another() -> None:
    found = settings(
        {"name": "hr", "path": "/data/hr", "tenant": "acme"},
        {"name": "it", "path": "/data/it"},
        access={"tenant": "mine"},
    )
    assert [(row.name, row.tenant) for row in declared_sources(found)] == [("hr", "acme"), ("it", "mine")]


def test_a_declared_folder_that_was_ingested_before_is_the_same_source() -> None:
    assert declared_sources(settings({"name": "hr", "path": "/data/hr"})) == [HR]


def test_only_what_differs_is_recorded() -> None:
    changed = replace(HR, options=SourceOptions(chunking="code"))
    new = source("/data/legal", "legal")
    assert outdated([HR, IT], KNOWN) == []
    assert outdated([changed, new, IT], KNOWN) == [changed, new]


def test_a_name_that_moves_to_another_path_leaves_the_former_source_without() -> None:
    moved = source("/data/people", "hr")
    assert outdated([moved], KNOWN) == [replace(HR, name=""), moved]


def test_a_source_that_is_declared_no_more_stays_as_it_was() -> None:
    assert outdated([IT], KNOWN) == []


def added(place: str, *, name: str | None = None, **options: Any) -> Source:
    return new_source(place, name=name, options=SourceOptions(**options), tenant="default", known=KNOWN)


def test_a_new_source_has_what_was_said_and_a_name() -> None:
    found = added("/data/legal", tier=Tier.RESTRICTED, groups=frozenset({"law"}), chunking="sentence")
    options = SourceOptions(tier=Tier.RESTRICTED, groups=frozenset({"law"}), chunking="sentence")
    assert found == Source(
        ids.source_id(SourceKind.FOLDER, "/data/legal"),
        SourceKind.FOLDER,
        "/data/legal",
        "default",
        "legal",
        options,
    )
    assert added("/else/hr").name == "hr-2"
    assert added("s3://bucket/docs").kind is SourceKind.REMOTE
    assert added("/data/faq.jsonl").kind is SourceKind.JSONL


@pytest.mark.parametrize(
    ("place", "options", "told"),
    [
        ("/data/hr", {"name": "people"}, "is the same place as the source 'hr'"),
        ("/data/hr/sub", {}, "lies inside the source 'hr'"),
        ("/data", {}, "holds the source 'hr'"),
        ("/data/other/sub", {}, "lies inside the source '/data/other'"),
        ("/else", {"name": "hr"}, "already a source 'hr'"),
        ("/else", {"name": "a b"}, "name"),
        ("/else", {"chunking": "magic"}, "chunking"),
        ("ftp://anna:hunter2@host/x", {}, "password or key"),
    ],
)
def test_a_source_that_cannot_be_is_refused_with_the_reason(place: str, options: dict, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told) as caught:
        added(place, **options)
    assert "hunter2" not in str(caught.value)


def test_a_changed_source_keeps_its_name_unless_another_is_given() -> None:
    options = SourceOptions(language="de")
    assert changed_source(HR, name=None, options=options, known=KNOWN) == replace(HR, options=options)
    assert changed_source(HR, name="people", options=SourceOptions(), known=KNOWN).name == "people"
    assert changed_source(UNNAMED, name=None, options=options, known=KNOWN).name == ""


@pytest.mark.parametrize(
    ("name", "options", "told"),
    [("it", {}, "already"), (None, {"schedule": "daily"}, "schedule"), ("", {}, "name")],
)
def test_a_change_that_cannot_be_is_refused(name: str | None, options: dict, told: str) -> None:
    with pytest.raises(InvalidInputError, match=told):
        changed_source(HR, name=name, options=SourceOptions(**options), known=KNOWN)


def test_options_survive_being_written_as_json() -> None:
    options = SourceOptions(
        include=("*.md",),
        tier=Tier.PUBLIC,
        groups=frozenset({"b", "a"}),
        max_file_bytes=7,
        schedule="0 3 * * *",
    )
    written = options_as_json(options)
    assert written == {
        "include": ["*.md"],
        "tier": "public",
        "groups": ["a", "b"],
        "max_file_bytes": 7,
        "schedule": "0 3 * * *",
    }
    assert parse_options(written) == options
    assert parse_options({}) == SourceOptions()


def test_options_that_cannot_be_are_all_told() -> None:
    with pytest.raises(InvalidInputError, match=r"tier.*chunking"):
        parse_options({"tier": "secret", "chunking": "magic", "language": None})


@pytest.mark.parametrize(("place", "root"), [("/a/../b/", "/b"), ("s3://bucket/x/", "s3://bucket/x")])
def test_the_root_of_a_place(place: str, root: str) -> None:
    assert root_of(place) == root
