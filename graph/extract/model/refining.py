"""A document's rows by rules, refined chunk by chunk by a language model; what the model does not answer stays as it was."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from core.documents import Chunk
from core.errors import BudgetError, DependencyDownError, FolioError
from core.graph import DocumentEvidence, Evidence
from graph.extract.model.grounding import joined
from graph.extract.model.reader import ModelReader, Reading

REFINED = "+"
"""Stands in an extractor's fingerprint between that of the rules and that of the model."""


class KeptReadings(Protocol):
    """Answers about chunks, so that nothing is asked twice. They go with their document."""

    async def known(self, doc_id: str, keys: Collection[str]) -> dict[str, str]:
        """The answers that are kept, by key."""

    async def keep(self, doc_id: str, *, tenant: str, answers: Mapping[str, str]) -> None:
        """Keep these answers of a document, and no others."""


@dataclass(slots=True)
class Allowance:
    """How many more tokens may be spent in this run; None: no bound of its own."""

    token_count: int | None

    def covers(self, token_count: int) -> bool:
        """Whether a question may still be asked."""
        return self.token_count is None or token_count <= self.token_count

    def spend(self, token_count: int) -> None:
        """Take what a question cost at most."""
        if self.token_count is not None:
            self.token_count -= token_count


@dataclass(slots=True)
class Refinement:
    """What came of a document: its rows, how its chunks were read, and whether it is worth going on with others.

    `left_count` chunks were not asked about, because the tokens or the budget are spent or nobody answers; of `failed_count` the
    answer was of no use.
    """

    evidence: DocumentEvidence
    asked_count: int = 0
    kept_count: int = 0
    failed_count: int = 0
    left_count: int = 0
    is_over: bool = False
    answers: dict[str, str] = field(default_factory=dict, repr=False)


def rules_of(extractor: str) -> str:
    """The fingerprint of the rules in that of an extractor."""
    return extractor.partition(REFINED)[0]


def is_refined(extractor: str, reader: str) -> bool:
    """Whether evidence was refined, wholly, by this reader."""
    return extractor.partition(REFINED)[2] == reader


async def refine(
    evidence: DocumentEvidence,
    chunks: Sequence[Chunk],
    *,
    reader: ModelReader,
    readings: KeptReadings,
    allowance: Allowance,
) -> Refinement:
    """The rows of a document with a model's help. Nothing is stored: that is for the caller.

    Evidence of which every chunk was read is marked as refined by this reader; else it will be tried again. A chunk of which the
    answer is of no use is not: it would be of no use again.
    """
    known = await readings.known(evidence.doc_id, [reader.key(chunk) for chunk in chunks])
    by_chunk: defaultdict[int, list[Evidence]] = defaultdict(list)
    for row in evidence.rows:
        by_chunk[row.ordinal].append(row)
    outcome = Refinement(evidence)
    rows: list[Evidence] = []
    for chunk in chunks:
        reading = await _reading(chunk, known, reader=reader, allowance=allowance, outcome=outcome)
        by_rules = by_chunk[chunk.ordinal]
        rows += joined(reading.rows, by_rules) if reading else by_rules
    marked = rules_of(evidence.extractor) + ("" if outcome.left_count else REFINED + reader.fingerprint)
    outcome.evidence = replace(evidence, rows=tuple(rows), extractor=marked)
    return outcome


async def _reading(
    chunk: Chunk, known: Mapping[str, str], *, reader: ModelReader, allowance: Allowance, outcome: Refinement
) -> Reading | None:
    key = reader.key(chunk)
    reading = reader.kept(known[key], chunk) if key in known else None
    if reading is not None:
        outcome.kept_count += 1
    elif outcome.is_over or not allowance.covers(sum(reader.tokens_of(chunk))):
        outcome.is_over = True
        outcome.left_count += 1
    else:
        reading = await _asked(chunk, reader=reader, allowance=allowance, outcome=outcome)
    if reading is not None:
        outcome.answers[key] = reading.answer
    return reading


async def _asked(
    chunk: Chunk, *, reader: ModelReader, allowance: Allowance, outcome: Refinement
) -> Reading | None:
    allowance.spend(sum(reader.tokens_of(chunk)))
    try:
        reading = await reader.read(chunk)
    except (DependencyDownError, BudgetError):
        outcome.is_over = True
        outcome.left_count += 1
        return None
    except FolioError:
        outcome.failed_count += 1
        return None
    outcome.asked_count += 1
    return reading
