"""What the metrics and the log of slow statements are told of the catalog's database: durations, never parameters."""

import hashlib
import logging
import time
from typing import Any

import sqlalchemy as sa
from opentelemetry.trace import SpanKind

from core import metrics, tracing

_log = logging.getLogger(__name__)
_MS_PER_S = 1000
_BEGUN = "folio_begun"
_KINDS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "PRAGMA", "BEGIN", "WITH", "CREATE", "ALTER"})


def watch(engine: sa.Engine, *, slow_s: float = 0.0) -> None:
    """Measure every statement of an engine; those over `slow_s` seconds get a line in the log, 0: none do.

    The instrumentation of OpenTelemetry is not used: it does not know this SQLAlchemy, and would send the statements' text.
    """

    def before(connection: sa.Connection, _cursor: object, statement: str, *_: Any) -> None:
        kind = kind_of(statement)
        span = tracing.begin_span(
            kind, kind=SpanKind.CLIENT, db__operation__name=kind, db__system__name=connection.dialect.name
        )
        connection.info[_BEGUN] = (time.perf_counter(), span)

    def after(connection: sa.Connection, _cursor: object, statement: str, *_: Any) -> None:
        found = connection.info.pop(_BEGUN, None)
        if found is None:
            return
        began_s, span = found
        span.end()
        took_s = time.perf_counter() - began_s
        kind = kind_of(statement)
        metrics.sql_took(kind, took_s)
        if 0 < slow_s <= took_s:
            _log.warning("slow statement: %s %s took %.0f ms", kind, shape_of(statement), took_s * _MS_PER_S)

    def broken(failure: sa.engine.ExceptionContext) -> None:
        info = failure.connection.info if failure.connection is not None else {}
        found = info.pop(_BEGUN, None)
        if found is not None:
            tracing.failed(found[1], type(failure.original_exception))
            found[1].end()

    sa.event.listen(engine, "before_cursor_execute", before)
    sa.event.listen(engine, "after_cursor_execute", after)
    sa.event.listen(engine, "handle_error", broken)


def kind_of(statement: str) -> str:
    """The first word of a statement, if it is one that is known; else `other`. Pure."""
    word = statement.lstrip().split(None, 1)[0].upper() if statement.strip() else ""
    return word if word in _KINDS else "other"


def shape_of(statement: str) -> str:
    """Twelve digits that are the same for every statement of one form: to tell slow ones apart without their text. Pure."""
    return hashlib.sha256(statement.encode(errors="replace")).hexdigest()[:12]
