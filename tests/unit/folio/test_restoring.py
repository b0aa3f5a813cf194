import pytest

from core.access import Principal
from core.documents import ParsedDocument
from core.errors import DependencyDownError, ForbiddenError
from core.pseudonyms import READ_SCOPE
from core.search import SearchResult
from folio.restoring import Restorer, allowed
from tests.fakes.naming_redactor import NamingRedactor
from tests.fakes.vault import FakeVault
from tests.unit.core.test_restoring import JANE, hit

READER = Principal(subject="jo", scopes=frozenset({READ_SCOPE}))


async def vault() -> FakeVault:
    made = FakeVault()
    mentions = NamingRedactor().redact(ParsedDocument("@Jane", "", "")).mentions
    await made.remember("d", tenant="default", version=1, mentions=mentions)
    return made


def test_only_with_the_scope_and_the_message_names_it() -> None:
    assert allowed(READER) is READER
    with pytest.raises(ForbiddenError, match="pii:read"):
        allowed(Principal(scopes=frozenset({"pii:write"})))


async def test_what_is_shown_was_recorded_before() -> None:
    made = await vault()
    restorer = Restorer(made, made, principal=READER)
    found = await restorer.result(SearchResult((hit(JANE), hit("nobody")), 1.0))
    assert [one.text for one in found.hits] == ["@Jane", "nobody"]
    assert made.log == [("jo", JANE, "search")]


class BrokenAudit:
    async def restored(self, principal: object, tokens: object, *, purpose: str) -> None:
        raise DependencyDownError("no answer")


async def test_what_cannot_be_recorded_is_not_shown() -> None:
    restorer = Restorer(await vault(), BrokenAudit(), principal=READER)
    with pytest.raises(DependencyDownError):
        await restorer.hits([hit(JANE)], purpose="search")
    assert [one.text for one in await restorer.hits([hit("nobody")], purpose="search")] == ["nobody"]
