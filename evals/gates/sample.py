"""A made-up comparison, to look at the report: `python -m evals.gates.sample FOLDER` writes report.html and report.md.

Nothing in it was measured. The later evaluation has lexical search broken, and a prompt that is a little better.
"""

import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from evals.gates.comparing import compare
from evals.gates.report.html import html
from evals.gates.report.markdown import markdown
from evals.runs import CaseScores, EvalResult, Part, Stage

_AT = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
_COUNT = 120
_KINDS = ("kind:fact", "kind:table", "kind:name")
_LANGUAGES = ("language:en", "language:de")
_QUESTIONS = {
    "q005": "Which torque do the wheel bolts of the HF-200 need?",
    "q011": "Wie oft wird die Waage geeicht?",
    "q016": "What does error E-417 mean?",
}


def sample_results() -> tuple[EvalResult, EvalResult]:
    """Before and after."""
    subject = {
        "retrieval.sparse.backend": "bm25",
        "prompt.answer": "answer/2",
        "embedding.model": "minilm-int8",
    }
    changed = subject | {"retrieval.sparse.backend": "bm25-without-stems", "prompt.answer": "answer/3"}
    before = EvalResult("baseline-2026-01-08", _AT, subject, _parts(broken=False))
    return before, EvalResult("run-2026-01-15", _AT, changed, _parts(broken=True))


def main(folder: Path) -> None:
    """Write both reports."""
    before, after = sample_results()
    found = compare(before, after)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.html").write_text(html(found, after, questions=_QUESTIONS), encoding="utf-8")
    (folder / "report.md").write_text(markdown(found, after, questions=_QUESTIONS), encoding="utf-8")


def _parts(*, broken: bool) -> tuple[Part, ...]:
    lexical = 0.45 if broken else 0.0
    search = 0.16 if broken else 0.0
    better = 0.06 if broken else 0.0
    return (
        _part(Stage.CHUNKING, "handbook", lambda draw, _: {"span_whole": float(draw.random() < 0.93)}),
        _part(Stage.ACCESS, "handbook", lambda _draw, _tags: {"leaks": 0.0}),
        _part(Stage.DENSE, "handbook", lambda draw, _: _ranked(draw, lost=0.0)),
        _part(
            Stage.LEXICAL,
            "handbook",
            lambda draw, tags: _ranked(draw, lost=lexical * (1.6 if "language:de" in tags else 0.8)),
        ),
        _part(
            Stage.SEARCH,
            "handbook",
            lambda draw, tags: _ranked(draw, lost=search * (1.8 if "kind:name" in tags else 0.6), usual=0.85),
        ),
        _part(Stage.ANSWERS, "handbook", lambda draw, _: _answered(draw, better=better)),
        Part(Stage.LATENCY, "handbook", "3f2a", figures={"slowdown": 1.0 + better, "ms": 31.0}),
    )


def _part(
    stage: Stage, dataset: str, scores: "Callable[[random.Random, tuple[str, ...]], dict[str, float]]"
) -> Part:
    cases = []
    for at in range(_COUNT):
        tags = (_KINDS[at % 3], _LANGUAGES[at % 5 == 0])
        # Of its own for each case: what is not broken is the same before and after.
        draw = random.Random(f"{stage.value} {at}")  # noqa: S311  a picture, no secret
        cases.append(CaseScores(f"q{at:03d}", scores(draw, tags), tags))
    return Part(stage, dataset, "3f2a91c0d4e7", tuple(cases))


def _ranked(draw: random.Random, *, lost: float, usual: float = 0.72) -> dict[str, float]:
    rank = next((at for at in range(1, 11) if draw.random() < usual), 0)
    if draw.random() < lost:
        rank = rank * 3 if rank and rank < 4 else 0
    gain = 1 / rank if rank else 0.0
    return {"ndcg_10": gain**0.63, "mrr": gain, "recall_5": float(0 < rank <= 5), "hit_1": float(rank == 1)}


def _answered(draw: random.Random, *, better: float) -> dict[str, float]:
    decided, quoted = draw.random(), draw.random()
    return {"decided": float(decided < 0.86 + better), "gold_quoted": float(quoted < 0.8 + better)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
