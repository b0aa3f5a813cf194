"""What `[[sources]]` may say, and what is told when it cannot be."""

from pathlib import Path
from typing import Any

import pytest

from core.access import Tier
from core.config import Settings, dumped, load_settings
from core.documents import SourceKind, SourceOptions
from core.errors import SettingsError
from core.source_settings import SourceSettings, name_for, overlap

TOML = """
[[sources]]
name = "hr"
path = "people"
tenant = "acme"
tier = "confidential"
groups = ["hr", "board"]
include = ["**/*.md"]
exclude = ["drafts/**"]
max_file_bytes = 1000
language = "de"
chunking = "sentence"
redaction = "off"
schedule = "30 2 * * MON-FRI"

[[sources]]
name = "bucket"
url = "s3://documents/handbook/"
"""


def wrong(*tables: dict[str, Any]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(sources=list(tables))
    return str(caught.value)


def test_tables_are_read_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folio.toml").write_text(TOML)
    monkeypatch.chdir(tmp_path)
    hr, bucket = load_settings().sources

    assert (hr.name, hr.root, hr.kind, hr.tenant) == (
        "hr",
        str(tmp_path / "people"),
        SourceKind.FOLDER,
        "acme",
    )
    assert hr.options == SourceOptions(
        include=("**/*.md",),
        exclude=("drafts/**",),
        max_file_bytes=1000,
        tier=Tier.CONFIDENTIAL,
        groups=frozenset({"hr", "board"}),
        language="de",
        chunking="sentence",
        redaction="off",
        schedule="30 2 * * MON-FRI",
    )
    assert (bucket.root, bucket.kind) == ("s3://documents/handbook", SourceKind.REMOTE)
    assert bucket.options == SourceOptions()


def test_tables_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIO_SOURCES", '[{"name": "hr", "path": "/data/hr"}]')
    assert [source.root for source in load_settings().sources] == ["/data/hr"]


def test_a_jsonl_file_is_a_corpus() -> None:
    assert SourceSettings(name="faq", path=Path("/data/faq.jsonl")).kind is SourceKind.JSONL


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tier", "secret"),
        ("groups", "hr"),
        ("include", []),
        ("exclude", [" "]),
        ("max_file_bytes", 0),
        ("language", "German"),
        ("chunking", "magic"),
        ("redaction", "some"),
        ("tenant", "a b"),
        ("colour", "red"),
    ],
)
def test_a_wrong_value_is_told_with_the_source_and_the_key(key: str, value: object) -> None:
    assert f"source 'hr': {key}" in wrong({"name": "hr", "path": "/data/hr", key: value})


def test_everything_that_is_wrong_is_told_at_once() -> None:
    told = wrong({"name": "hr", "path": "/a", "tier": "x"}, {"path": "/b"}, {"name": "c"})
    assert "source 'hr': tier" in told
    assert "source '2': name" in told
    assert "source 'c': it needs either `path` or `url`" in told


@pytest.mark.parametrize(
    "schedule",
    ["daily", "@daily", "* * * *", "* * * * * *", "61 * * * *", "0 0 L * *", "0 0 * * 5#3", "0 0 30 2 *", ""],
)
def test_a_schedule_that_cron_does_not_know_is_refused(schedule: str) -> None:
    told = wrong({"name": "hr", "path": "/data/hr", "schedule": schedule})
    assert "source 'hr': schedule" in told
    assert "five fields" in told


@pytest.mark.parametrize("schedule", ["* * * * *", "*/5 9-17 * * 1-5", "0 3 1,15 JAN-MAR *", "30 2 * * SUN"])
def test_a_schedule_that_cron_knows_is_taken(schedule: str) -> None:
    assert SourceSettings(name="a", path=Path("/a"), schedule=schedule).schedule == schedule


@pytest.mark.parametrize(
    "url",
    [
        "ftp://anna:hunter2@host/docs",
        "ftp://:hunter2@host/docs",
        "zip://a.md::ftp://anna:hunter2@host/docs.zip",
        "ftp://anna:hunter2/x@host/docs",
        "https://hunter2@host/docs",
        "https://host/docs?token=hunter2",
        "https://host/docs?a=b&X-Amz-Signature=hunter2",
        "https://host/docs?api_key=hunter2",
    ],
)
def test_an_url_with_credentials_is_refused_and_not_shown(url: str) -> None:
    told = wrong({"name": "remote", "url": url})
    assert "source 'remote': url: it holds a password or key" in told
    assert "environment" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "url", ["s3:/bucket", "://bucket", "s3://", "file:///data", "local://data", "s3://a\nb"]
)
def test_an_url_that_names_no_remote_files_is_refused(url: str) -> None:
    assert "source 'remote': url" in wrong({"name": "remote", "url": url})


@pytest.mark.parametrize(
    "url",
    ["s3://bucket/a@b", "sftp://anna@host/docs", "http://host:8080/a@b", "zip://**::s3://bucket/docs.zip"],
)
def test_an_url_without_credentials_is_taken(url: str) -> None:
    assert SourceSettings(name="remote", url=url).root == url


@pytest.mark.parametrize("path", ["/data/\0", "/data/\ud800", "/data/a\nb"])
def test_a_path_that_cannot_be_shown_is_refused(path: str) -> None:
    assert "source 'odd': path" in wrong({"name": "odd", "path": path})


def test_an_unknown_users_home_is_a_folder_of_that_name() -> None:
    assert SourceSettings(name="a", path=Path("~nobody-at-all/docs")).root.endswith("/~nobody-at-all/docs")


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"path": "/data"}, {"path": "/data/../data"}, "is the same place as"),
        ({"path": "/data/hr"}, {"path": "/data"}, "source 'first' lies inside source 'second'"),
        ({"path": "/data"}, {"path": "/data/faq.jsonl"}, "source 'second' lies inside source 'first'"),
        ({"url": "s3://bucket"}, {"url": "s3://bucket/hr/"}, "source 'second' lies inside source 'first'"),
    ],
)
def test_no_file_is_in_two_sources(first: dict, second: dict, told: str) -> None:
    assert told in wrong({"name": "first", **first}, {"name": "second", **second})


def test_names_are_unique() -> None:
    assert "two sources are named 'hr'" in wrong({"name": "hr", "path": "/a"}, {"name": "hr", "path": "/b"})


def test_neighbours_with_a_common_beginning_are_two_places() -> None:
    settings = Settings(sources=[{"name": "a", "path": "/data/hr"}, {"name": "b", "path": "/data/hr2"}])
    assert len(settings.sources) == 2
    assert overlap("/data/hr2", "/data/hr") is None


@pytest.mark.parametrize(
    ("root", "taken", "name"),
    [
        ("/data/Human Resources/", [], "Human-Resources"),
        ("s3://bucket/docs", ["docs", "docs-2"], "docs-3"),
        ("/", [], "source"),
        ("/data/Übersicht", [], "bersicht"),
    ],
)
def test_a_name_is_made_from_the_last_part_of_the_root(root: str, taken: list[str], name: str) -> None:
    assert name_for(root, taken) == name


def test_sources_are_shown_as_they_were_said() -> None:
    tables = [{"name": "hr", "path": "/data/hr", "tier": "public", "include": ["*.md"]}]
    shown = dumped(load_settings(sources=tables))["sources"]
    assert shown == [{"tier": "public", "include": ["*.md"], "name": "hr", "path": "/data/hr"}]
