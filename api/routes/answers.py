"""What is kept of answers, and what people think of them."""

from fastapi import APIRouter

router = APIRouter(tags=["answers"])
