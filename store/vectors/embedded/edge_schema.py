"""Collection and payload-index settings as Qdrant Edge objects, and which vectors a collection has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.edge_quantization import edge_quantization
from store.vectors.embedded.errors import unsupported, wrong_input

DEFAULT_VECTOR = ""
_INDEX_TYPES: dict[str, Any] = {
    "keyword": edge.PayloadSchemaType.Keyword,
    "integer": edge.PayloadSchemaType.Integer,
    "float": edge.PayloadSchemaType.Float,
    "geo": edge.PayloadSchemaType.Geo,
    "text": edge.PayloadSchemaType.Text,
    "bool": edge.PayloadSchemaType.Bool,
    "datetime": edge.PayloadSchemaType.Datetime,
    "uuid": edge.PayloadSchemaType.Uuid,
}
_INDEX_PARAMS: dict[type, Any] = {
    models.KeywordIndexParams: edge.KeywordIndexParams,
    models.IntegerIndexParams: edge.IntegerIndexParams,
    models.FloatIndexParams: edge.FloatIndexParams,
    models.GeoIndexParams: edge.GeoIndexParams,
    models.TextIndexParams: edge.TextIndexParams,
    models.BoolIndexParams: edge.BoolIndexParams,
    models.DatetimeIndexParams: edge.DatetimeIndexParams,
    models.UuidIndexParams: edge.UuidIndexParams,
}
_TOKENIZERS: dict[str, Any] = {
    "prefix": edge.TokenizerType.Prefix,
    "whitespace": edge.TokenizerType.Whitespace,
    "word": edge.TokenizerType.Word,
    "multilingual": edge.TokenizerType.Multilingual,
}
# Where an index is kept, not what it finds: the embedded store decides that itself.
_PLACEMENT = {"type", "on_disk", "memory", "enable_hnsw"}
_REFUSED_TEXT = ("stopwords", "stemmer", "scoring")


@dataclass(frozen=True, slots=True)
class VectorSchema:
    """Names and sizes of dense vectors, names of sparse ones. The unnamed vector is called ''."""

    dense: Mapping[str, int]
    sparse: frozenset[str]

    @staticmethod
    def of(request: models.CreateCollection) -> "VectorSchema":
        """The schema that a collection was created with."""
        sizes = {name: params.size for name, params in _dense(request).items()}
        return VectorSchema(sizes, frozenset(request.sparse_vectors or {}))


def edge_config(request: models.CreateCollection) -> edge.EdgeConfig:
    """The shard's configuration. Tuning (HNSW, optimizers, replication) is accepted and without effect.

    Raises:
        ApiError: Something that would change results, which Edge or this store does not have.
    """
    if request.sharding_method is not None and request.sharding_method != models.ShardingMethod.AUTO:
        raise unsupported(f"sharding_method {request.sharding_method.value}")
    dense = {name: _dense_params(params) for name, params in _dense(request).items()}
    sparse = {name: _sparse_params(params) for name, params in (request.sparse_vectors or {}).items()}
    if not dense and not sparse:
        raise wrong_input("a collection needs at least one vector")
    return edge.EdgeConfig(
        vectors=dense or None,
        sparse_vectors=sparse or None,
        quantization_config=edge_quantization(request.quantization_config),
        wal_enabled=True,
    )


def edge_index(schema: models.PayloadFieldSchema | None) -> Any:
    """A payload index: a bare type or its parameters."""
    if schema is None:
        raise unsupported("payload index without field_schema")
    if isinstance(schema, models.PayloadSchemaType):
        return _INDEX_TYPES[schema.value]
    options = schema.model_dump(exclude_none=True, exclude=_PLACEMENT)
    for name in _REFUSED_TEXT:
        if name in options:
            raise unsupported(f"text index option {name}")
    if "tokenizer" in options:
        options["tokenizer"] = _tokenizer(options["tokenizer"].value)
    return _INDEX_PARAMS[type(schema)](**options)


def index_type_name(data_type: Any) -> str:
    """Qdrant's name of an index type that Edge reports."""
    return next(name for name, known in _INDEX_TYPES.items() if known == data_type)


def _dense(request: models.CreateCollection) -> dict[str, models.VectorParams]:
    vectors = request.vectors
    if isinstance(vectors, models.VectorParams):
        return {DEFAULT_VECTOR: vectors}
    return dict(vectors or {})


def _dense_params(params: models.VectorParams) -> edge.EdgeVectorParams:
    if params.multivector_config is not None:
        raise unsupported("multivector_config")
    if params.datatype not in (None, models.Datatype.FLOAT32):
        raise unsupported(f"vector datatype {params.datatype.value if params.datatype else None}")
    return edge.EdgeVectorParams(
        params.size,
        getattr(edge.Distance, params.distance.value),
        on_disk=params.on_disk,
        quantization_config=edge_quantization(params.quantization_config),
    )


def _sparse_params(params: models.SparseVectorParams) -> edge.EdgeSparseVectorParams:
    idf = params.modifier == models.Modifier.IDF
    return edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf if idf else None)


def _tokenizer(name: str) -> Any:
    if name not in _TOKENIZERS:
        raise unsupported(f"text index tokenizer {name}")
    return _TOKENIZERS[name]
