"""What language models were asked for one answer: counted where they are called, told with the answer."""

from contextvars import ContextVar
from dataclasses import dataclass

from core.language_models import TokenUsage


@dataclass(slots=True)
class CallTally:
    """The calls of one answer, as the providers counted their tokens. Tasks that it starts count into the same one."""

    call_count: int = 0
    input_count: int = 0
    output_count: int = 0
    cached_count: int = 0


_TALLY: ContextVar[CallTally | None] = ContextVar("folio_call_tally", default=None)


def begin_tally() -> CallTally:
    """A new tally for what the current task, and those it starts, will ask of language models."""
    tally = CallTally()
    _TALLY.set(tally)
    return tally


def count_call(usage: TokenUsage) -> None:
    """Count a call that has ended; nothing happens where nobody asked for a tally."""
    tally = _TALLY.get()
    if tally is None:
        return
    tally.call_count += 1
    tally.input_count += usage.input_count
    tally.output_count += usage.output_count
    tally.cached_count += usage.cached_count
