"""Nobody is told of what it may not read: random principals, every way of reading, each response against every document.

`make test-access` makes 100,000 (principal, document) checks and more; the default suite makes a few thousand.
"""

import asyncio
import json
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.access import Principal, Tier
from core.scopes import Scope
from folio.knowledge_base import KnowledgeBase
from tests.access.probes import Probe, about, about_answer, general, managing, without_what_was_asked
from tests.access.world import GROUPS, TENANTS, Planted, World, planted_world, told
from tests.api.conftest import serving
from tests.fakes.api_keys import key_for

EXAMPLES = int(os.environ.get("FOLIO_TEST_PRINCIPALS", "15"))
SEED = int(os.environ.get("FOLIO_TEST_SEED", "7"))
_ALL = frozenset({Scope.READ, Scope.WRITE})
_MANAGING = frozenset(set(Scope) - {Scope.ACT_AS, Scope.PII_READ, Scope.TRACE_ACCESS})
_REVIEWING = frozenset({Scope.READ, Scope.REVIEW})
# What differs between two answers to the same request.
_PASSING = {"took_ms", "request_id", "answer_id", "created", "id", "ms"}
# Requests that name a document and nothing else of it: they are answered as if there were none.
_BY_NAME = {
    "document",
    "text",
    "receipt",
    "deletion",
    "listed",
    "entity",
    "path",
    "mcp fetch",
    "mcp graph_neighbors",
    "mcp resources/read",
    "if none match",
    "text if none match",
    "if match",
    "search in it",
    "facets in it",
}


@dataclass
class Counts:
    """What was compared."""

    checks: int = 0
    principals: int = 0
    by_probe: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)


def ghost(chance: random.Random) -> Planted:
    """A document that never was, named like those that are."""
    marker = "qx" + "".join(chance.choices("bcdfghjklmnprstvz", k=9))
    doc_id = "".join(chance.choices("0123456789abcdef", k=32))
    return Planted(doc_id, f"nowhere-{marker[::-1]}", marker, None)  # type: ignore[arg-type]


def comparable(response: httpx.Response, asked: Planted) -> tuple[int, Any]:
    """What a response says, but for what it was sent and what never is the same."""
    text = response.text.lower()
    for name, needle in (("marker", asked.marker), ("doc", asked.doc_id), ("external", asked.external_id)):
        text = text.replace(needle, f"<{name}>")
    text = re.sub(r"^(data|event|id): ?", "", text, flags=re.MULTILINE)
    try:
        return response.status_code, _plain(json.loads(text))
    except json.JSONDecodeError:
        return response.status_code, text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key not in _PASSING}
    return [_plain(one) for one in value] if isinstance(value, list) else value


