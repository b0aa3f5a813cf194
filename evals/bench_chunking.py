"""Compare the chunking strategies: how much of the wanted text a token budget brings, and what an edit costs.

python -m evals.bench_chunking FOLDER [--strategies structure,sentence] [--max-chars 150000] [--edits 30]

FOLDER has `corpora/*.md` and `questions_df.csv` (question, references as JSON with start_index and end_index, corpus_id),
as in Chroma's chunking evaluation (Smith and Troynikov 2024). Dense retrieval alone, within the corpus of a question.
"""

import argparse
import asyncio
import csv
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import mean

import numpy as np
import orjson
from numpy.typing import NDArray

from core.config import Settings, load_settings
from core.documents import Chunk, ParsedDocument
from core.ports import Chunker, Embedder
from inference.embed.factory import create_embedder, create_token_counter
from ingest.chunk.factory import STRATEGIES, create_chunker

_BUDGETS_TOKENS = (500, 1000, 2000)
_EDIT_SEED = 11

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the parts of its corpus that answer it, as character spans."""

    text: str
    corpus: str
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Measures:
    """Of one strategy: sizes in tokens, mean share of the answers' characters found within each budget, costs of edits."""

    chunk_count: int
    mean_tokens: float
    tenth_tokens: int
    recall: tuple[float, ...]
    first_rank_mrr: float
    edit_costs: tuple[int, ...]


def read_questions(path: Path, *, max_chars: int) -> list[Question]:
    """The questions whose answers all lie within the first `max_chars` characters."""
    csv.field_size_limit(10_000_000)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    questions = [
        Question(row["question"], row["corpus_id"], tuple(_spans(row["references"]))) for row in rows
    ]
    return [question for question in questions if max(end for _, end in question.spans) <= max_chars]


def covered_share(spans: Sequence[tuple[int, int]], chunks: Iterable[Chunk]) -> float:
    """Characters of the spans that lie in any of the chunks, as a share of all of theirs."""
    wanted = {offset for start, end in spans for offset in range(start, end)}
    found = {offset for chunk in chunks for offset in range(chunk.start, chunk.end)}
    return len(wanted & found) / len(wanted)


def within_budget(ranked: Sequence[Chunk], budget_tokens: int) -> list[Chunk]:
    """The first chunks whose tokens together are within the budget."""
    totals = accumulate(chunk.token_count for chunk in ranked)
    return [chunk for chunk, total in zip(ranked, totals, strict=True) if total <= budget_tokens]


def reciprocal_rank(spans: Sequence[tuple[int, int]], ranked: Sequence[Chunk]) -> float:
    """1 / the rank, from 1, of the first chunk that holds a character of the spans; 0 if none does."""
    for rank, chunk in enumerate(ranked, start=1):
        if any(start < chunk.end and chunk.start < end for start, end in spans):
            return 1 / rank
    return 0.0


