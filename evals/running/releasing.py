"""Whether what the settings ask for is released: what the check of the release gate in Dagster shows."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.eval_runs import EvalRuns, EvalVerdict
from core.eval_subjects import Subject
from evals.running.opened import EvaluatedKnowledgeBase
from folio.release_gate import Ruling, Standing


@dataclass(frozen=True, slots=True)
class ReleaseState:
    """`standings` by set. `changed` names what differs between what is live and what the settings ask for."""

    wanted: Subject
    live: Subject
    standings: tuple[tuple[str, Standing], ...]
    is_released: bool
    reason: str
    changed: tuple[str, ...] = ()


async def release_state(kb: EvaluatedKnowledgeBase) -> ReleaseState:
    """What evaluations say of the settings in force, as a whole: index, search and prompts together."""
    wanted, live = await kb.wanted_subject(), await kb.live_subject()
    ruling = await kb.standing(wanted)
    if wanted.fingerprint == live.fingerprint:
        # Nothing waits to go live: the first measurement of what is there is no change that has to pass.
        runs = await kb.kept_runs()
        ruling = await _with_measured(ruling, runs, tenant=kb.settings.access.tenant)
    reason = "" if ruling.is_released else _told(ruling, is_live=wanted.fingerprint == live.fingerprint)
    return ReleaseState(
        wanted, live, ruling.standings, ruling.is_released, reason, changed=differing(live, wanted)
    )


def differing(live: Subject, wanted: Subject) -> tuple[str, ...]:
    """The names of values that are not the same in both. Pure."""
    names = sorted({*live.values, *wanted.values})
    return tuple(name for name in names if live.values.get(name) != wanted.values.get(name))


def _told(ruling: Ruling, *, is_live: bool) -> str:
    """Where it is live already only a run of the live base, or the way back, can help."""
    if not is_live or not ruling.standings:
        return ruling.reason()
    open_: Sequence[str] = [name for name, standing in ruling.standings if standing is not Standing.PASSED]
    commands = ", ".join(f"`folio eval run {name}`" for name in open_)
    return (
        f"what is live ({ruling.fingerprint}) has not passed on {', '.join(open_)}: take the last change of settings back, or "
        f"measure it with {commands}"
    )


async def _with_measured(ruling: Ruling, runs: EvalRuns, *, tenant: str) -> Ruling:
    standings = [
        (name, await _as_measured(name, standing, ruling, runs, tenant=tenant))
        for name, standing in ruling.standings
    ]
    return Ruling(ruling.subject, ruling.part, tuple(standings))


async def _as_measured(
    name: str, standing: Standing, ruling: Ruling, runs: EvalRuns, *, tenant: str
) -> Standing:
    if standing is not Standing.UNKNOWN:
        return standing
    found = await runs.latest(tenant, dataset=name, subject=ruling.fingerprint, limit=1)
    return Standing.PASSED if found and found[0].verdict is EvalVerdict.MEASURED else standing
