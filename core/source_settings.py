"""What can be said of a source, in `folio.toml`, over the API and on the command line, and whether it makes sense."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from core.documents import SourceKind, SourceOptions
from core.sections import Section, TierSetting

Chunking = Literal["structure", "sentence", "semantic", "code"]
RedactionPolicy = Literal["off", "standard", "strict", "anonymise"]

_CORPUS_SUFFIX = ".jsonl"
# `name:password@`, a password with an unescaped slash included; `host:8080/` is none. Web servers take tokens as a name.
_PASSWORD = re.compile(r"//[^/@\s]*:(?!\d+/)[^@\s]*@|https?://[^/\s]*@", re.IGNORECASE)
_SECRET_PARAMETER = re.compile(
    r"[?&][^=&#]*(?:key|token|secret|sig|signature|password|passwd|pwd|credential)[^=&#]*=", re.IGNORECASE
)
# What cron itself knows: extensions differ from one scheduler to the next.
_CRON_FIELD = re.compile(r"(?:[0-9*/,-]|[A-Za-z]{3})+")
_CRON_FIELDS = 5


def _schedule(value: str) -> str:
    from cronsim import CronSim, CronSimError

    fields = value.split()
    wrong = "write five fields (minute, hour, day, month, weekday; UTC), such as '30 2 * * 1-5'"
    if len(fields) != _CRON_FIELDS or not all(_CRON_FIELD.fullmatch(field) for field in fields):
        raise PydanticCustomError("schedule", "it is not a cron expression: {wrong}", {"wrong": wrong})
    try:
        CronSim(value, datetime(2000, 1, 1, tzinfo=UTC))
    except CronSimError as error:
        why = str(error).lower()
        raise PydanticCustomError("schedule", "{why}: {wrong}", {"why": why, "wrong": wrong}) from None
    return " ".join(fields)


def _url(value: str) -> str:
    if _PASSWORD.search(value) or _SECRET_PARAMETER.search(value):
        raise PydanticCustomError(
            "url",
            "it holds a password or key, which would be shown and stored: leave it out, and give the credentials by "
            "the environment or the file system's own configuration (see docs/sources.md)",
        )
    scheme, found, rest = _printable(value).partition("://")
    if not found or not scheme or not rest:
        raise PydanticCustomError(
            "url", "it is no fsspec URL, such as s3://bucket/folder: name a folder by `path`"
        )
    if scheme.lower() in {"file", "local"}:
        raise PydanticCustomError("url", "it names local files: use `path`, which is watched")
    return value.rstrip("/")


def absolute(path: Path) -> Path:
    """The path from the root, without `..`; links are not followed."""
    # Not the methods of Path: `resolve` follows links, and `expanduser` raises where there is no such user.
    return Path(os.path.abspath(os.path.expanduser(path)))  # noqa: PTH100, PTH111


def _path(path: Path) -> Path:
    return absolute(Path(_printable(str(path))))


def _printable(place: str) -> str:
    if not place.isprintable():
        raise PydanticCustomError("place", "it holds characters that cannot be shown: rename the folder")
    return place


def _patterns(patterns: tuple[str, ...]) -> tuple[str, ...]:
    if not all(pattern.strip() for pattern in patterns):
        raise PydanticCustomError(
            "globs", "a pattern is empty: write globs such as **/*.pdf, or leave the key out"
        )
    return patterns


_NAME = r"^[A-Za-z0-9_.-]{1,64}$"

Globs = Annotated[tuple[str, ...], AfterValidator(_patterns)]
Schedule = Annotated[str, AfterValidator(_schedule)]
LanguageCode = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
SourceName = Annotated[str, Field(pattern=_NAME)]


class SourceOptionSettings(Section):
    """What can be said for one source alone. What is left out is as the settings say for all sources."""

    tier: TierSetting | None = Field(None, description="of documents that name none")
    groups: tuple[str, ...] | None = Field(None, description="of documents that name none")
    include: Globs | None = Field(None, min_length=1, description="globs relative to the source")
    exclude: Globs | None = Field(None, description="globs relative to the source")
    max_file_bytes: int | None = Field(None, ge=1, le=10 * 1024**3, description="larger files are reported")
    language: LanguageCode | None = Field(None, description="ISO 639-1, such as en or de")
    chunking: Chunking | None = Field(None, description="how documents are cut")
    redaction: RedactionPolicy | None = Field(None, description="what is taken out of them")
    schedule: Schedule | None = Field(
        None, description="cron expression (UTC): synced by the clock, not by its events"
    )

    @property
    def options(self) -> SourceOptions:
        """What is said for this source alone."""
        return SourceOptions(
            include=self.include,
            exclude=self.exclude,
            max_file_bytes=self.max_file_bytes,
            tier=self.tier,
            groups=None if self.groups is None else frozenset(self.groups),
            language=self.language,
            chunking=self.chunking,
            redaction=self.redaction,
            schedule=self.schedule,
        )


class SourceSettings(SourceOptionSettings):
    """One `[[sources]]` table."""

    name: SourceName = Field(description="letters, digits, dot, dash, underscore")
    path: Annotated[Path, AfterValidator(_path)] | None = Field(
        None, description="a folder, or a corpus of JSON lines (.jsonl); relative to where Folio is started"
    )
    url: Annotated[str, AfterValidator(_url)] | None = Field(
        None, description="fsspec URL, without credentials"
    )
    tenant: str | None = Field(None, pattern=_NAME, description="whose documents they are")

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if (self.path is None) == (self.url is None):
            raise PydanticCustomError("place", "it needs either `path` or `url`")
        return self

    @property
    def root(self) -> str:
        """The absolute path, or the URL."""
        return str(self.path) if self.path else str(self.url)

    @property
    def kind(self) -> SourceKind:
        """A `.jsonl` file is a corpus, every other path a folder."""
        if self.path is None:
            return SourceKind.REMOTE
        return SourceKind.JSONL if self.path.suffix.lower() == _CORPUS_SUFFIX else SourceKind.FOLDER


def overlap(one: str, other: str) -> str | None:
    """How two roots share files: `the same place`, or `inside`; None if they do not."""
    if one == other:
        return "is the same place as"
    if one.startswith(other.rstrip("/") + "/"):
        return "lies inside"
    return None


def problems(error: ValidationError) -> list[str]:
    """What is wrong with a source, by key, without the values."""
    return [
        ": ".join(part for part in (".".join(map(str, row["loc"])), row["msg"]) if part)
        for row in error.errors(include_input=False, include_url=False)
    ]


def _each(rows: object) -> object:
    """The tables as sources; what is wrong is told with the source's name, for all of them at once."""
    if not isinstance(rows, list | tuple):
        return rows
    sources: list[SourceSettings] = []
    wrong: list[str] = []
    for number, row in enumerate(rows, start=1):
        try:
            sources.append(SourceSettings.model_validate(row))
        except ValidationError as error:
            wrong += [f"source '{_name(row, number)}': {problem}" for problem in problems(error)]
    _raise("; ".join(wrong))
    return tuple(sources)


