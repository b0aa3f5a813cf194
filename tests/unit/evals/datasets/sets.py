"""Small sets that tests start from, and all sets that hypothesis can think of."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from core.access import AccessLabel, Tier
from evals.datasets.model import CorpusKind, EvalCase, EvalDocument, EvalSet, GoldSpan, Reader

PUMPS = EvalDocument("pumps", "Pumps", "Pump P-1 runs at 4 bar. It is oiled in May.")
PRICES = EvalDocument("prices", "Prices", "P-1 costs 900 euros.", AccessLabel(tier=Tier.RESTRICTED))
PRESSURE = EvalCase(
    "c1",
    "At which pressure does P-1 run?",
    grades={"pumps": 2},
    wrong=("prices",),
    answers=("4 bar",),
    spans=(GoldSpan("pumps", "Pump P-1 runs at 4 bar.", 0),),
    tags=("kind:number",),
)
PRICE = EvalCase(
    "c2",
    "What does P-1 cost?",
    grades={"prices": 1},
    answers=("900 euros",),
    reader=Reader(clearance="restricted"),
)
NOBODY = EvalCase("c3", "Who painted P-1?", tags=("kind:unanswerable",), answerable=False)
SMALL = EvalSet("small", "", CorpusKind.TEXTS, (PRESSURE, PRICE, NOBODY), (PUMPS, PRICES), licence="ours")


def with_case(case: EvalCase, **changes: Any) -> EvalSet:
    """The small set with only this case, changed."""
    return replace(SMALL, cases=(replace(case, **changes),))


def a_set_of_files(folder: Path) -> EvalSet:
    """One question over one file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pumps.md").write_text(PUMPS.text, encoding="utf-8")
    case = EvalCase("c1", "At which pressure?", grades={"pumps.md": 1})
    return EvalSet("files", "", CorpusKind.FILES, (case,), folder=folder.resolve())


words = st.text(min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
readers = st.builds(
    Reader,
    tenant=words,
    clearance=st.sampled_from([tier.label for tier in Tier]),
    groups=st.lists(words, max_size=2).map(tuple),
)
labels = st.builds(
    AccessLabel, tenant=words, tier=st.sampled_from(Tier), groups=st.frozensets(words, max_size=2)
)
documents = st.builds(
    EvalDocument,
    doc_id=words,
    title=st.text(max_size=9),
    text=st.text(max_size=40),
    access=st.none() | labels,
)
spans = st.builds(GoldSpan, doc_id=words, quote=words, start=st.integers(-1, 10**6))
cases = st.builds(
    EvalCase,
    case_id=words,
    question=words,
    grades=st.dictionaries(words, st.integers(1, 9), max_size=3),
    wrong=st.lists(words, max_size=2).map(tuple),
    answers=st.lists(words, max_size=2).map(tuple),
    spans=st.lists(spans, max_size=2).map(tuple),
    tags=st.lists(words, max_size=2).map(tuple),
    answerable=st.booleans(),
    reader=st.none() | readers,
    origin=words,
)
text_sets = st.builds(
    EvalSet,
    name=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,20}", fullmatch=True),
    version=st.just(""),
    corpus=st.just(CorpusKind.TEXTS),
    cases=st.lists(cases, max_size=4, unique_by=lambda case: case.case_id).map(tuple),
    documents=st.lists(documents, max_size=4, unique_by=lambda one: one.doc_id).map(tuple),
    description=st.text(max_size=20),
    licence=st.text(max_size=20),
)
