"""Points for the vector index suites: everything has a default, each test names what matters to it."""

import math

from core import ids
from core.access import AccessLabel, Principal, Tier
from core.config import SparseSettings
from core.filters import All, Condition
from core.search import ChunkPoint, HybridQuery
from inference.lexical.bm25 import Bm25Encoder
from retrieval.filters import visible_to

DIMENSION = 4
ENCODER = Bm25Encoder(SparseSettings())
READER = Principal()
EVERYTHING = All(())


def toward(degrees: float) -> tuple[float, ...]:
    """A unit vector in the first plane: the smaller the angle to another, the more alike."""
    return (math.cos(math.radians(degrees)), math.sin(math.radians(degrees)), 0.0, 0.0)


def chunk(doc: str, text: str = "plain words", *, ordinal=0, version=1, degrees=0.0, **more) -> ChunkPoint:
    values = {
        "point_id": ids.point_id(doc, version=version, ordinal=ordinal),
        "dense": toward(degrees),
        "sparse": ENCODER.encode_passage(text),
        "doc_id": doc,
        "version": version,
        "ordinal": ordinal,
        "source_id": "source",
        "external_id": None,
        "path": f"{doc}.md",
        "title": doc,
        "mime_type": "text/markdown",
        "heading": "",
        "page": None,
        "start": 0,
        "end": len(text),
        "parent_start": 0,
        "parent_end": len(text),
        "text": text,
        "access": AccessLabel("default", Tier.PUBLIC),
    }
    return ChunkPoint(**(values | more))


def document(doc: str, count: int, *, version=1, **more) -> list[ChunkPoint]:
    return [chunk(doc, ordinal=n, version=version, **more) for n in range(count)]


def ask(
    text: str, *, principal: Principal = READER, degrees=0.0, narrowed: Condition = EVERYTHING, **more
) -> HybridQuery:
    sparse = ENCODER.encode_query(text)
    return HybridQuery(toward(degrees), sparse, visible_to(principal), narrowed, **more)
