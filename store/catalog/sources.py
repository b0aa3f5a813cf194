"""Sources and runs as rows, and the statements that read and write them. Executes nothing."""

from dataclasses import asdict
from typing import Any

import sqlalchemy as sa

from core.access import Tier
from core.documents import Source, SourceKind, SourceOptions
from core.runs import RunRecord
from store.catalog.tables import runs, sources


def source_to_row(source: Source) -> dict[str, Any]:
    """The source as column values."""
    return {**asdict(source), "kind": source.kind.value, "options": _options_to_json(source.options)}


def source_from_row(row: sa.RowMapping) -> Source:
    """The source of a row that holds all columns."""
    options = _options_from_json(row["options"])
    return Source(**{**row, "kind": SourceKind(row["kind"]), "options": options})


def of_tenant(tenant: str) -> sa.Select[Any]:
    """The tenant's sources by root."""
    return sa.select(sources).where(sources.c.tenant == tenant).order_by(sources.c.root, sources.c.source_id)


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
