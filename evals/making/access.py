"""Cases for documents that not everybody may read: one reader who may and is answered, one who may not and is not. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from core.access import AccessLabel, Tier
from evals.datasets.model import EvalCase, Reader
from evals.making.drafts import made_id

MAY, MAY_NOT = "access:may", "access:may-not"


def is_open(label: AccessLabel, usual: Reader) -> bool:
    """Whether the usual reader may read a document."""
    return label.readable_by(usual.principal)


def permitted(label: AccessLabel) -> Reader:
    """The least reader who may read a document with this label."""
    return Reader(label.tenant, label.tier.label, tuple(sorted(label.groups))[:1])


def refused(label: AccessLabel) -> Reader:
    """A reader who lacks one thing: the group where one is needed, else the clearance."""
    if label.groups:
        return Reader(label.tenant, label.tier.label, ())
    return Reader(label.tenant, Tier(max(label.tier - 1, 0)).label, ())


def may_case(case: EvalCase, label: AccessLabel) -> EvalCase:
    """The case as asked by one who may read its document."""
    reader = permitted(label)
    return replace(case, case_id=made_id("may", case.question, reader), tags=(*case.tags, MAY), reader=reader)


def may_not_case(case: EvalCase, label: AccessLabel) -> EvalCase:
    """The same question by one who may not: it is to be refused, and the document must not show."""
    reader = refused(label)
    return replace(
        case,
        case_id=made_id("may-not", case.question, reader),
        grades={},
        answers=(),
        spans=(),
        wrong=(),
        tags=(*case.tags, MAY_NOT),
        answerable=False,
        reader=reader,
        origin="access",
    )


def readable(grades: Mapping[str, int], labels: Mapping[str, AccessLabel], reader: Reader) -> dict[str, int]:
    """The grades of documents that a reader may see; of one whose label is not known, none."""
    who = reader.principal
    return {one: grade for one, grade in grades.items() if one in labels and labels[one].readable_by(who)}
