"""Logging for every process: where it goes, and what may not be in it.

Every record passes `core.log_guard`. Loggers of other libraries that print matched personal data, or at level `debug` what
goes over their wires, are silenced here: a name among it has no shape that one could look for.
"""

import logging
import sys
import traceback

import orjson

from core.config import LogSettings
from core.log_guard import guard_logs

# presidio's IBAN recogniser logs the matched text when a checksum throws.
_LEAKY_LOGGERS = ("presidio-analyzer", "presidio_analyzer", "presidio-anonymizer")
_NOISY_LOGGERS = (
    *("httpx", "httpcore", "uvicorn.access", "alembic"),
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
    *("kreuzberg", "phonenumbers", "spacy", "watchfiles"),
)


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the type and frames of the error where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        row: dict[str, object] = {
            "time": self.formatTime(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0]:
            row["error"] = record.exc_info[0].__name__
            row["frames"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(record.exc_info[2])
            ]
        return orjson.dumps(row).decode()


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
