"""Chat completions with cited answers."""

from fastapi import APIRouter

router = APIRouter(tags=["openai"])
