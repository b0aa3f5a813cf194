"""The set `products`: all chapters together. Deterministic, nothing of it is anybody else's."""

from evals.datasets.model import CorpusKind, EvalSet
from evals.datasets.versions import version_of
from evals.golden.products.applications import applications
from evals.golden.products.bulletins import bulletins
from evals.golden.products.faults import faults
from evals.golden.products.parts import parts
from evals.golden.products.procedures import procedures
from evals.golden.products.releases import releases

NAME = "products"


def products_set() -> EvalSet:
    """Error codes, parts, release notes, procedures, applications and bulletins.

    `search:exact` tags what needs the very words (BM25), `search:meaning` what has none of them (vectors), `search:both` the rest.
    """
    chapters = [faults(), parts(), releases(), procedures(), applications(), bulletins()]
    documents = tuple(document for chapter in chapters for document in chapter.documents)
    cases = tuple(case for chapter in chapters for case in chapter.cases)
    return EvalSet(
        NAME,
        version_of(cases, documents),
        CorpusKind.TEXTS,
        cases,
        documents,
        description="codes, part numbers, versions and paraphrases, over the documents of an invented maker",
        licence="written for Folio, under its terms",
    )