class Auditor:
    """Sends probes on behalf of principals and reads every response."""

    def __init__(
        self, world: World, client: httpx.AsyncClient, kb: KnowledgeBase, chance: random.Random
    ) -> None:
        self.world, self.client, self.kb, self.chance = world, client, kb, chance
        self.counts = Counts()
        self.answers: dict[str, list[str]] = {tenant: [] for tenant in TENANTS}

    async def prepare(self) -> None:
        """Have those who may read all of a tenant ask about its secrets, and say what they think of the answers."""
        for tenant in TENANTS:
            boss = Principal(tenant, "boss", Tier.RESTRICTED, frozenset(GROUPS), _ALL)
            headers = await key_for(self.kb, boss)
            theirs = [one for one in self.world.documents if one.label.tenant == tenant]
            for one in sorted(theirs, key=lambda one: (-one.label.tier, one.doc_id))[:2]:
                question = {"question": f"Who inspects the turbine hall {one.marker}?"}
                said = (await self.client.post("/v1/answer", json=question, headers=headers)).json()
                assert one.marker in said["answer"]
                words = {"rating": 1, "comment": said["answer"][:2000], "correction": one.marker}
                path = f"/v1/answers/{said['answer_id']}/feedback"
                assert (await self.client.post(path, json=words, headers=headers)).status_code == 200
                self.answers[tenant].append(said["answer_id"])

    async def look(self, who: Principal) -> None:
        headers = await key_for(self.kb, who)
        hidden = self.world.hidden(who)
        for probe in general():
            response = await probe.sent(self.client, headers)
            assert response.status_code == 200, f"{probe.name}: {response.status_code} {response.text[:300]}"
            self.read(probe, response, hidden)
            if probe.name in {"documents", "documents by title"}:
                self.is_all(response, who)
        await self.manage(who, hidden)
        for one in self.chance.sample(hidden, k=min(2, len(hidden))):
            await self.ask_about(one, headers, hidden)
        self.counts.principals += 1

    async def manage(self, who: Principal, hidden: list[Planted]) -> None:
        """Scopes of those who run things open no document; only the log names ids."""
        headers = await key_for(self.kb, replace(who, subject="manager", scopes=_MANAGING))
        for probe in managing():
            response = await probe.sent(self.client, headers)
            assert response.status_code == 200, f"{probe.name}: {response.status_code} {response.text[:300]}"
            self.read(probe, response, hidden)
        reviewing = await key_for(self.kb, replace(who, subject="reviewer", scopes=_REVIEWING))
        for answer_id in self.answers[who.tenant]:
            for probe in about_answer(answer_id):
                self.read(probe, await probe.sent(self.client, reviewing), hidden)

    async def ask_about(self, one: Planted, headers: dict[str, str], hidden: list[Planted]) -> None:
        nothing = ghost(self.chance)
        for probe, other in zip(about(one), about(nothing), strict=True):
            response = await probe.sent(self.client, headers)
            assert response.status_code < 500, f"{probe.name}: {response.text[:300]}"
            self.read(probe, response, hidden)
            if probe.name in _BY_NAME:
                unknown = await other.sent(self.client, headers)
                assert comparable(response, one) == comparable(unknown, nothing), probe.name

    def read(self, probe: Probe, response: httpx.Response, hidden: list[Planted]) -> None:
        seen = without_what_was_asked(response.text, probe) + str(response.headers).lower()
        leaked = told(seen, hidden)
        if probe.names_ids:
            leaked = [one for one in leaked if one not in {document.doc_id for document in hidden}]
        assert not leaked, f"{probe.name} told of {leaked}"
        self.counts.checks += len(self.world.documents)
        self.counts.by_probe[probe.name] += 1
        self.counts.statuses[f"{probe.name} {response.status_code}"] += 1

    def is_all(self, response: httpx.Response, who: Principal) -> None:
        """Nothing that may be read is missing: a filter that hides everything would leak nothing, too."""
        listed = {row["doc_id"] for row in response.json()["data"]}
        assert listed == {one.doc_id for one in self.world.readable(who)}


@st.composite
def principals(draw: st.DrawFn) -> Principal:
    groups = draw(st.frozensets(st.sampled_from(GROUPS)))
    clearance = draw(st.sampled_from(list(Tier)))
    return Principal(draw(st.sampled_from(TENANTS)), "somebody", clearance, groups, _ALL)


@contextmanager
def auditing(folder: Path, *, seed: int, per_tenant: int) -> Iterator[tuple[asyncio.Runner, Auditor]]:
    """A world that is served. All of it lives in one event loop, and each example runs there for a while."""
    with asyncio.Runner() as runner:
        world = runner.run(planted_world(folder, seed=seed, per_tenant=per_tenant))
        knowledge_base, stack = KnowledgeBase(world.settings), AsyncExitStack()
        client = runner.run(stack.enter_async_context(serving(world.settings, knowledge_base)))
        try:
            auditor = Auditor(world, client, knowledge_base, random.Random(f"ghosts {seed}"))
            runner.run(auditor.prepare())
            yield runner, auditor
        finally:
            runner.run(stack.aclose())


def audited(folder: Path, *, seed: int, examples: int, per_tenant: int) -> Counts:
    with auditing(folder, seed=seed, per_tenant=per_tenant) as (runner, auditor):

        @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        @given(principals())
        def look(who: Principal) -> None:
            runner.run(auditor.look(who))

        look()
        return auditor.counts


def test_nobody_is_told_of_what_it_may_not_read(tmp_path: Path) -> None:
    counts = audited(tmp_path, seed=SEED, examples=2, per_tenant=6)
    assert counts.checks >= 1_000


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(3))
def test_nobody_is_told_among_many(tmp_path: Path, part: int) -> None:
    counts = audited(tmp_path, seed=SEED + 1 + part, examples=EXAMPLES, per_tenant=20)
    responses = sum(counts.by_probe.values())
    lines = [f"{counts.checks:,} checks: {counts.principals} principals, {responses} responses"]
    lines += [f"  {name}: {count}" for name, count in sorted(counts.statuses.items())]
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
    assert counts.checks >= EXAMPLES * 1_000
