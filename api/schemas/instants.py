"""Instants as callers write them."""

from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator


def _written_out(value: object) -> object:
    """Pydantic takes a number for seconds since 1970; the documentation says a date and a time."""
    if not isinstance(value, str | date) or (isinstance(value, str) and "T" not in value.upper()):
        raise ValueError("must be a date and a time with its zone, as 2026-03-02T09:30:00Z")
    return value


def _day_written_out(value: object) -> object:
    if not isinstance(value, str | date) or (isinstance(value, str) and value.count("-") != 2):
        raise ValueError("must be a day, as 2026-03-02")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_written_out)]
Day = Annotated[date, BeforeValidator(_day_written_out)]
