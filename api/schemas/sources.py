"""Sources over HTTP."""

from typing import Annotated, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from api.schemas.documents import TierName
from api.schemas.numbers import WHOLE
from core.access import Tier
from core.documents import Source, SourceKind, SourceOptions
from core.source_settings import Chunking, Globs, LanguageCode, RedactionPolicy, Schedule, SourceName

_MAX_ROOT_CHARS = 4096
# What the validators behind the types say, for the OpenAPI document.
_GLOBS = {"type": "array", "items": {"type": "string", "pattern": r"\S"}}
_Globs = Annotated[Globs, WithJsonSchema(_GLOBS)]
_SomeGlobs = Annotated[Globs, Field(min_length=1), WithJsonSchema({**_GLOBS, "minItems": 1})]

GroupNames = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=1000)]


class SourceOptionsBody(BaseModel):
    """What is said for one source alone; null or left out: as the settings say for all sources."""

    model_config = ConfigDict(extra="forbid")

    include: _SomeGlobs | None = Field(None, description="globs relative to the source")
    exclude: _Globs | None = Field(None, description="globs relative to the source")
    max_file_bytes: Annotated[int, Field(ge=1, le=10 * 1024**3), WHOLE] | None = Field(
        None, description="larger files are reported"
    )
    tier: TierName | None = Field(None, description="of documents that name none")
    groups: GroupNames | None = Field(None, description="of documents that name none")
    language: LanguageCode | None = Field(None, description="ISO 639-1")
    chunking: Chunking | None = Field(None, description="how documents are cut")
    redaction: RedactionPolicy | None = Field(None, description="what is taken out of them")
    schedule: Schedule | None = Field(None, description="cron expression (UTC), instead of events")

    @classmethod
    def of(cls, options: SourceOptions) -> Self:
        """The wire form of options."""
        return cls(
            include=options.include,
            exclude=options.exclude,
            max_file_bytes=options.max_file_bytes,
            tier=None if options.tier is None else cast("TierName", options.tier.label),
            groups=None if options.groups is None else sorted(options.groups),
            language=options.language,
            chunking=cast("Chunking | None", options.chunking),
            redaction=cast("RedactionPolicy | None", options.redaction),
            schedule=options.schedule,
        )

    def options(self) -> SourceOptions:
        """What they stand for."""
        return SourceOptions(
            include=self.include,
            exclude=self.exclude,
            max_file_bytes=self.max_file_bytes,
            tier=None if self.tier is None else Tier.parse(self.tier),
            groups=None if self.groups is None else frozenset(self.groups),
            language=self.language,
            chunking=self.chunking,
            redaction=self.redaction,
            schedule=self.schedule,
        )


class NewSource(SourceOptionsBody):
    """A source to add: a folder or `.jsonl` corpus of the service's machine, or an fsspec URL without credentials."""

    root: str = Field(min_length=1, max_length=_MAX_ROOT_CHARS, description="path or URL")
    name: SourceName | None = Field(None, description="left out: made from the last part of the root")


class SourceChange(SourceOptionsBody):
    """What is to be different; null takes an option back, and what is left out stays as it is."""

    name: SourceName | None = None

    def on(self, options: SourceOptions) -> SourceOptions:
        """The options with what was sent."""
        said = {name: value for name, value in self.model_dump().items() if name in self.model_fields_set}
        said.pop("name", None)
        return SourceOptionsBody.model_validate(
            {**SourceOptionsBody.of(options).model_dump(), **said}
        ).options()


class SourceBody(BaseModel):
    """A source."""

    id: str
    name: str = Field(description="empty for a folder that was ingested without being added")
    kind: SourceKind
    root: str = Field(description="absolute path, or URL")
    origin: Literal["settings", "catalog"] = Field(
        description="`settings`: declared in folio.toml, changed there"
    )
    options: SourceOptionsBody

    @classmethod
    def of(cls, source: Source, *, declared: bool) -> Self:
        """The wire form of a source."""
        return cls(
            id=source.source_id,
            name=source.name,
            kind=source.kind,
            root=source.root,
            origin="settings" if declared else "catalog",
            options=SourceOptionsBody.of(source.options),
        )


class SourcePage(BaseModel):
    """One page of the sources of the caller's tenant, by root."""

    data: list[SourceBody]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool
