"""Whether documents are still found by the names in them: redaction off, pseudonyms, and `<PERSON>` in place of everybody.

python -m evals.eval_names [--documents N] [--questions N] [--cache FOLDER]

One run, one corpus, one model; each way through Folio's own pipeline, detection included.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from evals.metrics.ranking import Quality, mean_quality
from evals.metrics.ranking import by_query as quality_by_query
from evals.names_bench.corpus import NamesCorpus, names_corpus
from evals.names_bench.systems import OFF, PLACEHOLDERS, PSEUDONYMS, rankings, redactors

STYLES = ("full", "family", "mail")
_LOSS_GOAL = 0.02
Scores = dict[str, dict[str, Quality]]


async def measured(corpus: NamesCorpus, *, cache: Path | None = None) -> Scores:
    """By system and question."""
    grades = {one.question_id: dict.fromkeys(one.relevant, 1) for one in corpus.questions}
    scores: Scores = {}
    for name, redactor in redactors().items():
        found = await rankings(name, corpus.documents, corpus.questions, redactor=redactor, cache=cache)
        scores[name] = quality_by_query(found, grades)
    return scores


def table(corpus: NamesCorpus, scores: Scores) -> str:
    """Recall@5 and MRR of each system over all questions and by the way they name somebody."""
    lines = ["| questions | " + " | ".join(f"{name} R@5 / MRR" for name in scores) + " |"]
    lines.append("|---" * (len(scores) + 1) + "|")
    for style in ("all", *STYLES):
        chosen = [one.question_id for one in corpus.questions if style in {"all", one.style}]
        means = [mean_quality([rows[question] for question in chosen]) for rows in scores.values()]
        cells = [f"{mean.recall_5:.3f} / {mean.mrr:.3f}" for mean in means]
        lines.append(f"| {style} ({len(chosen)}) | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def verdict(scores: Scores) -> str:
    """What pseudonyms cost, beside the goal, and what placeholders would."""
    recall = {name: mean_quality(list(rows.values())).recall_5 for name, rows in scores.items()}
    lost = {name: 1 - value / recall[OFF] if recall[OFF] else 0.0 for name, value in recall.items()}
    met = "met" if lost[PSEUDONYMS] <= _LOSS_GOAL else "missed"
    return (
        f"pseudonyms lose {lost[PSEUDONYMS]:.1%} of recall@5 (goal: at most {_LOSS_GOAL:.0%}, {met}); "
        f"{PLACEHOLDERS} loses {lost[PLACEHOLDERS]:.1%}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and what pseudonyms cost."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.eval_names", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--documents", type=int, default=2000, help="documents to generate")
    parser.add_argument("--questions", type=int, default=300, help="questions to ask")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors from run to run")
    options = parser.parse_args(arguments)
    corpus = names_corpus(options.documents, options.questions)
    scores = asyncio.run(measured(corpus, cache=options.cache))
    sys.stdout.write(f"{table(corpus, scores)}\n\n{verdict(scores)}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
