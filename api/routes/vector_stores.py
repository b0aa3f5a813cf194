"""Collections as OpenAI's clients know them: vector stores."""

from fastapi import APIRouter

router = APIRouter(tags=["openai"])
