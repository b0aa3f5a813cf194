"""All questions that rules can make of documents: what each maker gives, told apart. Pure but for the parser."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from evals.making.distinct import Corpus, distinct
from evals.making.drafts import Draft, GraphNotes, ReadDocument, Relation
from evals.making.entities import fact_drafts, identifier_drafts, relation_drafts
from evals.making.headings import Parse, heading_drafts
from evals.making.tables import table_drafts


def all_drafts(
    documents: Sequence[ReadDocument], corpus: Corpus, *, parse: Parse | None, notes: GraphNotes
) -> list[Draft]:
    """Every question that one answer is right for. Without a parser, none from sentences."""
    relations = _by_document(notes.relations)
    found: list[Draft] = []
    for one in documents:
        found += heading_drafts(one, parse=parse)
        found += fact_drafts(one, parse=parse, notes=notes) if parse else []
        found += identifier_drafts(one)
        found += relation_drafts(one, relations[one.doc_id])
        found += table_drafts(one)
    return distinct(found, corpus)


def _by_document(relations: Iterable[Relation]) -> dict[str, list[Relation]]:
    found: dict[str, list[Relation]] = defaultdict(list)
    for one in relations:
        found[one.doc_id].append(one)
    return found
