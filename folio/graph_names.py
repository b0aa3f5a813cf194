"""Which entity is meant: a key, or a name as somebody writes it. What may not be read looks like what does not exist."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from core.access import Principal
from core.errors import InvalidInputError, NotFoundError
from core.graph import Entity
from core.privacy_ports import QueryPrivacy
from folio.graph_limits import MAX_NAME_CHARS
from graph.keys import entity_key
from retrieval.filters import visible_to

if TYPE_CHECKING:
    from graph.visible import VisibleGraph

MOST_CANDIDATES = 10


class AmbiguousNameError(InvalidInputError):
    """Several entities have the words of a name in theirs; `candidates` are those that are named most."""

    code = "ambiguous_name"

    def __init__(self, candidates: Iterable[Entity]) -> None:
        self.candidates = tuple(candidates)
        super().__init__(
            f"no entity has exactly this name, and {len(self.candidates)} or more have it in theirs: give the whole name or the "
            "key of one (`folio graph entities NAME`, GET /v1/graph/entities?q=NAME list them)"
        )


async def private_name(name: str, *, principal: Principal, privacy: QueryPrivacy | None) -> str:
    """The name as the index has it: of a person whose names were taken out, the pseudonym, as in searches.

    Raises:
        InvalidInputError: It is empty or too long.
    """
    if not name.strip() or len(name) > MAX_NAME_CHARS:
        raise InvalidInputError(f"a name of an entity has 1 to {MAX_NAME_CHARS} characters")
    if privacy is None:
        return name
    found = await privacy.private(name, visible=visible_to(principal), tenant=principal.tenant)
    return found.text


def named_key(visible: "VisibleGraph", name: str) -> str:
    """The key that is meant, itself: of several that are taken for one thing, the one that was named. Blocking.

    Raises:
        NotFoundError: There is none, or it may not be seen.
        AmbiguousNameError: There are several.
    """
    exact = next((key for key in (name, entity_key(name)) if visible.cluster(key)), None)
    return exact or _only_one(visible, name).key


def named_entity(visible: "VisibleGraph", name: str) -> Entity:
    """The entity of a key, of a name, or the only one that has the words of the name in its own. Blocking.

    Raises:
        NotFoundError: There is none, or it may not be seen.
        AmbiguousNameError: There are several.
    """
    return visible.entity(name) or visible.entity(entity_key(name)) or _only_one(visible, name)


def _only_one(visible: "VisibleGraph", name: str) -> Entity:
    page = visible.entities(name, limit=MOST_CANDIDATES)
    if not page.entities:
        raise NotFoundError("there is no entity with this name or key, or not for you")
    if len(page.entities) > 1:
        raise AmbiguousNameError(page.entities)
    return page.entities[0]
