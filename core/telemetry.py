"""Logging for every process: where it goes, and what may not be in it.

Every record passes `core.log_guard`. Loggers of other libraries that print matched personal data, or at level `debug` what
goes over their wires, are silenced here: a name among it has no shape that one could look for.
"""

import json
import logging
import sys
import traceback
from collections.abc import Mapping

import orjson

from core import tracing
from core.config import LogSettings
from core.log_guard import guard_logs

# presidio's IBAN recogniser logs the matched text when a checksum throws.
_LEAKY_LOGGERS = ("presidio-analyzer", "presidio_analyzer", "presidio-anonymizer")
_NOISY_LOGGERS = (
    *("httpx", "httpx2", "httpcore", "uvicorn.access", "alembic", "opentelemetry"),
    # At `debug`: SQL with its parameters, headers, parts of forms, requests and answers.
    *("aiosqlite", "sqlalchemy", "asyncpg", "hpack", "multipart", "python_multipart", "urllib3", "requests"),
    *(
        "openai",
        "anthropic",
        "botocore",
        "boto3",
        "s3fs",
        "fsspec",
        "charset_normalizer",
        "tldextract",
        "llama_index",
    ),
    *("kreuzberg", "mcp", "phonenumbers", "spacy", "watchfiles"),
)

_EVENT_ARGUMENTS = 2
_OWN_FIELDS = frozenset({"time", "level", "logger", "event", "error", "frames", "request_id", "trace_id"})


class Facts:
    """What an event is known by: names and numbers. As text `name=value`, for those who read lines."""

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, bool | int | float | str]) -> None:
        self.values = values

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.values.items())


def event(name: str, facts: Mapping[str, bool | int | float | str]) -> tuple[str, str, Facts]:
    """The arguments of a log call for an event: a line for people, `event` and its facts as fields for machines.

    Facts are metadata: ids, counts, durations, templates of addresses. Never a text that somebody wrote.
    """
    return "%s: %s", name, Facts(facts)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the type and frames of the error where there is one.

    With the ids of the request and the trace in which it was said, where there are such; an event's facts are fields of their own.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        row: dict[str, object] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            **_said(record),
            **_where(),
        }
        if record.exc_info and record.exc_info[0]:
            row["error"] = record.exc_info[0].__name__
            row["frames"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        try:
            return orjson.dumps(row).decode()
        except TypeError:
            # Half a character or a number beyond 64 bits: no reason to lose the line.
            return json.dumps(row, default=str)


def _said(record: logging.LogRecord) -> dict[str, object]:
    given = record.args
    if isinstance(given, tuple) and len(given) == _EVENT_ARGUMENTS and isinstance(given[1], Facts):
        # Fields of ours are not to stand in the place of the line's own.
        facts = {
            f"{name}_" if name in _OWN_FIELDS else name: value for name, value in given[1].values.items()
        }
        return {"event": str(given[0]), **facts}
    return {"message": record.getMessage()}


def _where() -> dict[str, object]:
    ids = {"request_id": tracing.current_request_id(), "trace_id": tracing.current_trace_id()}
    return {name: value for name, value in ids.items() if value}


def configure_logging(settings: LogSettings) -> None:
    """Send logs to stderr at the level asked for, without personal data."""
    guard_logs()
    handler = logging.StreamHandler(sys.stderr)
    plain = logging.Formatter("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    handler.setFormatter(JsonLines() if settings.json_lines else plain)
    logging.basicConfig(level=settings.level.upper(), handlers=[handler], force=True)
    silence_leaky_loggers()
    for name in _NOISY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)


def silence_leaky_loggers() -> None:
    """Switch off the loggers that may print what they matched. Called wherever their library is loaded."""
    for name in _LEAKY_LOGGERS:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.propagate = False
