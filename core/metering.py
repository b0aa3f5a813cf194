"""How many tokens a request has used so far, counted where models are called and read where limits are kept."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Meter:
    """The tokens of one request. Tasks that it starts count into the same one."""

    token_count: int = 0


_METER: ContextVar[Meter | None] = ContextVar("folio_meter", default=None)


def begin_metering() -> Meter:
    """A new meter for what the current task and those it starts will use."""
    meter = Meter()
    _METER.set(meter)
    return meter


def add_tokens(count: int) -> None:
    """Count tokens that a model charged for; nothing happens outside of a request."""
    meter = _METER.get()
    if meter is not None:
        meter.token_count += count
