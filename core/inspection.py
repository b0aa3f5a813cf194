"""What the vector store turns out to hold when somebody looks, as opposed to what the catalog says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """What one collection holds of one document: points, and how many of them have a vector of each kind.

    `visible_count` of the points are in reach of searches.
    """

    collection: str
    point_count: int
    dense_count: int
    sparse_count: int
    visible_count: int = 0


@dataclass(frozen=True, slots=True)
class PointGroup:
    """Points that belong together. `current`: in the collection of the embedding model that is in use."""

    collection: str
    current: bool
    doc_id: str
    version: int
    active: bool
    point_count: int


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk as it lies in the store. `dense` is empty if vectors were not asked for, or there is none."""

    collection: str
    doc_id: str
    version: int
    ordinal: int
    active: bool
    text: str
    dense: tuple[float, ...] = ()
