"""Documents and cases that tests of the makers start from."""

from evals.datasets.model import EvalCase, GoldSpan
from evals.making.drafts import Draft, ReadDocument


def document(text: str, *, doc_id: str = "d1", title: str = "Pump manual", **more: object) -> ReadDocument:
    return ReadDocument(doc_id, f"{doc_id}.md", title, text, **more)  # type: ignore[arg-type]


def draft(question: str, *, doc_id: str = "d1", answer: str = "12 days", **more: object) -> Draft:
    values: dict[str, object] = {"kind": "fact", "origin": "entity", "start": 0, "quote": answer, **more}
    return Draft(question=question, doc_id=doc_id, answers=(answer,), **values)  # type: ignore[arg-type]


def case(case_id: str = "c1", question: str = "How long is it?", **more: object) -> EvalCase:
    values: dict[str, object] = {"grades": {"d1": 1}, "spans": (GoldSpan("d1", "twelve days"),), **more}
    return EvalCase(case_id, question, **values)  # type: ignore[arg-type]
