"""Judgements that were paid for, on disk: a second run over the same answers asks nobody. Scores and codes only, no words.

    <folder>/<first two digits>/<key>.json

The key is a hash over metric, model, version of the prompts, all that the judge was shown, and the number of the repeat: whatever
changes, the judgement is another one.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from core import ids
from evals.judge.judgements import LASTING, Judgement, Unjudged


def judgement_key(metric: str, *, model: str, version: str, inputs: Mapping[str, object], repeat: int) -> str:
    """The name of a judgement (64 digits)."""
    parts = {"metric": metric, "model": model, "version": version, "inputs": dict(inputs), "repeat": repeat}
    return ids.text_key(json.dumps(parts, sort_keys=True, ensure_ascii=False))


@dataclass(frozen=True, slots=True)
class Kept:
    """The judgements in a folder, which is made when the first is kept."""

    folder: Path

    def get(self, key: str, *, case_id: str, metric: str, repeat: int) -> Judgement | None:
        """What was kept; None where nothing was, or it cannot be read."""
        try:
            row = json.loads(self._path(key).read_bytes())
            why = Unjudged(row["why"]) if row["why"] else None
            score = None if why else float(row["score"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if score is not None and not math.isfinite(score):
            return None
        return Judgement(case_id, metric, repeat, score, why, kept=True)

    def put(self, key: str, judgement: Judgement) -> None:
        """Keep it, unless another try may give something else. Written beside, then put in place."""
        if judgement.why is not None and judgement.why not in LASTING:
            return
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{uuid4().hex}")
        row = {
            "metric": judgement.metric,
            "score": judgement.score,
            "why": judgement.why and judgement.why.value,
        }
        try:
            beside.write_text(json.dumps(row), encoding="utf-8")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"
