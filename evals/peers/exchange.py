"""What the benchmark tells the process of a system, and what it hears back, as JSON. Standard library only.

Peers run under an interpreter with their own packages: what is here must import nothing that only Folio's has.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Document:
    """A document as every system gets it."""

    doc_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked."""

    query_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Job:
    """One system on one set. `chunk_tokens`: the most that is embedded at once, title included; 0: peers do not cut.

    `reranker` is the folder of a cross-encoder; empty: none.
    """

    system: str
    documents: tuple[Document, ...]
    questions: tuple[Question, ...]
    chunk_tokens: int
    reranker: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was measured.

    Attributes:
        rankings: By question the documents found, best first, at most ten.
        times_ms: Of each question, from its words to the documents.
        index_s: From texts in memory to the first search that finds them; models were loaded before.
        index_cpu_s: CPU time of that, of all processes of the system: on a busy machine it says more.
        query_cpu_ms: CPU time of a question, the mean.
        added_mb: Resident memory that indexing and asking added, of all processes of the system, 2^20 bytes.
        total_mb: All of it in the end, libraries and models included.
        lost_count: Documents that the system did not take.
        arms: By arm and question the documents that this arm alone found, where the system tells.
    """

    chunk_count: int
    index_s: float
    times_ms: tuple[float, ...]
    rankings: Mapping[str, tuple[str, ...]]
    added_mb: float
    total_mb: float
    versions: Mapping[str, str]
    index_cpu_s: float = 0.0
    query_cpu_ms: float = 0.0
    lost_count: int = 0
    arms: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


def write_job(job: Job, file: Path) -> None:
    """The job as a file."""
    file.write_text(json.dumps(asdict(job)), encoding="utf-8")


def read_job(file: Path) -> Job:
    """The job that `write_job` wrote."""
    fields = json.loads(file.read_text(encoding="utf-8"))
    fields["documents"] = tuple(Document(**row) for row in fields["documents"])
    fields["questions"] = tuple(Question(**row) for row in fields["questions"])
    return Job(**fields)


def write_outcome(outcome: Outcome, file: Path) -> None:
    """The outcome as a file."""
    file.write_text(json.dumps(asdict(outcome)), encoding="utf-8")


def read_outcome(file: Path) -> Outcome:
    """The outcome that `write_outcome` wrote."""
    fields = json.loads(file.read_text(encoding="utf-8"))
    fields["times_ms"] = tuple(fields["times_ms"])
    fields["rankings"] = _as_tuples(fields["rankings"])
    fields["arms"] = {arm: _as_tuples(found) for arm, found in fields["arms"].items()}
    return Outcome(**fields)


def _as_tuples(rankings: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {query_id: tuple(found) for query_id, found in rankings.items()}
