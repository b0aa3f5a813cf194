"""What is handed from finding entities to finding relations."""

from dataclasses import dataclass

from core.graph import EntityKind


@dataclass(frozen=True, slots=True)
class Named:
    """One mention of an entity: `[start, end)` of the document's text.

    `key` and `name` are those of the entity, whatever is written here: a short name or a pronoun stands for the full one.
    `weight` is 1 for a name, less for what stands for one.
    """

    key: str
    name: str
    kind: EntityKind
    start: int
    end: int
    weight: float = 1.0
