"""Libraries of the peers' environment, by name: they are none of Folio's dependencies, whose contracts and types do not reach them."""

from importlib import import_module
from typing import Any


def library(name: str) -> Any:
    """The module with this name.

    Raises:
        ModuleNotFoundError: This is not the peers' interpreter, or it is not complete.
    """
    return import_module(name)
