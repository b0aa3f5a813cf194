"""Five weeks of made-up traffic over the example handbook, as usual at first and otherwise in the last days, and its report.

python -m evals.drift.example --out FOLDER [--home FOLDER] [--days-of-change 7] [--share 0.35]

Searches and answers are real, days and askers are not. `--home` (an empty folder) keeps the knowledge base, for `folio eval drift` and
for Dagster.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import numpy as np

from core.access import Principal
from core.answers import AnswerStatus
from core.clock import SystemClock
from core.config import Settings, load_settings
from core.query_samples import ANSWER, QuerySample, without_samples
from core.search import SearchResult
from evals.drift.gathering import look, named
from evals.drift.plots import pictures
from evals.drift.telling import headline, page
from evals.drift.verdicts import DriftReport
from folio.knowledge_base import KnowledgeBase
from folio.sampling import sample_of
from store.catalog.catalog import open_catalog

HANDBOOK = Path(__file__).parents[2] / "examples" / "handbook"
_BEGINNINGS = ("What do I have to know about {}?", "Where do I find {}?", "Who decides on {}?", "{}")
USUAL = (
    *("the hotel limit in London", "daily meal allowance abroad", "booking a flight", "taxi receipts"),
    *("parental leave", "the pension contribution", "working from abroad", "the onboarding checklist"),
    *("recalibration of the HF-200", "the reference balance RB-1", "zero drift of the sensor", "flow range"),
    *("returning a device under warranty", "the support rota", "password rules", "reporting a lost laptop"),
)
CHANGED = (
    *(
        "visitor rules",
        "visitors in the clean room",
        "escorting visitors",
        "visitor badges",
        "parking for guests",
    ),
    *(
        "minutes of the works council",
        "works council decisions on shifts",
        "the election of the works council",
    ),
)
# Age of what lies in a folder, in days: the archive is what nobody has looked after.
_AGES = {"archive": 1_400, "finance": 120, "policies": 90, "people": 200, "engineering": 300, "support": 60}
_PER_DAY = 30
_DAYS = 35


@dataclass(frozen=True, slots=True)
class Found:
    """What one question finds, and whether it is answered."""

    result: SearchResult
    refused: bool


def questions(subjects: Sequence[str]) -> list[str]:
    """Ways to ask about these."""
    return [form.format(subject) for subject, form in product(subjects, _BEGINNINGS)]


def traffic(
    usual: Sequence[Found],
    changed: Sequence[Found],
    *,
    now: datetime,
    changed_days: int,
    share: float,
) -> list[QuerySample]:
    """Samples of the days up to now; in the last `changed_days` a `share` of the questions is from `changed`. Pure."""
    rng = np.random.default_rng(0)
    who, made = Principal(), []
    for ago in range(_DAYS - 1, -1, -1):
        at = now - timedelta(days=ago)
        for _ in range(_PER_DAY):
            pool = changed if ago < changed_days and rng.random() < share else usual
            one = pool[int(rng.integers(len(pool)))]
            made.append(sample_of(one.result, who, kind=ANSWER, at=at, refused=one.refused))
    return made


async def simulate(settings: Settings, *, changed_days: int, share: float) -> DriftReport:
    """Index the handbook, ask, keep samples, and look."""
    now = SystemClock().now()
    files = settings.home / "handbook"
    await asyncio.to_thread(_aged_handbook, files, now)
    with without_samples():
        async with KnowledgeBase(settings) as kb:
            await kb.ingest([files])
            usual = [await _found(kb, one) for one in questions(USUAL)]
            changed = [await _found(kb, one) for one in questions(CHANGED)]
    samples = traffic(usual, changed, now=now, changed_days=changed_days, share=share)
    drift, tenant = settings.evals.drift, settings.access.tenant
    async with open_catalog(settings, SystemClock()) as catalog:
        await catalog.query_samples.add(samples, most_per_day=drift.sample_per_day)
        report = await look(catalog, tenant, settings=drift, now=SystemClock().now())
    return await named(report, settings)


async def _found(kb: KnowledgeBase, question: str) -> Found:
    result = await kb.search(question)
    answer = await kb.answer(question)
    return Found(result, answer.status is AnswerStatus.REFUSED)


def _aged_handbook(folder: Path, now: datetime) -> None:
    shutil.copytree(HANDBOOK, folder)
    for file in folder.rglob("*"):
        age = _AGES.get(file.parent.name, 30)
        at = (now - timedelta(days=age + len(file.name))).timestamp()
        os.utime(file, (at, at))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page and the pictures; 0 if drift was found, as it should be, else 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--days-of-change", type=int, default=7)
    parser.add_argument("--share", type=float, default=0.35)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        settings = load_settings(home=chosen.home or Path(scratch), ingest={"settle_s": 0})
        report = asyncio.run(simulate(settings, changed_days=chosen.days_of_change, share=chosen.share))
    chosen.out.mkdir(parents=True, exist_ok=True)
    for name, png in pictures(report).items():
        (chosen.out / f"drift-{name}.png").write_bytes(png)
    (chosen.out / "drift.html").write_text(page(report), encoding="utf-8")
    sys.stdout.write(headline(report) + "\n")
    return 0 if report.drifted else 1


if __name__ == "__main__":
    sys.exit(main())
