"""Logging for every process. Third-party loggers that print matched personal data are silenced here."""

import logging
import sys

import orjson

from core.config import LogSettings

# presidio's IBAN recogniser logs the matched text when a checksum throws.
_LEAKY_LOGGERS = ("presidio-analyzer", "presidio_analyzer", "presidio-anonymizer")
_NOISY_LOGGERS = ("httpx", "httpcore", "uvicorn.access", "alembic")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the error's type where there is one."""

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
        return orjson.dumps(row).decode()


def configure_logging(settings: LogSettings) -> None:
    """Send logs to stderr at the level asked for."""
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
