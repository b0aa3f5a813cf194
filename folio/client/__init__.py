"""A client of a Folio service over HTTP: `Client` blocks, `AsyncClient` is awaited; both have the same methods."""

from folio.client.awaited import AsyncClient
from folio.client.blocking import Client
from folio.client.errors import ApiError, ClientError
from folio.client.flows import Patience

__all__ = ["ApiError", "AsyncClient", "Client", "ClientError", "Patience"]
