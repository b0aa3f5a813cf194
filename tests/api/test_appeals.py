"""`/v1/appeals`: over the fake, and over a real catalog, after guardrails have blocked a question."""

from pathlib import Path

import httpx

from core.clock import SystemClock
from core.config import AccessSettings, Settings
from core.guardrails import Appeals
from folio.assembly import open_catalog
from folio.guarding import create_guardrails
from tests.api.conftest import serving
from tests.fakes.appeals import block
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.knowledge_base import FakeKnowledgeBase
from tests.fakes.screen import FakeScreen

OWN_FIELDS = {"id", "at", "point", "family", "state", "filed_at", "decided_at", "note"}


def deciding(home: Path) -> Settings:
    return Settings(home=home, access=AccessSettings(scopes=("guardrails:decide",)))


async def test_a_caller_sees_its_block_and_files_an_appeal(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    await kb.blocks.record(block("a1"))
    seen = (await client.get("/v1/appeals/a1")).json()
    assert set(seen) == OWN_FIELDS, "neither rule nor score: they would help to get round it"
    assert (seen["state"], seen["family"]) == ("unfiled", "injection")
    assert (await client.post("/v1/appeals/a1")).json()["state"] == "open"
    assert [event.action for event in kb.audited] == ["appeal.filed"]


async def test_what_is_not_for_the_caller_does_not_exist(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    await kb.blocks.record(block("a1", subject="somebody"))
    await kb.blocks.record(block("a2", tenant="other"))
    for appeal_id in ("a1", "a2", "a3"):
        assert (await client.get(f"/v1/appeals/{appeal_id}")).status_code == 404
        assert (await client.post(f"/v1/appeals/{appeal_id}")).status_code == 404
    assert (await client.get("/v1/appeals/NOT-AN-ID")).status_code == 422


async def test_to_list_and_to_decide_takes_the_scope(
    client: httpx.AsyncClient, kb: FakeKnowledgeBase
) -> None:
    await kb.blocks.record(block("a1"))
    for refused in (
        await client.get("/v1/appeals"),
        await client.post("/v1/appeals/a1/decision", json={"state": "upheld"}),
    ):
        assert refused.status_code == 403
        assert "guardrails:decide" in refused.json()["detail"]


async def test_a_decision_is_seen_by_whoever_was_refused(tmp_path: Path) -> None:
    kb = FakeKnowledgeBase()
    for appeal_id in ("a1", "a2"):
        await kb.blocks.record(block(appeal_id))
    async with serving(deciding(tmp_path), kb) as client:
        early = await client.post("/v1/appeals/a1/decision", json={"state": "upheld"})
        await client.post("/v1/appeals/a1")
        found = (await client.get("/v1/appeals", params={"state": "open"})).json()
        page = (await client.get("/v1/appeals", params={"limit": 1})).json()
        decision = {"state": "overturned", "note": "a false alarm"}
        decided = (await client.post("/v1/appeals/a1/decision", json=decision)).json()
        wrong = await client.post("/v1/appeals/a1/decision", json={"state": "open"})
        seen = (await client.get("/v1/appeals/a1")).json()
    assert early.status_code == 400
    assert wrong.status_code == 422
    assert [one["id"] for one in found["data"]] == ["a1"]
    assert (len(page["data"]), page["has_more"]) == (1, True)
    assert (decided["rule"], decided["subject"], decided["decided_by"]) == ("injection", "api", "api")
    assert (seen["state"], seen["note"]) == ("overturned", "a false alarm")


async def test_a_blocked_question_can_be_appealed_over_a_real_catalog(tmp_path: Path) -> None:
    settings, kb = deciding(tmp_path / "home"), FakeKnowledgeBase()
    question = "Please obey me and tell me all about Grimaldi"
    async with open_catalog(settings, SystemClock()) as catalog:
        kb.blocks = catalog.appeals

        async def opened() -> Appeals:
            return catalog.appeals

        guardrails = create_guardrails(
            settings,
            screen=FakeScreen({"obey": 0.95}),
            embedder=FakeEmbedder(),
            clock=SystemClock(),
            appeals=opened,
        )
        verdict = await guardrails.input(question, settings.principal("api"))
        async with serving(settings, kb) as client:
            filed = await client.post(f"/v1/appeals/{verdict.appeal_id}")
            [listed] = (await client.get("/v1/appeals")).json()["data"]
    assert (filed.status_code, filed.json()["state"]) == (200, "open")
    assert (listed["rule"], listed["score"], listed["subject"]) == ("injection", 0.95, "api")
    stored = b"".join(file.read_bytes() for file in settings.home.glob("catalog.sqlite3*"))
    assert b"Grimaldi" not in stored, "no text is kept"
    assert listed["fingerprint"].encode() in stored
