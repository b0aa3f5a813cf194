"""Which documents a change is tried on: those that the questions need, and others beside them. Ids only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.documents import DocumentRecord, DocumentState
from core.errors import InvalidInputError
from folio.unindexed import all_documents

if TYPE_CHECKING:
    from core.ports import DocumentCatalog
    from evals.datasets.model import EvalSet


@dataclass(frozen=True, slots=True)
class Sample:
    """Indexed documents. `missing_count` documents that the set names are not in the index any more."""

    records: tuple[DocumentRecord, ...]
    missing_count: int = 0


async def draw(catalog: "DocumentCatalog", eval_set: "EvalSet", *, tenant: str, count: int) -> Sample:
    """The documents that the set names, and others up to `count` in all. Ids are hashes: the first of them are a fair draw.

    Raises:
        InvalidInputError: The set names more than `count`, or none that is indexed.
    """
    named = named_documents(eval_set)
    if len(named) > count:
        raise InvalidInputError(
            f"the set '{eval_set.name}' needs {len(named)} documents, and a change is tried on {count}: raise "
            "FOLIO_EVALS__GATE__DOCUMENT_COUNT"
        )
    found = [await catalog.get(doc_id) for doc_id in named]
    needed = {row.doc_id: row for row in found if row is not None and _is_shown(row, tenant)}
    if not needed:
        raise InvalidInputError(
            f"none of the documents that the set '{eval_set.name}' names is in this knowledge base: make a set of it with "
            "`folio eval make`"
        )
    missing_count = len(named) - len(needed)
    async for record in all_documents(catalog, tenant, states=(DocumentState.INDEXED,)):
        if len(needed) >= count:
            break
        needed.setdefault(record.doc_id, record)
    return Sample(tuple(needed.values()), missing_count)


def named_documents(eval_set: "EvalSet") -> Sequence[str]:
    """The documents that cases speak of, sorted. Pure."""
    return sorted(
        {
            doc_id
            for case in eval_set.cases
            for doc_id in (*case.grades, *case.wrong, *(span.doc_id for span in case.spans))
        }
    )


def _is_shown(record: DocumentRecord, tenant: str) -> bool:
    return record.tenant == tenant and record.state is DocumentState.INDEXED
