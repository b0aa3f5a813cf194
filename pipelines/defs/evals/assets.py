"""`golden_sets`, `evaluation` and `release`: is the knowledge base as good as its baseline, and is what is live released?

A run asks the live base every question of its golden sets, as its readers would. Nothing of it is on the path of a sync.
"""

import asyncio
import base64
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import Field

from core.errors import MissingExtraError
from core.eval_runs import EvalRun, EvalVerdict
from evals.places import reports_folder
from pipelines.defs.corpus.specs import INDEX, OWNERS
from pipelines.defs.corpus.tables import escaped, markdown_table
from pipelines.defs.evals.drift import GROUP
from pipelines.partitions import POOL
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

if TYPE_CHECKING:
    from evals.datasets.model import EvalSet
    from evals.running.evaluating import Evaluated
    from evals.running.releasing import ReleaseState

GOLDEN_SETS, EVALUATION, RELEASE = "golden_sets", "evaluation", "release"
NOT_WORSE = "not_worse_than_baseline"
_PLOTTED_COUNT = 60
_LOG = logging.getLogger("folio.runs")
_NO_PLOT = "for a picture: `pip install 'folio-kb[evals]'`"
_NO_SETS = "this knowledge base has no golden set: `folio eval make` makes one"

_EVALUATION = dg.AssetSpec(
    EVALUATION,
    deps=[GOLDEN_SETS, INDEX],
    group_name=GROUP,
    kinds={"python"},
    owners=OWNERS,
    description="The live knowledge base, asked every question of its golden sets: metrics, and what changed since the baseline.",
)
_NOT_WORSE = dg.AssetCheckSpec(
    NOT_WORSE,
    asset=EVALUATION,
    description="No metric of any golden set is worse than in the baseline by more than its tolerance and more than chance.",
)


class EvaluationConfig(dg.Config):
    """What is asked."""

    sets: list[str] = Field(default=[], description="names of golden sets; none: all of this knowledge base")
    search_only: bool = Field(default=False, description="search, and ask for no answers")


@dataclass(frozen=True, slots=True)
class Measured:
    """The evaluation of one set, and those that were kept before, newest first."""

    eval_set: "EvalSet"
    found: "Evaluated"
    runs: tuple[EvalRun, ...]
    report: str


@dg.asset(
    name=GOLDEN_SETS,
    group_name=GROUP,
    kinds={"python", "file"},
    owners=OWNERS,
    description="The golden sets of this knowledge base: questions, and which documents and words answer them.",
)
def golden_sets(knowledge_base: KnowledgeBaseResource) -> dg.MaterializeResult[None]:
    """Read them, and say what they are. Opens no store."""
    with told_to_dagster():
        found = _sets(knowledge_base, ())
    return dg.MaterializeResult(metadata=sets_metadata(found))


