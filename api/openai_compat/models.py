"""The models of this service, and embeddings."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel

from api.lifespan import ServicesParam
from api.openai_compat.catalogue import EMBEDDING, UnknownModelError, model_ids
from api.openai_compat.embedding_schemas import (
    EmbeddingRequest,
    EmbeddingResponse,
    EmbeddingRow,
    EmbeddingUsage,
    encoded,
)
from core.errors import InvalidInputError

router = APIRouter(tags=["openai"])

_CREATED = 1_767_225_600
"""2026-01-01: clients want a time, and the ways to answer have none of their own."""


class Model(BaseModel):
    """A way to answer, or the embedding model."""

    id: str
    object: Literal["model"] = "model"
    created: int = _CREATED
    owned_by: Literal["folio"] = "folio"


class ModelList(BaseModel):
    """All models."""

    object: Literal["list"] = "list"
    data: list[Model]


@router.get("/models")
async def list_models(services: ServicesParam) -> ModelList:
    """Ways to answer that this deployment has (`folio` is as its settings say), and its embedding model."""
    return ModelList(data=[Model(id=name) for name in model_ids(services.settings)])


@router.get("/models/{model_id}")
async def get_model(
    model_id: Annotated[str, Path(min_length=1, max_length=200)], services: ServicesParam
) -> Model:
    """One of them."""
    known = model_ids(services.settings)
    if model_id not in known:
        raise UnknownModelError(f"there is no such model: those that there are are {', '.join(known)}")
    return Model(id=model_id)


@router.post("/embeddings")
async def create_embeddings(body: EmbeddingRequest, services: ServicesParam) -> EmbeddingResponse:
    """Vectors of texts by the model that the documents are indexed with. Nothing is kept, and personal data is not taken out."""
    if body.model != EMBEDDING:
        raise UnknownModelError(f"`model` is {EMBEDDING}")
    texts = body.texts()
    found = await (await services.knowledge_base()).embed(texts, as_queries=body.input_type == "query")
    if body.dimensions not in {None, found.dimension}:
        raise InvalidInputError(f"`dimensions` is {found.dimension}: vectors of this model are not cut")
    rows = [
        EmbeddingRow(index=index, embedding=encoded(vector, body.encoding_format))
        for index, vector in enumerate(found.vectors)
    ]
    usage = EmbeddingUsage(prompt_tokens=found.token_count, total_tokens=found.token_count)
    return EmbeddingResponse(data=rows, model=EMBEDDING, usage=usage)
