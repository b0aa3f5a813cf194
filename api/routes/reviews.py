"""What a human is to look at."""

from fastapi import APIRouter

router = APIRouter(tags=["reviews"])
