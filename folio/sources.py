"""The sources of a knowledge base: those that `folio.toml` declares and those that were registered. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path

from pydantic import ValidationError

from core import ids
from core.access import Tier
from core.config import Settings
from core.documents import Source, SourceKind, SourceOptions
from core.errors import InvalidInputError, NotFoundError
from core.source_settings import (
    SourceOptionSettings,
    SourceSettings,
    absolute,
    name_for,
    overlap,
    problems,
)
from ingest.sources.targets import SyncTarget, resolve_targets


def find_source(known: Sequence[Source], reference: str) -> Source:
    """The source of a name, an id or a root.

    Raises:
        NotFoundError: There is none; the message lists those that exist.
    """
    for source in known:
        if reference in {source.name, source.source_id, source.root} - {""}:
            return source
    names = ", ".join(source.name or source.root for source in known) or "none yet"
    raise NotFoundError(f"there is no source '{reference}'; there are: {names}")


def plan_targets(
    paths: Sequence[Path], *, known: Sequence[Source], tenant: str, as_jsonl: bool
) -> list[SyncTarget]:
    """What a sync of the paths covers; without a path, every known source.

    Raises:
        InvalidInputError: A path does not exist, or a folder is named as a JSONL corpus.
    """
    if not paths:
        return [SyncTarget(source) for source in known]
    return resolve_targets(paths, known=known, tenant=tenant, as_jsonl=as_jsonl)


def narrowed(
    targets: Sequence[SyncTarget],
    known: Sequence[Source],
    *,
    sources: Sequence[str],
    bucket: tuple[int, int] | None,
) -> list[SyncTarget]:
    """The targets of the named sources, cut down to a bucket.

    Raises:
        InvalidInputError: The bucket is none: an index from 0, below the count.
        NotFoundError: There is no source of this name or id.
    """
    if bucket is not None and not 0 <= bucket[0] < bucket[1]:
        raise InvalidInputError(f"there is no bucket {bucket[0]} of {bucket[1]}: they count from 0")
    wanted = {find_source(known, reference).source_id for reference in sources}
    chosen = [target for target in targets if not sources or target.source.source_id in wanted]
    return [replace(target, bucket=bucket) for target in chosen]


def root_of(place: str) -> str:
    """The root of a source at a path or an fsspec URL."""
    return place.rstrip("/") if "://" in place else str(absolute(Path(place)))


def declared_sources(settings: Settings) -> list[Source]:
    """What `folio.toml` declares."""
    return [_as_source(table, tenant=settings.access.tenant) for table in settings.sources]


def outdated(declared: Sequence[Source], known: Sequence[Source]) -> list[Source]:
    """What is to be recorded so that the catalog knows the declared sources as they are declared now.

    A source of the tenant that had one of their names before, because another path was declared under it, loses the name.
    """
    recorded = {source.source_id: source for source in known}
    ids_declared = {source.source_id for source in declared}
    names = {(source.tenant, source.name) for source in declared}
    renamed = [
        replace(source, name="")
        for source in known
        if (source.tenant, source.name) in names and source.source_id not in ids_declared
    ]
    return [*renamed, *(source for source in declared if recorded.get(source.source_id) != source)]


def new_source(
    place: str, *, name: str | None, options: SourceOptions, tenant: str, known: Sequence[Source]
) -> Source:
    """The source of a folder, a `.jsonl` corpus or an fsspec URL; without a name it gets one from its place.

    Raises:
        InvalidInputError: The place, the name or an option cannot be, or shares files with a known source.
    """
    taken = [source.name for source in known if source.tenant == tenant]
    source = _checked(
        {
            **_said(options),
            "name": name_for(place, taken) if name is None else name,
            "url" if "://" in place else "path": place,
        },
        tenant=tenant,
    )
    _check_name(source, known)
    for other in known:
        _check_apart(source, other)
    return source


def changed_source(
    source: Source, *, name: str | None, options: SourceOptions, known: Sequence[Source]
) -> Source:
    """The source with another name (None: its own) and other options, all of them.

    Raises:
        InvalidInputError: The name or an option cannot be.
    """
    wanted = source.name if name is None else name
    place = {"url" if source.kind is SourceKind.REMOTE else "path": source.root}
    checked = _checked(
        {**_said(options), **place, "name": wanted if name is not None or wanted else "unnamed"},
        tenant=source.tenant,
    )
    changed = replace(source, name=wanted, options=checked.options)
    _check_name(changed, known)
    return changed


def parse_options(said: Mapping[str, object]) -> SourceOptions:
    """Options as somebody wrote them; what is None was not said.

    Raises:
        InvalidInputError: One of them cannot be.
    """
    try:
        return SourceOptionSettings.model_validate(_without_none(said)).options
    except ValidationError as error:
        raise InvalidInputError("; ".join(problems(error))) from None


def options_as_json(options: SourceOptions) -> dict[str, object]:
    """The options that were said, as JSON holds them; `parse_options` takes it back."""
    return {name: _plain(value) for name, value in _said(options).items()}


def _checked(said: Mapping[str, object], *, tenant: str) -> Source:
    try:
        return _as_source(SourceSettings.model_validate(said), tenant=tenant)
    except ValidationError as error:
        raise InvalidInputError(f"the source cannot be used: {'; '.join(problems(error))}") from None


def _as_source(table: SourceSettings, *, tenant: str) -> Source:
    source_id = ids.source_id(table.kind, table.root)
    return Source(source_id, table.kind, table.root, table.tenant or tenant, table.name, table.options)


def _check_apart(source: Source, other: Source) -> None:
    how = overlap(source.root, other.root)
    if how or overlap(other.root, source.root):
        relation = f"it {how}" if how else "it holds"
        named = f"the source '{other.name or other.root}'"
        raise InvalidInputError(
            f"{source.root} cannot be a source: {relation} "
            f"{named if other.tenant == source.tenant else 'a source of another tenant'}. Change that one, "
            "or remove it first (`folio sources remove`); a .folio.yaml labels a folder inside a source"
        )


def _check_name(source: Source, known: Sequence[Source]) -> None:
    for other in known:
        same = (other.tenant, other.name) == (source.tenant, source.name)
        if source.name and same and other.source_id != source.source_id:
            raise InvalidInputError(f"there is already a source '{source.name}': take another name")


def _said(options: SourceOptions) -> dict[str, object]:
    return _without_none({field.name: getattr(options, field.name) for field in fields(options)})


def _plain(value: object) -> object:
    if isinstance(value, Tier):
        return value.label
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _without_none(said: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in said.items() if value is not None}
