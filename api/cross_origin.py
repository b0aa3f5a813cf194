"""Which pages of other sites may have a browser call the API."""

from fastapi import FastAPI

from core.config import Settings


def add_cross_origin(app: FastAPI, settings: Settings) -> None:
    """Answer browsers that ask whether a page may call."""
    del app, settings
