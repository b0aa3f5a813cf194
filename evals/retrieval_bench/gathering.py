"""Gathers the corpus of a benchmark from retrieval sets, or makes one up."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from core.config import Settings
from evals.datasets.retrieval_sets import Passage, read_set
from evals.retrieval_bench.corpus import (
    BenchCorpus,
    chunk_fields,
    made_passages,
    made_questions,
    write_corpus,
)
from evals.retrieval_eval.indexing import cut_all, structure_chunker
from evals.retrieval_eval.vector_cache import CachedEmbedder
from inference.embed.factory import create_embedder

_QUESTIONS_PER_SET = 100
_QUESTION_COUNT = 320
_PASSAGES_AT_ONCE = 256


async def gather(
    place: Path,
    folders: Sequence[Path],
    *,
    settings: Settings,
    count: int,
    embedded_count: int,
    cache: Path | None,
) -> BenchCorpus:
    """Write `count` chunks and their questions to a folder. Where the sets have fewer, made-up texts follow."""
    sets = [read_set(folder) for folder in folders]
    passages = chain.from_iterable(data.passages for data in sets)
    endless = chain(passages, made_passages(count))
    chunks = await asyncio.to_thread(lambda: list(islice(_cut(endless, settings), count)))
    asked = (question.text for data in sets for question in data.questions[:_QUESTIONS_PER_SET])
    questions = list(islice(chain(_spread(list(asked)), made_questions(_QUESTION_COUNT)), _QUESTION_COUNT))
    embedder = CachedEmbedder(create_embedder(settings.embedding), folder=cache)
    return await write_corpus(place, chunks, questions, embedder=embedder, embedded_count=embedded_count)


def _cut(passages: Iterable[Passage], settings: Settings) -> Iterator[dict[str, Any]]:
    chunker, document = structure_chunker(settings), 0
    iterator = iter(passages)
    while some := list(islice(iterator, _PASSAGES_AT_ONCE)):
        for passage in some:
            found = [row.chunk for row in cut_all([passage], chunker)]
            yield from chunk_fields(passage, found, document=document)
            document += 1


def _spread(questions: list[str]) -> list[str]:
    """Questions of different sets in turn, so that a part of them is of all sets."""
    return [question for start in range(7) for question in questions[start::7]]
