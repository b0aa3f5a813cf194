"""Sets in the layout of BEIR as golden sets: what is right, what answers, and which questions nothing answers.

Beside what `evals.datasets.retrieval_sets` reads, queries may have `answers` and `answerable: false`, and `*_answerable.jsonl`
the sentences that annotators selected (as CLAP NQ has them).
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from evals.datasets.model import CorpusKind, EvalCase, EvalDocument, EvalSet, GoldSpan
from evals.datasets.retrieval_sets import json_rows, read_set
from evals.datasets.versions import version_of


def read_beir(folder: Path, *, split: str = "test", licence: str = "") -> EvalSet:
    """The set in a folder: the queries that are judged, and those that are said to be unanswerable.

    `split` names the file of judgements where there are several (`qrels/test.tsv`). Queries of other splits are left out.
    A span is a selected sentence, else an answer, that stands in a relevant document to the letter.

    Raises:
        SettingsError: A file is missing or cannot be read; the message names file and line.
    """
    data = read_set(folder, split=split)
    documents = tuple(EvalDocument(one.doc_id, one.title, one.text) for one in data.passages)
    texts = {one.doc_id: one.text for one in documents}
    selected = selected_sentences(folder)
    cases = tuple(
        _case({**row, "id": query_id}, data.grades.get(query_id, {}), selected.get(query_id, ()), texts)
        for query_id, row in json_rows(folder / "queries.jsonl")
        if query_id in data.grades or row.get("answerable") is False
    )
    return EvalSet(
        data.name, version_of(cases, documents), CorpusKind.TEXTS, cases, documents, licence=licence
    )


def selected_sentences(folder: Path) -> dict[str, tuple[str, ...]]:
    """By query id the sentences that annotators selected; of all files `*_answerable.jsonl`.

    Raises:
        SettingsError: A line cannot be read.
    """
    found: dict[str, tuple[str, ...]] = {}
    for file in sorted(folder.glob("*_answerable.jsonl")):
        for query_id, row in json_rows(file):
            said = [span for output in row.get("output", ()) for span in output.get("selected_sentences", ())]
            found[query_id] = tuple(dict.fromkeys(said))
    return found


def _case(
    row: Mapping[str, Any], grades: Mapping[str, int], selected: Sequence[str], texts: Mapping[str, str]
) -> EvalCase:
    answers = tuple(row.get("answers") or ())
    return EvalCase(
        row["id"],
        row["text"],
        grades=dict(grades),
        answers=answers if grades else (),
        spans=tuple(_spans(grades, tuple(selected) or answers, texts)),
        answerable=bool(grades),
        origin="beir",
    )


def _spans(grades: Mapping[str, int], quotes: Sequence[str], texts: Mapping[str, str]) -> Iterator[GoldSpan]:
    for doc_id in grades:
        text = texts.get(doc_id, "")
        for quote in dict.fromkeys(quotes):
            if quote.strip() and quote in text:
                yield GoldSpan(doc_id, quote, text.find(quote))
