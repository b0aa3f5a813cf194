"""Claims with the words they are said to stand on: made of questions and answers to set the threshold, written by people to report."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from core.errors import SettingsError
from core.sentences import split_sentences
from evals.datasets.retrieval_sets import read_grades

_QUESTION_WORD = re.compile(
    r"\b(?:what|which|who|whom|whose|when|where|why|how (?:many|much|long|old|often)|how|did|does|do)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[a-z]{2}[.!?])\s+(?=[A-Z])")
_TOP_SENTENCES = 4
_WORDS = re.compile(r"[^\W_]{3,}")


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """`label` as in the set it is from; `evidence` are sentences, `context` a title."""

    text: str = field(repr=False)
    evidence: str = field(repr=False)
    context: str
    label: str


def made_claims(data: Path, *, count: int, seed: int) -> list[LabelledClaim]:
    """Question and answer of SQuAD's training questions as one claim, beside the sentence that has the answer.

    `supported`: as they are. `not_supported`: the answer is that to another question about the same passage.
    """
    folder = data / "squad"
    questions = [row for row in _rows(folder / "queries_train.jsonl") if row.get("answers")]
    grades = read_grades(folder / "qrels_train.tsv")
    passages = {str(row["id"]): row for row in _rows(folder / "corpus.jsonl")}
    by_passage: dict[str, list[dict[str, Any]]] = {}
    for row in questions:
        for doc_id in list(grades.get(str(row["id"]), ()))[:1]:
            by_passage.setdefault(doc_id, []).append(row)
    rng = random.Random(seed)  # noqa: S311
    chosen = sorted(doc_id for doc_id, rows in by_passage.items() if len(rows) > 1)
    rng.shuffle(chosen)
    return [
        claim
        for doc_id in chosen[: count // 2]
        for claim in _made(passages[doc_id], rng.sample(by_passage[doc_id], 2))
    ]


def wice_claims(data: Path) -> list[LabelledClaim]:
    """The claims of WiCE (Kamoi et al. 2023, development set) beside the sentences of the cited page with most words of theirs.

    Not the marked evidence: nobody marks it for an answer that is being written.
    """
    rows = _rows(data / "wice" / "entailment_claim" / "dev.jsonl")
    return [
        LabelledClaim(
            row["claim"], "\n".join(_nearest(row["claim"], row["evidence"])), row["evidence"][0], row["label"]
        )
        for row in rows
    ]


def clapnq_claims(data: Path, *, seed: int) -> list[LabelledClaim]:
    """Sentences of the long answers that people wrote for CLAP NQ (Rosenthal et al. 2024), beside the sentences they chose as grounds.

    `not_supported`: beside as many other sentences of the same passage. Some of these say it too; nobody has marked them.
    """
    rng = random.Random(seed)  # noqa: S311
    rows = _rows(data / "clapnq" / "clapnq_dev_answerable.jsonl")
    return [claim for row in rows for claim in _answered(row["passages"][0], row["output"][0], rng)]


def _answered(passage: dict[str, Any], output: dict[str, Any], rng: random.Random) -> Iterator[LabelledClaim]:
    chosen = output["selected_sentences"] or []
    others = [one for one in passage["sentences"] if one not in chosen]
    for text in _SENTENCE_END.split(output["answer"] or ""):
        if chosen and text:
            yield LabelledClaim(text, "\n".join(chosen), passage["title"], "supported")
        if chosen and others and text:
            drawn = rng.sample(others, min(len(others), len(chosen)))
            yield LabelledClaim(text, "\n".join(drawn), passage["title"], "not_supported")


def _made(passage: dict[str, Any], rows: Sequence[dict[str, Any]]) -> Iterator[LabelledClaim]:
    question, other = rows
    answer, wrong = question["answers"][0], other["answers"][0]
    text = passage["text"]
    at = text.find(answer)
    sentence = next(
        (text[one.start : one.end] for one in split_sentences(text) if one.start <= at < one.end), ""
    )
    if not sentence or wrong.lower() in sentence.lower():
        return
    words = _QUESTION_WORD.sub(" ", question["text"].rstrip("? "))
    yield LabelledClaim(f"{words} {answer}.", sentence, passage["title"], "supported")
    yield LabelledClaim(f"{words} {wrong}.", sentence, passage["title"], "not_supported")


def _nearest(claim: str, sentences: Sequence[str]) -> list[str]:
    words = set(_WORDS.findall(claim.lower()))
    shared = [(len(words & set(_WORDS.findall(one.lower()))), -at) for at, one in enumerate(sentences)]
    return [sentences[-at] for _, at in sorted(shared, reverse=True)[:_TOP_SENTENCES]]


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    if not path.is_file():
        raise SettingsError(f"'{path}' does not exist; name the folder that holds the sets with --data")
    with path.open("rb") as lines:
        yield from (orjson.loads(line) for line in lines)
