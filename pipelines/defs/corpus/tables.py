"""Markdown tables for metadata. File names come from strangers: nothing in them is markup."""

from collections.abc import Sequence

from core.documents import DocumentState
from core.runs import FileFailure
from ingest.plan import SyncPlan
from pipelines.defs.corpus.links import document_link

_SHOWN_FAILURES = 200
_SHOWN_DOCUMENTS = 100
_MARKUP = frozenset("\\`*_{}[]<>()#+-!|~$&")


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; the cells are Markdown already."""
    lines = [columns, ["---"] * len(columns), *rows]
    head, rule, *body = ["| " + " | ".join(line) + " |" for line in lines]
    return "\n".join([head, rule.replace(" ", ""), *body])


def failure_table(failures: Sequence[FileFailure]) -> str:
    """Files and reasons."""
    rows = [[escaped(row.path), escaped(row.reason)] for row in failures[:_SHOWN_FAILURES]]
    table = markdown_table(["file", "reason"], rows)
    hidden_count = len(failures) - _SHOWN_FAILURES
    return (
        f"{table}\n\n{hidden_count} more are in the catalog: `folio status`." if hidden_count > 0 else table
    )


def document_table(plan: SyncPlan, *, api: str | None) -> str | None:
    """What the plan adds, changes, moves and deletes, each with a link to the document; None if there is nothing."""
    rows = _changed(plan)
    if not rows:
        return None
    shown = [
        [kind, document_link(escaped(path), doc_id, api=api)]
        for kind, path, doc_id in rows[:_SHOWN_DOCUMENTS]
    ]
    table = markdown_table(["change", "document"], shown)
    hidden_count = len(rows) - _SHOWN_DOCUMENTS
    return f"{table}\n\n{hidden_count} more." if hidden_count > 0 else table


def escaped(text: str) -> str:
    """One line of plain text as Markdown."""
    line = " ".join(text.split())
    return "".join(f"\\{mark}" if mark in _MARKUP else mark for mark in line)


def _changed(plan: SyncPlan) -> list[tuple[str, str, str]]:
    """Kind of change, path and document id."""
    changes = (("added", plan.added), ("modified", plan.modified), ("moved", plan.moved))
    rows = [(kind, change.candidate.path, change.doc_id) for kind, part in changes for change in part]
    return [*rows, *((DocumentState.DELETED.value, row.path, row.doc_id) for row in plan.deleted)]
