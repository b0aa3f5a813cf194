"""A knowledge base of several tenants whose documents each have words of their own, and principals who may read some of them."""

import json
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.access import AccessLabel, Principal, Tier
from core.config import Settings
from core.documents import DocumentState
from folio.knowledge_base import KnowledgeBase
from tests.fakes.api_keys import CHEAP

TENANTS = ("default", "north", "south")
GROUPS = ("law", "sales", "works")
SHARED = "Turbine Works Limited"
"""An entity of every document: the graph leads over it from each to all others."""

QUESTION = "Who inspects the turbine hall in spring?"


@dataclass(frozen=True, slots=True)
class Planted:
    """A document. `marker` is a word that stands in its title and text, and nowhere else; `company` an entity of it alone."""

    doc_id: str
    external_id: str
    marker: str
    label: AccessLabel

    @property
    def company(self) -> str:
        return f"{self.marker.title()} Corporation"

    @property
    def needles(self) -> tuple[str, ...]:
        """What shows that somebody was told of it."""
        return (self.marker, self.doc_id, self.external_id)


@dataclass(frozen=True, slots=True)
class World:
    """The documents, and the settings of the knowledge base that holds them."""

    settings: Settings
    documents: tuple[Planted, ...]

    def readable(self, who: Principal) -> list[Planted]:
        return [one for one in self.documents if one.label.readable_by(who)]

    def hidden(self, who: Principal) -> list[Planted]:
        return [one for one in self.documents if not one.label.readable_by(who)]


async def planted_world(folder: Path, *, seed: int, per_tenant: int) -> World:
    """Index a random world below a folder."""
    chance = random.Random(seed)
    rows = {tenant: list(_rows(tenant, chance, per_tenant)) for tenant in TENANTS}
    tables = [_source(folder, tenant, chosen) for tenant, chosen in rows.items()]
    settings = Settings(
        home=folder / "home",
        sources=tables,
        redaction={"policy": "off"},
        ingest={"settle_s": 0},
        access={"clearance": "restricted"},
        keys=CHEAP,
    )
    async with KnowledgeBase(settings) as kb:
        await kb.ingest([])
        ids = await _ids(kb)
    documents = [
        Planted(ids[row["id"]], row["id"], row["marker"], _label(tenant, row))
        for tenant, chosen in rows.items()
        for row in chosen
    ]
    return World(settings, tuple(documents))


def told(text: str, documents: Iterable[Planted]) -> list[str]:
    """The needles of these documents that stand in a text."""
    lower = text.lower()
    return [needle for one in documents for needle in one.needles if needle in lower]


def _rows(tenant: str, chance: random.Random, count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        marker = "qx" + "".join(chance.choices("bcdfghjklmnprstvz", k=9))
        company = f"{marker.title()} Corporation"
        text = (
            f"{company} inspects the turbine hall {marker} in spring. "
            f"{SHARED} acquired {company} in {1990 + number}. "
            f"The turbine of hall {marker} was built by {SHARED}."
        )
        groups = chance.sample(GROUPS, k=chance.choice((0, 0, 1, 2)))
        tier = chance.choice(list(Tier)).label
        yield {
            "id": f"{tenant}-{number}-{marker[::-1]}",
            "marker": marker,
            "title": f"Report {marker}",
            "text": text,
            "tier": tier,
            "groups": ",".join(groups),
        }


def _label(tenant: str, row: dict[str, str]) -> AccessLabel:
    return AccessLabel(tenant, Tier.parse(row["tier"]), frozenset(filter(None, row["groups"].split(","))))


def _source(folder: Path, tenant: str, rows: Iterable[dict[str, str]]) -> dict[str, str]:
    file = folder / f"{tenant}.jsonl"
    lines = (
        {
            "id": row["id"],
            "title": row["title"],
            "text": row["text"],
            "metadata": {"tier": row["tier"], "groups": [one for one in row["groups"].split(",") if one]},
        }
        for row in rows
    )
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return {"path": str(file), "tenant": tenant, "name": f"reports-of-{tenant}"}


async def _ids(kb: KnowledgeBase) -> dict[str, str]:
    found: dict[str, str] = {}
    for tenant in TENANTS:
        for record in await kb.documents(limit=1000, tenant=tenant):
            assert record.state is DocumentState.INDEXED, record.reason
            assert record.external_id
            found[record.external_id] = record.doc_id
    return found
