"""API keys of the caller's tenant, and who the caller is."""

from fastapi import APIRouter

router = APIRouter(tags=["keys"])
