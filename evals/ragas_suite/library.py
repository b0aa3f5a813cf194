"""Loads RAGAS, quiet: its usage reports are switched off before its first line runs.

All of RAGAS that Folio uses is loaded through here. It takes seconds, and brings langchain along: none of it is asked anything.
"""

import importlib
import os
import warnings
from functools import cache
from types import ModuleType

from core.errors import MissingExtraError

_QUIET = "RAGAS_DO_NOT_TRACK"
_METRICS = "ragas.metrics.collections"


@cache
def load(name: str = _METRICS) -> ModuleType:
    """A module of RAGAS.

    Raises:
        MissingExtraError: RAGAS, or something that it needs, is not installed.
    """
    # RAGAS reads its switch from the environment and nowhere else.
    os.environ[_QUIET] = "true"  # noqa: TID251
    try:
        with warnings.catch_warnings():
            # Notices of the libraries that it brings along; they are no business of whoever evaluates.
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"RAGAS (the module {error.name} is missing)", extra="ragas") from None


def version() -> str:
    """Of the installed RAGAS."""
    return str(load("ragas").__version__)
