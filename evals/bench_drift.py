"""How often drift is told where there is none, and how often it is found where there is: simulated traffic of real questions.

python -m evals.bench_drift --data FOLDER [--cache FOLDER] [--trials 200] [--change-trials 40] [--alpha 0.05]

FOLDER has the sets `squad` (questions as usual), `medquad` (another subject) and `qed_nq` (the same kind of question from
elsewhere), each with `queries*.jsonl`. Vectors are those of the default model.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from core.config import EmbeddingSettings
from core.errors import FolioError, SettingsError
from evals.drift.questions import Floats
from evals.drift.simulation import Change, Traffic, Trials, alarms
from evals.retrieval_eval.vector_cache import CachedEmbedder
from inference.embed.factory import create_embedder

_SHARES = (0.05, 0.10, 0.20, 0.40)
_POOL, _OTHER = 4_000, 1_300
_BURSTS = 0.75


@dataclass(frozen=True, slots=True)
class Pools:
    """Question vectors by where they are from."""

    usual: Floats
    subject: Floats
    elsewhere: Floats


def table(pools: Pools, *, trials: Trials, change_trials: Trials) -> str:
    """All that is measured, as Markdown: `trials` of each usual kind of traffic, `change_trials` of each change; 0 for none."""
    traffic = Traffic()
    lines = [
        f"{traffic.usual_days} days of {traffic.per_day} questions beside {traffic.new_days}; alpha {trials.alpha:g}, "
        f"{trials.count} trials of what is as usual, {change_trials.count} of each change; the single signals by their own p, all six together by the corrected one.",
        "",
        "| new questions | vectors alone (MMD) | topics alone | any of 6, corrected |",
        "|---|---|---|---|",
    ]

    def tried(name: str, traffic: Traffic, change: Change | None = None) -> None:
        chosen = trials if change is None else change_trials
        if not chosen.count:
            return
        found = alarms(pools.usual, traffic=traffic, trials=chosen, change=change)
        lines.append(f"| {name} | {found.questions:.1%} | {found.topics:.1%} | {found.any_signal:.1%} |")
        sys.stderr.write(lines[-1] + "\n")

    for how, dayless in (("", False), (", single questions dealt", True)):
        tried(f"as usual{how}", Traffic(by_day=not dayless))
        tried(f"as usual, in bursts{how}", Traffic(bursts=_BURSTS, by_day=not dayless))
    for name, vectors in (("another subject", pools.subject), ("elsewhere", pools.elsewhere)):
        for share in _SHARES:
            tried(f"{share:.0%} from {name}", traffic, Change(vectors, share))
    return "\n".join(lines)


async def read_pools(data: Path, cache: Path | None) -> Pools:
    """The vectors of the three sets.

    Raises:
        SettingsError: A set is not there.
    """
    embedder = CachedEmbedder(create_embedder(EmbeddingSettings()), folder=cache)
    made = [
        await _vectors(embedder, _texts(data / name)[:most])
        for name, most in (("squad", _POOL), ("medquad", None), ("qed_nq", _OTHER))
    ]
    embedder.save()
    return Pools(made[0], made[1], made[2])


def _texts(folder: Path) -> list[str]:
    files = sorted(folder.glob("queries*.jsonl"), reverse=True)
    if not files:
        raise SettingsError(f"'{folder}' has no queries*.jsonl; name another folder with --data")
    texts = [str(orjson.loads(line)["text"]) for line in files[0].read_bytes().splitlines() if line.strip()]
    # Of a large set every n-th: questions of one set stand in the order of its subjects.
    return texts[:: max(1, len(texts) // _OTHER)] if folder.name == "medquad" else texts


async def _vectors(embedder: CachedEmbedder, texts: Sequence[str]) -> Floats:
    return np.array([await embedder.embed_query(text) for text in texts], dtype=np.float64)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--change-trials", type=int, default=40)
    parser.add_argument("--alpha", type=float, default=0.05)
    chosen = parser.parse_args(arguments)
    try:
        pools = asyncio.run(read_pools(chosen.data, chosen.cache))
        trials = Trials(chosen.trials, chosen.alpha)
        changes = Trials(chosen.change_trials, chosen.alpha)
        sys.stdout.write(table(pools, trials=trials, change_trials=changes) + "\n")
    except FolioError as error:
        sys.stderr.write(f"{error.detail}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