def edit_costs(chunker: Chunker, text: str, *, count: int, seed: int) -> list[int]:
    """New embeddings after each of `count` edits of one paragraph: replaced, inserted before, removed, one word changed."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    paragraphs = text.split("\n\n")
    known = {chunk.embedding_text for chunk in chunker.chunk(_document(text))}
    costs = []
    for number in range(count):
        edited = "\n\n".join(_edited(paragraphs, rng, kind=number % 4))
        now = {chunk.embedding_text for chunk in chunker.chunk(_document(edited))}
        costs.append(len(now - known))
    return costs


def measure(
    chunker: Chunker,
    corpora: dict[str, str],
    questions: Sequence[Question],
    embedder: Embedder,
    *,
    edit_count: int,
) -> Measures:
    """All measures of one chunker. Edits are made in the first 100,000 characters of the largest corpus."""
    chunks = {name: chunker.chunk(_document(text)) for name, text in corpora.items()}
    ranked = [
        (question, chunks[question.corpus], order) for question, order in _ranked(questions, chunks, embedder)
    ]
    orders = [(question, [found[position] for position in order]) for question, found, order in ranked]
    sizes = sorted(chunk.token_count for found in chunks.values() for chunk in found)
    text = max(corpora.values(), key=len)[:100_000]
    costs = edit_costs(chunker, text, count=edit_count, seed=_EDIT_SEED) if edit_count else []
    return Measures(
        len(sizes),
        mean(sizes),
        sizes[len(sizes) // 10],
        tuple(
            mean(covered_share(question.spans, within_budget(order, budget)) for question, order in orders)
            for budget in _BUDGETS_TOKENS
        ),
        mean(reciprocal_rank(question.spans, order) for question, order in orders),
        tuple(costs),
    )


def table(rows: Iterable[tuple[str, Measures]]) -> str:
    """The measures as a Markdown table."""
    budgets = " | ".join(f"recall in {budget} tokens" for budget in _BUDGETS_TOKENS)
    lines = [
        f"| strategy | chunks | mean tokens | tenth | {budgets} | MRR | embeddings per edit (worst) |",
        "|---|---|---|---|" + "---|" * len(_BUDGETS_TOKENS) + "---|---|",
    ]
    for name, row in rows:
        recall = " | ".join(f"{share:.3f}" for share in row.recall)
        lines.append(
            f"| {name} | {row.chunk_count} | {row.mean_tokens:.0f} | {row.tenth_tokens} | {recall} "
            f"| {row.first_rank_mrr:.3f} | {_costs(row.edit_costs)} |"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--strategies", default=",".join(STRATEGIES[:3]))
    parser.add_argument("--max-chars", type=int, default=150_000, help="of each corpus")
    parser.add_argument("--edits", type=int, default=30, help="0 for `semantic`, which embeds all for each")
    options = parser.parse_args(arguments)
    settings = load_settings()
    questions = read_questions(options.folder / "questions_df.csv", max_chars=options.max_chars)
    corpora = {
        path.stem: path.read_text(encoding="utf-8")[: options.max_chars]
        for path in sorted((options.folder / "corpora").glob("*.md"))
    }
    embedder = create_embedder(settings.embedding)
    rows = [
        (
            name,
            measure(
                _chunker(name, settings, embedder),
                corpora,
                questions,
                embedder,
                edit_count=options.edits,
            ),
        )
        for name in options.strategies.split(",")
    ]
    print(f"{len(questions)} questions\n\n{table(rows)}")  # noqa: T201 - this is a command


def _costs(costs: Sequence[int]) -> str:
    return f"{mean(costs):.1f} ({max(costs)})" if costs else "-"


def _chunker(name: str, settings: Settings, embedder: Embedder) -> Chunker:
    counter = create_token_counter(settings.embedding)
    return create_chunker(name, settings=settings.chunks, counter=counter, embed=_embed(embedder))


def _embed(embedder: Embedder) -> Callable[[Sequence[str]], list[tuple[float, ...]]]:
    return lambda texts: asyncio.run(embedder.embed_passages(texts))


def _ranked(
    questions: Sequence[Question], chunks: dict[str, list[Chunk]], embedder: Embedder
) -> Iterator[tuple[Question, list[int]]]:
    """Every question with the positions of its corpus' chunks, the nearest first; of equal ones the earlier."""
    embed = _embed(embedder)
    vectors = {
        name: _matrix(embed([each.embedding_text for each in found])) for name, found in chunks.items()
    }
    for question, vector in zip(questions, _matrix(embed([each.text for each in questions])), strict=True):
        yield question, np.argsort(-(vectors[question.corpus] @ vector), kind="stable").tolist()


def _matrix(vectors: Sequence[Sequence[float]]) -> Vectors:
    return np.asarray(vectors, dtype=np.float32)


def _document(text: str) -> ParsedDocument:
    return ParsedDocument(text, "", "text/markdown")


def _spans(references: str) -> Iterator[tuple[int, int]]:
    for reference in orjson.loads(references):
        yield int(reference["start_index"]), int(reference["end_index"])


def _edited(paragraphs: Sequence[str], rng: random.Random, *, kind: int) -> list[str]:
    edited, position = list(paragraphs), rng.randrange(len(paragraphs))
    new = " ".join(
        rng.choice(rng.choice(paragraphs).split() or ["word"]) for _ in range(rng.randrange(5, 150))
    )
    words = edited[position].split(" ")
    words[rng.randrange(len(words))] = "changed"
    replacements: tuple[list[str], ...] = ([new], [new, edited[position]], [], [" ".join(words)])
    edited[position : position + 1] = replacements[kind]
    return edited


if __name__ == "__main__":
    main()
