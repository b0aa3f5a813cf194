"""What a method of the client does, step by step, without doing it: a generator asks for requests and pauses.

The blocking and the asynchronous client carry the steps out, each in its way; what is decided is decided here, once.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Generic, Protocol, TypeVar

from folio.client.errors import ConnectionFailedError, UnexpectedReplyError, error_of
from folio.client.wire import Reply, Request

Result = TypeVar("Result")
Result_co = TypeVar("Result_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Send:
    """Send a request; the reply is sent into the generator, or a ConnectionFailedError thrown."""

    request: Request


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait."""

    seconds: float


_NOT_FOUND = 404
_TOO_MANY = 429
_PASSING = frozenset({502, 503, 504})
Step = Send | Pause
Flow = Generator[Step, Reply | None, Result]


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a request is tried again that the service could not take now.

    The pause doubles from `first_pause_s` to `longest_pause_s`, each a random share of at least half of it, and is never shorter
    than the service asks for. `longest_wait_s` bounds what the service may ask for: a longer wait is an error at once.
    """

    retry_count: int = 3
    first_pause_s: float = 0.5
    longest_pause_s: float = 8.0
    longest_wait_s: float = 60.0
    share: Callable[[], float] = field(default=SystemRandom().random, repr=False)

    def pause_s(self, attempt: int, *, asked_s: float | None) -> float:
        """Before trying again after the attempt with this number (from 1)."""
        grown = min(self.first_pause_s * 2.0 ** (attempt - 1), self.longest_pause_s)
        return max(grown * (1 + self.share()) / 2, asked_s or 0.0)


class Work(Protocol[Result_co]):
    """Something that a client can do."""

    def flow(self, patience: Patience) -> Flow[Result_co]:
        """The steps."""
        ...


@dataclass(frozen=True, slots=True)
class Call(Generic[Result]):
    """One request, and what its reply means."""

    request: Request
    parse: Callable[[Reply], Result]

    def flow(self, patience: Patience) -> Flow[Result]:
        """The request, again if need be."""
        return self.parse((yield from exchange(self.request, patience)))


@dataclass(frozen=True, slots=True)
class Steps(Generic[Result]):
    """Several requests."""

    make: Callable[[Patience], Flow[Result]]

    def flow(self, patience: Patience) -> Flow[Result]:
        """The steps."""
        return (yield from self.make(patience))


def exchange(request: Request, patience: Patience) -> Flow[Reply]:
    """The reply to a request that worked, tried again where that may help and does no harm.

    Raises:
        ConnectionFailedError: The service was not reached, or the request must not be sent twice.
        ApiError: The service refused.
        UnexpectedReplyError: The service points to another address.
    """
    attempt = 1
    while True:
        try:
            reply = yield Send(request)
        except ConnectionFailedError:
            if not request.is_repeatable or attempt > patience.retry_count:
                raise
            asked_s = None
        else:
            if reply is None:
                raise TypeError("a request is answered with a reply")
            # What a try before has removed, whose reply was lost, is not there any more: that is what was asked for.
            if reply.is_redirect:
                raise redirected()
            was_removed = request.method == "DELETE" and attempt > 1 and reply.status == _NOT_FOUND
            if not reply.is_error or was_removed:
                return reply
            asked_s = reply.retry_after_s
            if attempt > patience.retry_count or not worth_again(request, reply, patience):
                raise error_of(reply)
        yield Pause(patience.pause_s(attempt, asked_s=asked_s))
        attempt += 1


def redirected() -> UnexpectedReplyError:
    """The error for a reply that points elsewhere: it is not followed, and it says that nothing was done."""
    return UnexpectedReplyError(
        "the service sends its callers to another address, which is not followed, as the key is for one: give the client the address "
        "that the service is at, with https:// where it asks for that"
    )


def worth_again(request: Request, reply: Reply, patience: Patience) -> bool:
    """Whether a request that the service refused may be sent again after a while."""
    if (reply.retry_after_s or 0.0) > patience.longest_wait_s:
        return False
    # A rate limit refuses before anything is done; any other failure may have done a part.
    return reply.status == _TOO_MANY or (request.is_repeatable and reply.status in _PASSING)