# The pool of the syncs: an embedded store belongs to one process.
@dg.multi_asset(name="evaluate", specs=[_EVALUATION], check_specs=[_NOT_WORSE], pool=POOL)
def evaluation(
    config: EvaluationConfig, knowledge_base: KnowledgeBaseResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Ask the sets, compare with their baselines, and keep the evaluations."""
    with told_to_dagster():
        measured = asyncio.run(_measured(knowledge_base, config))
        shown = evaluation_metadata(measured)
    for one in measured:
        if one.found.verdict is EvalVerdict.FAILED:
            _LOG.warning("what is live is worse than its baseline: dataset=%s", one.eval_set.name)
    yield dg.MaterializeResult(asset_key=EVALUATION, metadata=shown)
    yield not_worse(measured)


@dg.asset(
    name=RELEASE,
    deps=[EVALUATION],
    group_name=GROUP,
    kinds={"python"},
    owners=OWNERS,
    pool=POOL,
    description=(
        "What is released: model, chunking, search and prompts under one fingerprint. Comes only after the check `release_gate`; what "
        "is to wait for a release stands downstream of it."
    ),
)
def release(knowledge_base: KnowledgeBaseResource) -> dg.MaterializeResult[None]:
    """Note the subject that is live."""
    with told_to_dagster():
        state = asyncio.run(state_of(knowledge_base))
    return dg.MaterializeResult(metadata=release_metadata(state))


async def state_of(resource: KnowledgeBaseResource) -> "ReleaseState":
    """Whether what the settings ask for is released."""
    from evals.running.opened import EvaluatedKnowledgeBase
    from evals.running.releasing import release_state

    async with EvaluatedKnowledgeBase(resource.settings()) as kb:
        return await release_state(kb)


def sets_metadata(sets: Sequence["EvalSet"]) -> dict[str, dg.MetadataValue[Any]]:
    """Counts by set; no question is in them."""
    shown: dict[str, dg.MetadataValue[Any]] = {
        "sets": dg.MetadataValue.int(len(sets)),
        "questions": dg.MetadataValue.int(sum(len(one.cases) for one in sets)),
    }
    if not sets:
        return {**shown, "note": dg.MetadataValue.text(_NO_SETS)}
    rows = [
        [
            escaped(one.name),
            one.version,
            one.corpus.value,
            str(len(one.cases)),
            str(sum(not case.answerable for case in one.cases)),
        ]
        for one in sets
    ]
    columns = ["set", "version", "corpus", "questions", "unanswerable"]
    return {**shown, "table": dg.MetadataValue.md(markdown_table(columns, rows))}


def evaluation_metadata(measured: Sequence[Measured]) -> dict[str, dg.MetadataValue[Any]]:
    """The scorecard, links to the reports, and the history of the main metrics."""
    failed = [one for one in measured if one.found.verdict is EvalVerdict.FAILED]
    shown: dict[str, dg.MetadataValue[Any]] = {
        "sets": dg.MetadataValue.int(len(measured)),
        "failed": dg.MetadataValue.int(len(failed)),
        "seconds": dg.MetadataValue.float(round(sum((one.found.result.seconds for one in measured), 0.0), 3)),
    }
    if not measured:
        return {**shown, "note": dg.MetadataValue.text(_NO_SETS)}
    shown["scorecard"] = dg.MetadataValue.md(scorecard(measured))
    for one in measured:
        name = one.eval_set.name
        if one.report:
            shown[f"report_{name}"] = dg.MetadataValue.path(one.report)
        shown[f"history_{name}"] = dg.MetadataValue.md(_history(one))
    return shown


def scorecard(measured: Sequence[Measured]) -> str:
    """Every metric of every part, before and after, as a table."""
    rows = [
        [
            part.key,
            change.metric.title,
            "" if change.before is None else f"{change.before:.4g}",
            f"{change.after:.4g}",
            change.verdict.value,
        ]
        for one in measured
        for part in one.found.comparison.parts
        for change in part.metrics
    ]
    return markdown_table(["part", "metric", "baseline", "now", ""], rows)


def not_worse(measured: Sequence[Measured]) -> dg.AssetCheckResult:
    """Red where a set is worse than its baseline, with the failures and where they come from."""
    failures = [line for one in measured for line in one.found.comparison.failures]
    causes = [line for one in measured for line in one.found.comparison.causes]
    metadata: dict[str, dg.MetadataValue[Any]] = {
        "compared": dg.MetadataValue.int(sum(one.found.before is not None for one in measured)),
        "failures": dg.MetadataValue.md("\n".join(f"- {escaped(line)}" for line in failures) or "none"),
    }
    if causes:
        metadata["causes"] = dg.MetadataValue.md("\n".join(f"- {escaped(line)}" for line in causes))
    without = [one.eval_set.name for one in measured if one.found.before is None]
    if without:
        told = f"no baseline: `folio eval baseline {without[0]}` makes the latest evaluation one"
        metadata["note"] = dg.MetadataValue.text(told)
    return dg.AssetCheckResult(
        asset_key=EVALUATION,
        check_name=NOT_WORSE,
        passed=all(one.found.verdict is not EvalVerdict.FAILED for one in measured),
        severity=dg.AssetCheckSeverity.ERROR,
        metadata=metadata,
    )


def release_metadata(state: "ReleaseState") -> dict[str, dg.MetadataValue[Any]]:
    """The subject and how each set stands to it; names and fingerprints of settings, no more."""
    shown: dict[str, dg.MetadataValue[Any]] = {
        "subject": dg.MetadataValue.text(state.wanted.fingerprint),
        "released": dg.MetadataValue.bool(state.is_released),
    }
    if state.standings:
        rows = [[escaped(name), standing.value] for name, standing in state.standings]
        shown["sets"] = dg.MetadataValue.md(markdown_table(["set", "standing"], rows))
    if state.changed:
        shown["not_live_yet"] = dg.MetadataValue.text(", ".join(state.changed))
    if state.reason:
        shown["to_do"] = dg.MetadataValue.text(state.reason)
    return shown


async def _measured(resource: KnowledgeBaseResource, config: EvaluationConfig) -> list[Measured]:
    from evals.running.evaluating import Options, evaluate
    from evals.running.opened import EvaluatedKnowledgeBase

    sets = _sets(resource, config.sets)
    if not sets:
        return []
    found: list[Measured] = []
    async with EvaluatedKnowledgeBase(resource.settings()) as kb:
        runs, tenant = await kb.kept_runs(), kb.settings.access.tenant
        for one in sets:
            made = await evaluate(kb, one, Options(search_only=config.search_only))
            kept = await runs.latest(tenant, dataset=one.name, limit=_PLOTTED_COUNT)
            found.append(Measured(one, made, tuple(kept), _report(resource, one, made)))
    return found


def _report(resource: KnowledgeBaseResource, eval_set: "EvalSet", found: "Evaluated") -> str:
    """Where the report lies; empty where matplotlib is missing."""
    from evals.running.reporting import write_report

    file = reports_folder(resource.settings()) / f"{eval_set.name}.html"
    try:
        write_report(file, found, eval_set)
    except MissingExtraError:
        return ""
    return str(file)


def _history(one: Measured) -> str:
    from evals.running.history import draw, history

    if find_spec("matplotlib") is None:
        return _NO_PLOT
    png = base64.b64encode(draw(history(one.runs), title=one.eval_set.name)).decode()
    return f"![the main metrics over time](data:image/png;base64,{png})"


def _sets(resource: KnowledgeBaseResource, names: Sequence[str]) -> list["EvalSet"]:
    from evals.running.sets import find_set, known_sets

    settings = resource.settings()
    return [find_set(settings, name) for name in names or known_sets(settings)]
