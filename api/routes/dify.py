"""Dify's external knowledge base."""

from fastapi import APIRouter

router = APIRouter(tags=["dify"])
