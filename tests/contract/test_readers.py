"""The field that says who may read a chunk: it agrees with label and visibility, in collections from before it too."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from qdrant_client import AsyncQdrantClient, models

from core.access import AccessLabel, Principal, Tier
from retrieval.filters import visible_to
from store.vectors.index import QdrantIndex
from store.vectors.readers import READERS
from tests.contract.chunk_points import DIMENSION, ask, chunk

GROUPS = st.frozensets(st.sampled_from(["people", "board", "it/ops"]), max_size=3)
TIERS = st.sampled_from(Tier)
TENANTS = st.sampled_from(["acme", "other"])


@given(
    st.builds(AccessLabel, TENANTS, TIERS, GROUPS),
    st.builds(Principal, TENANTS, clearance=TIERS, groups=GROUPS),
)
def test_keys_say_what_the_label_says(label: AccessLabel, principal: Principal) -> None:
    assert bool(set(label.keys) & set(principal.keys)) == label.readable_by(principal)


@pytest.fixture
async def index(qdrant: AsyncQdrantClient) -> QdrantIndex:
    made = QdrantIndex(qdrant, collection=f"t{uuid.uuid4().hex}", dimension=DIMENSION, batch_count=100)
    await made.prepare()
    return made


async def found(index: QdrantIndex, principal: Principal) -> set[str]:
    candidates = await index.candidates(ask("plain words", principal=principal))
    hits = await index.hits(dict(candidates.dense), visible=visible_to(principal))
    return {hit.doc_id for hit in hits}


READER = Principal("default", clearance=Tier.INTERNAL, groups=frozenset({"people"}))
LABELS = {
    "open": AccessLabel("default", Tier.PUBLIC),
    "shared": AccessLabel("default", Tier.INTERNAL, frozenset({"people", "board"})),
    "closed": AccessLabel("default", Tier.INTERNAL, frozenset({"board"})),
    "secret": AccessLabel("default", Tier.RESTRICTED),
    "foreign": AccessLabel("other", Tier.PUBLIC),
}


async def test_a_document_is_found_from_its_activation_to_its_hiding(index: QdrantIndex) -> None:
    for doc, label in LABELS.items():
        await index.write([chunk(doc, access=label)])
    assert await found(index, READER) == set()
    for doc in LABELS:
        await index.activate(doc, version=1, chunk_count=1)
    assert await found(index, READER) == {"open", "shared"}
    await index.hide_document("open")
    assert await found(index, READER) == {"shared"}


async def test_chunks_from_before_the_field_are_found_after_the_next_opening(
    qdrant: AsyncQdrantClient, index: QdrantIndex
) -> None:
    points = [chunk(doc, access=label, active=True) for doc, label in LABELS.items()]
    await index.write([*points, chunk("hidden", access=LABELS["open"], active=False)])
    await qdrant.delete_payload_index(index.collection, READERS, wait=True)
    await qdrant.delete_payload(index.collection, [READERS], points=models.Filter(), wait=True)
    await index.prepare()
    assert await found(index, READER) == {"open", "shared"}
