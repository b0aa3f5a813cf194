"""`release_gate`: red, with what is to be done, while what the settings ask for is not released. It stops what stands downstream."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.defs.evals.assets import EVALUATION, release_metadata, state_of
from pipelines.partitions import POOL
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

if TYPE_CHECKING:
    from evals.running.releasing import ReleaseState

RELEASE_GATE = "release_gate"

_SPEC = dg.AssetCheckSpec(
    RELEASE_GATE,
    asset=EVALUATION,
    blocking=True,
    description="Model, chunking, search and prompts that the settings ask for have passed on every golden set (`evals.gate`).",
)


@dg.multi_asset_check(name="judge_release", specs=[_SPEC], pool=POOL)
def release_gate(knowledge_base: KnowledgeBaseResource) -> Iterator[dg.AssetCheckResult]:
    """Ask the catalog what was measured of the settings in force."""
    mode = knowledge_base.settings().evals.gate.mode
    if mode == "off":
        yield _result(passed=True, metadata={"skipped": dg.MetadataValue.text("the gate is off")})
        return
    with told_to_dagster():
        state = asyncio.run(state_of(knowledge_base))
    yield judged(state, mode=mode)


def judged(state: "ReleaseState", *, mode: str) -> dg.AssetCheckResult:
    """The result of the check: an error that blocks in mode `block`, a warning in mode `warn`."""
    severity = dg.AssetCheckSeverity.ERROR if mode == "block" else dg.AssetCheckSeverity.WARN
    return _result(passed=state.is_released, severity=severity, metadata=release_metadata(state))


def _result(
    *,
    passed: bool,
    metadata: dict[str, dg.MetadataValue[Any]],
    severity: dg.AssetCheckSeverity = dg.AssetCheckSeverity.ERROR,
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        asset_key=EVALUATION, check_name=RELEASE_GATE, passed=passed, severity=severity, metadata=metadata
    )
