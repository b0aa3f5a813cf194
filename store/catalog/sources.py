"""Sources and runs as rows, and the statements that read and write them. Executes nothing."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.access import Tier
from core.documents import Source, SourceKind, SourceOptions
from core.runs import RunRecord
from store.catalog.tables import runs, sources
from store.catalog.upsert import insert_or_replace_where

_REMOVED = "removed"


def source_to_row(source: Source) -> dict[str, Any]:
    """The source as column values."""
    return {**asdict(source), "kind": source.kind.value, "options": _options_to_json(source.options)}


def source_from_row(row: sa.RowMapping) -> Source:
    """The source of a row that holds all columns."""
    options = _options_from_json(row["options"])
    return Source(**{**row, "kind": SourceKind(row["kind"]), "options": options})


def of_tenant(tenant: str | None) -> sa.Select[Any]:
    """The tenant's sources by root; without one, those of all tenants."""
    known = sa.select(sources).where(sources.c.kind != _REMOVED)
    if tenant is not None:
        known = known.where(sources.c.tenant == tenant)
    return known.order_by(sources.c.root, sources.c.source_id)


def insert_if_new(dialect: str) -> sa.Insert:
    """Inserts a source that is new or was removed."""
    return insert_or_replace_where(sources, dialect, where=sources.c.kind == _REMOVED)


def upsert(dialect: str, *, tenant: str) -> sa.Insert:
    """Inserts or replaces a source; one of another tenant is left alone, and no row is touched."""
    same_tenant = (sources.c.tenant == tenant) | (sources.c.kind == _REMOVED)
    return insert_or_replace_where(sources, dialect, where=same_tenant)


def delete(source_id: str) -> sa.Delete:
    """Removes the row of a source without documents."""
    return sa.delete(sources).where(sources.c.source_id == source_id)


def bury(source_id: str) -> sa.Update:
    """Marks a source as removed: the records of its deleted documents still refer to it."""
    values = {"kind": _REMOVED, "name": "", "options": {}}
    return sa.update(sources).where(sources.c.source_id == source_id).values(values)


def run_to_row(run: RunRecord) -> dict[str, Any]:
    """The run as column values."""
    return {**asdict(run), "source_ids": list(run.source_ids)}


def run_from_row(row: sa.RowMapping) -> RunRecord:
    """The run of a row that holds all columns."""
    return RunRecord(**{**row, "source_ids": tuple(row["source_ids"])})


def latest_runs(limit: int) -> sa.Select[Any]:
    """The newest runs first."""
    return sa.select(runs).order_by(runs.c.started_at.desc(), runs.c.run_id.desc()).limit(limit)


def _options_to_json(options: SourceOptions) -> dict[str, Any]:
    """Only what is said, so that a later version of Folio may add options."""
    said = {name: value for name, value in asdict(options).items() if value is not None}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in said.items()}


def _options_from_json(said: dict[str, Any]) -> SourceOptions:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    if "groups" in values:
        values["groups"] = frozenset(values["groups"])
    if "tier" in values:
        values["tier"] = Tier(values["tier"])
    return SourceOptions(**values)
