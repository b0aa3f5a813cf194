"""The checkpoint of queries over an index: what is rewritten, for whom, and what leaves the machine."""

from core.access import AccessLabel, Principal, Tier
from core.privacy_ports import PrivateQuery
from core.pseudonyms import PseudonymKey
from retrieval.filters import visible_to
from retrieval.query.privacy import PseudonymousQueries
from tests.contract.chunk_points import chunk
from tests.fakes.redactor import FakeRedactor
from tests.fakes.vector_index import FakeVectorIndex

ROOT = b"a root for tests"
KEY = PseudonymKey(ROOT, tenant="default")
READER = Principal()
JANE = KEY.token("PERSON", "jane smith")


async def index_with(*pseudonyms: str, **more) -> FakeVectorIndex:
    index = FakeVectorIndex()
    await index.write([chunk("d", pseudonyms=pseudonyms, active=True, **more)])
    return index


def privacy(index: FakeVectorIndex, **more) -> PseudonymousQueries:
    return PseudonymousQueries(
        index,
        key=lambda tenant: PseudonymKey(ROOT, tenant=tenant),
        entities=("PERSON", "EMAIL_ADDRESS"),
        **more,
    )


async def private(index: FakeVectorIndex, query: str, *, principal=READER, **more) -> PrivateQuery:
    return await privacy(index, **more).private(query, visible=visible_to(principal), tenant=principal.tenant)


async def test_known_name_becomes_its_token_and_terms() -> None:
    found = await private(await index_with(JANE), "what did Jane Smith sign?")
    assert found.text == f"what did {JANE} sign?"
    assert set(found.terms) == {*map(KEY.alias, ("jane", "smith", "sign")), JANE}


async def test_unknown_name_stays_a_word() -> None:
    found = await private(await index_with(JANE), "what did John Doe sign?")
    assert found.text == "what did John Doe sign?"
    assert KEY.alias("doe") in found.terms


async def test_name_in_documents_that_may_not_be_read_is_unknown() -> None:
    index = await index_with(JANE, access=AccessLabel("default", Tier.RESTRICTED))
    assert (await private(index, "Jane Smith")).text == "Jane Smith"
    cleared = Principal(clearance=Tier.RESTRICTED)
    assert (await private(index, "Jane Smith", principal=cleared)).text == JANE


async def test_every_tenant_has_its_own_tokens() -> None:
    index = await index_with(JANE, access=AccessLabel("other", Tier.PUBLIC))
    assert (await private(index, "Jane Smith", principal=Principal(tenant="other"))).text == "Jane Smith"


async def test_question_without_a_possible_name_asks_the_index_nothing() -> None:
    index = await index_with(JANE)
    index.calls.clear()
    assert (await private(index, "what is it about")).text == "what is it about"
    assert index.calls == []


async def test_query_that_leaves_the_machine_goes_through_detection_too() -> None:
    found = await private(
        await index_with(JANE), "Jane Smith and Zyx", redactor=lambda _: FakeRedactor("Zyx")
    )
    assert found.text == f"{JANE} and <WORD>"


def test_private_query_does_not_print_itself() -> None:
    assert "Jane" not in repr(PrivateQuery("Jane Smith"))