def _distinct(sources: tuple[SourceSettings, ...]) -> tuple[SourceSettings, ...]:
    names = [source.name for source in sources]
    wrong = [f"two sources are named '{name}'" for name in sorted(set(names)) if names.count(name) > 1]
    for one, other in combinations(sorted(sources, key=lambda source: source.root), 2):
        how = overlap(other.root, one.root)
        if how:
            wrong.append(
                f"source '{other.name}' {how} source '{one.name}': leave one of them out. {_WAY_OUT}"
            )
    _raise("; ".join(wrong))
    return sources


_WAY_OUT = "A .folio.yaml labels a folder inside a source; `exclude` leaves one out"


def _name(row: object, number: int) -> str:
    name: Any = row.get("name") if isinstance(row, dict) else None
    return name[:64] if isinstance(name, str) and name.isprintable() and name else str(number)


def _raise(wrong: str) -> None:
    if wrong:
        raise PydanticCustomError("sources", "{wrong}", {"wrong": wrong})


SourceTables = Annotated[tuple[SourceSettings, ...], BeforeValidator(_each), AfterValidator(_distinct)]
"""The `[[sources]]` of `folio.toml`: every name once, and no file in two of them."""


def name_for(root: str, taken: Sequence[str]) -> str:
    """A name from the last part of a root, with a number where it is taken."""
    last = re.sub(r"[^A-Za-z0-9_.-]+", "-", root.rstrip("/").rsplit("/", 1)[-1]).strip("-")[:56] or "source"
    numbered = (f"{last}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (last, *numbered) if name not in taken)
