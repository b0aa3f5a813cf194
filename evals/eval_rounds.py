"""What further rounds of searching, with queries by rules, bring to questions that take several documents.

python -m evals.eval_rounds --data FOLDER [--cache FOLDER] [--sets multihop_hotpotqa ...] [--limit 300]

Chunker, models, store and service are those that serve; no language model rewrites. Every round is made for every question, as if the
evidence were always poor, and what all rounds have found is cut to as many passages as one round gives: rounds are compared at equal
count. What a grader would keep of it is not measured here.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from core.access import Principal
from core.answer_ports import Asked
from core.errors import FolioError
from core.search import Hit
from evals.datasets.retrieval_sets import Question, RetrievalSet, find_sets, read_set
from evals.metrics.ranking import recalls
from evals.retrieval_eval.indexing import Indexed, indexed
from generation.rounds.merging import merged
from generation.rounds.rules import RuleRewriter

SETS = ("multihop_hotpotqa", "multihop_musique")
DEPTHS = (5, 8)
ROUNDS = (1, 2, 3)
_COUNT = 8
_PRINCIPAL = Principal()
_MS_PER_S = 1000

Rankings = dict[str, list[str]]


@dataclass
class Measured:
    """Documents by question, for each number of rounds; how many searches were made, and how long all took."""

    rankings: dict[int, Rankings] = field(default_factory=lambda: {count: {} for count in ROUNDS})
    searches: dict[int, int] = field(default_factory=lambda: dict.fromkeys(ROUNDS, 0))
    seconds: dict[int, float] = field(default_factory=lambda: dict.fromkeys(ROUNDS, 0.0))


async def measure(data: RetrievalSet, *, cache: Path | None, limit: int) -> str:
    """A table of one set."""
    questions = data.questions[:limit]
    found = Measured()
    async with indexed(data.passages, cache=cache) as store:
        for question in questions:
            await _gather(store, question, found)
    grades = {question.query_id: data.grades[question.query_id] for question in questions}
    head = f"{data.name}: {len(questions)} questions, {len(data.passages)} documents"
    lines = [
        head,
        "",
        "| rounds | R@5 | R@8 | searches a question | ms a question |",
        "|---|---|---|---|---|",
    ]
    for count in ROUNDS:
        shares = " | ".join(f"{share:.3f}" for share in recalls(found.rankings[count], grades, depths=DEPTHS))
        ms = found.seconds[count] / len(questions) * _MS_PER_S
        lines.append(f"| {count} | {shares} | {found.searches[count] / len(questions):.2f} | {ms:.0f} |")
    return "\n".join(lines)


async def _gather(store: Indexed, question: Question, found: Measured) -> None:
    rankings: list[tuple[Hit, ...]] = []
    tried: list[str] = []
    hits: tuple[Hit, ...] = ()
    asked, rewriter = Asked(question.text, _PRINCIPAL.tenant, _PRINCIPAL.subject), RuleRewriter()
    began_s = perf_counter()
    queries: tuple[str, ...] = (question.text,)
    for count in ROUNDS:
        if count > 1:
            queries = (await rewriter.rewrite(asked, hits, tried=tried, token_budget=0)).queries
        for query in queries:
            result = await store.parts.search.search(query, principal=_PRINCIPAL, limit=_COUNT)
            rankings.append(result.hits)
            tried.append(query)
        hits = merged(rankings, limit=_COUNT)
        documents = dict.fromkeys(hit.external_id or "" for hit in hits)
        found.rankings[count][question.query_id] = list(documents)
        found.searches[count] += len(tried)
        found.seconds[count] += perf_counter() - began_s


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.eval_rounds", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument("--data", type=Path, help="folder that holds the sets")
    parser.add_argument("--cache", type=Path, help="folder that keeps vectors for the next run")
    parser.add_argument(
        "--sets", nargs="+", default=[], help=f"default: those there are of {', '.join(SETS)}"
    )
    parser.add_argument("--limit", type=int, default=300, help="most questions of a set")
    options = parser.parse_args(arguments)
    if options.data is None:
        sys.stdout.write("nothing measured: name the folder with the retrieval sets with --data\n")
        return 0
    known = [name for name in SETS if (options.data / name).is_dir()]
    try:
        for folder in find_sets(options.data, options.sets or known):
            table = asyncio.run(measure(read_set(folder), cache=options.cache, limit=options.limit))
            sys.stdout.write(table + "\n\n")
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
