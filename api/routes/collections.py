"""What can be searched: everything of the tenant, and each source."""

from fastapi import APIRouter

router = APIRouter(tags=["collections"])
