"""What a run of the scorecard is to measure, and where its files are. Types and defaults only."""

from dataclasses import dataclass
from pathlib import Path

from core.errors import InvalidInputError
from evals.runs import Stage

STAGES = ("redaction", "retrieval", "access", "grounding", "injection", "freshness", "latency")
"""What `--only` takes; `retrieval` is the stages chunking, dense, lexical and search."""
_FILLED = {"retrieval": (Stage.CHUNKING, Stage.DENSE, Stage.LEXICAL, Stage.SEARCH)}
DATA_SETS = ("scifact", "anthropic_docs_rag", "multihop_hotpotqa", "clapnq")
"""Folders that are measured where `--data` has them, if no `--sets` are named."""
_ROOT = Path(__file__).parents[2]
BASELINES = _ROOT / "evals" / "baselines"
WORKPLACE = _ROOT / ".folio" / "scorecard"
"""Where corpora of texts are written as files. Always the same place: ids of documents are made of their paths."""


@dataclass(frozen=True, slots=True)
class Options:
    """One run.

    Attributes:
        data: Folder with sets of others; none of it is part of the project.
        cache: Folder that keeps the vectors of sets under `data` for the next run.
        only: Stages, of `STAGES`; none named: all.
        sets: Names of sets; none named: the packaged ones, and those of `DATA_SETS` that `data` has.
        case_count: Most cases of a set, spread over it; 0: all.
        work: Where corpora of texts are written as files.
    """

    data: Path | None = None
    cache: Path | None = None
    only: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    case_count: int = 0
    work: Path = WORKPLACE

    def __post_init__(self) -> None:
        unknown = [name for name in self.only if name not in STAGES]
        if unknown:
            raise InvalidInputError(f"there is no stage '{unknown[0][:40]}'; there are {', '.join(STAGES)}")

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages to measure, in the order in which a fault spreads."""
        return tuple(name for name in STAGES if name in self.only) if self.only else STAGES

    @property
    def measured(self) -> frozenset[Stage]:
        """The stages of results that `stages` fill."""
        return frozenset(
            stage for name in self.stages for stage in (_FILLED[name] if name in _FILLED else (Stage(name),))
        )

    @property
    def is_quick(self) -> bool:
        """Whether sets are cut short: then only cases are compared, no figures of whole sets."""
        return self.case_count > 0
