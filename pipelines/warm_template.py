"""Loads what every run needs and what takes seconds to load. Imported by the process that runs are forked from, and only there.

A fork copies memory and one thread. So nothing here may start a thread that matters, open a database or a connection, or
create an ONNX session: those belong to the run. ONNX Runtime starts a thread when it is imported, so it is not.
"""

import gc
import importlib
import logging
import signal
from collections.abc import Callable
from functools import partial

from core.config import load_settings
from core.documents import ParsedDocument
from core.log_guard import guard_logs

_LOG = logging.getLogger("folio.warm_template")

# By name: this room may not import models, and a module that is not installed must not end the template.
_MODULES = (
    "dagster._cli.api",
    "dagster._core.storage.local_compute_log_manager",
    "dagster._core.storage.sqlite_storage",
    "pipelines.definitions",
    "folio.knowledge_base",
    "folio.assembly",
    "folio.unindexed",
    "ingest.engine",
    "ingest.parse.kreuzberg_parser",
    "kreuzberg",
    "ingest.chunk.factory",
    "ingest.chunk.structure",
    "inference.embed.factory",
    "inference.embed.onnx_minilm",
    "inference.embed.wordpiece",
    "store.artifacts.fsspec_store",
    "store.catalog.catalog",
    "store.vectors.index",
)


def warm_up() -> None:
    """Load modules and the redaction model. What cannot be loaded is logged: the run that needs it will say so."""
    # Forks inherit it.
    guard_logs()
    for name in _MODULES:
        _tried(name, partial(importlib.import_module, name))
    _tried("the redaction model", _load_redaction)
    # When the service stops, everybody is told: runs end first, and this process when nobody can ask it for more.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # What is here stays: a collection in a run would write to every object, and copy all of it.
    gc.collect()
    gc.freeze()


def _tried(what: str, load: Callable[[], object]) -> None:
    try:
        load()
    except Exception as error:  # noqa: BLE001 - the template serves every run, and not each needs everything
        _LOG.warning("%s could not be loaded before the fork: %s", what, type(error).__name__)


def _load_redaction() -> None:
    """Redact a sentence: the language model is then in memory, and shared by all redactors of a process."""
    settings = load_settings()
    if settings.redaction.policy == "off":
        return
    from folio.assembly import create_redactor

    create_redactor(settings).redact(ParsedDocument("Anna Smith lives in Rome.", "Warm-up", "text/plain"))


warm_up()
