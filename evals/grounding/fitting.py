"""Fits the table of calibrations that comes with Folio, and prints it.

python -m evals.grounding.fitting --data FOLDER [--cache FOLDER] > generation/grading/data/answerable.toml

Each question is read with its answering passage, with that passage kept out of the search, and (where a sentence can be told to
answer) with that sentence cut out of it: the last is a passage on the topic that does not answer.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.search import Hit
from core.sentences import split_sentences
from evals.grounding.asking import Questioner
from evals.grounding.sets import GroundedQuestion, GroundedSet, read_grounded
from evals.grounding.splitting import for_fitting
from evals.retrieval_eval.indexing import indexed

FITTED_ON = "qed_nq"
APART_FROM = ("clapnq",)
WORDS = ("sentence", "passage", "coverage_rest", "kind_here")
NEARNESS = ("sentence",)


@dataclass(frozen=True, slots=True)
class Example:
    """What was read for a question, and whether it answers."""

    features: Mapping[str, float]
    answers: bool


async def examples(
    data: GroundedSet, questions: Sequence[GroundedQuestion], *, cache: Path | None
) -> list[Example]:
    """All examples of these questions."""
    found: list[Example] = []
    async with indexed(data.passages, cache=cache) as store:
        questioner = Questioner(data, store)
        for question in questions:
            hits = await questioner.hits(question)
            rows = [(hits, True), (await questioner.hits(question, without=True), False)]
            if short := without_answer(hits, question):
                rows.append((short, False))
            for evidence, answers in rows:
                if features := await questioner.features(question.text, evidence):
                    found.append(Example(features, answers))
    return found


def without_answer(hits: Sequence[Hit], question: GroundedQuestion) -> list[Hit]:
    """The hits, the sentences with the answer cut out of the answering passage; empty where that cannot be done. Pure."""
    found, is_cut = [], False
    spans = [span.casefold() for span in question.spans if span.strip()]
    for hit in hits:
        text = hit.text
        sentences = split_sentences(text)
        telling = [
            one for one in sentences if any(span in text[one.start : one.end].casefold() for span in spans)
        ]
        if hit.external_id in question.gold and 0 < len(telling) < len(sentences):
            for one in reversed(telling):
                text = text[: one.start] + text[one.end :].lstrip()
            is_cut = True
        found.append(replace(hit, text=text, end=hit.start + len(text)))
    return found if is_cut else []


def table(name: str, columns: Sequence[str], found: Sequence[Example]) -> str:
    """One table of the file. Answers and refusals weigh the same, however many there are of each."""
    from sklearn.linear_model import LogisticRegression

    values = np.array([[example.features[column] for column in columns] for example in found])
    center, scale = values.mean(axis=0), values.std(axis=0)
    model = LogisticRegression(C=1.0, max_iter=500, class_weight="balanced")
    model.fit((values - center) / scale, [example.answers for example in found])
    lines = [f"[{name}]", f"intercept = {model.intercept_[0]:.3f}", "", f"[{name}.features]"]
    lines += [
        f"{column} = {{ center = {middle:.3f}, scale = {spread:.3f}, weight = {weight:.3f} }}"
        for column, middle, spread, weight in zip(columns, center, scale, model.coef_[0], strict=True)
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the file."""
    parser = argparse.ArgumentParser(prog="python -m evals.grounding.fitting")
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sets")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors for the next run")
    options = parser.parse_args(arguments)
    data = read_grounded(options.data / FITTED_ON)
    others = [read_grounded(options.data / name) for name in APART_FROM]
    questions = for_fitting(data, apart_from=others)
    found = asyncio.run(examples(data, questions, cache=options.cache))
    head = (
        f"# When passages answer a question: fitted by `python -m evals.grounding.fitting` on {len(questions)} questions of "
        f"{FITTED_ON}\n# ({len(found)} examples, {sum(one.answers for one in found)} of them answered; none of "
        f"{', '.join(APART_FROM)}). A feature adds `weight * (value - center) / scale`."
    )
    parts = [head, table("words", WORDS, found), table("nearness", NEARNESS, found)]
    sys.stdout.write("\n\n".join(parts) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
