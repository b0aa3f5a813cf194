"""The models of this service, and embeddings."""

from fastapi import APIRouter

router = APIRouter(tags=["openai"])
