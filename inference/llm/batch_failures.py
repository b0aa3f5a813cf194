"""How the failures of batches are told: what a 404 means there, and whether an order was placed after all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from core.batches import NoBatchesError, OrderGoneError, UnknownOrderError
from core.errors import DependencyDownError
from inference.llm.failures import BusyProviderError

_NOT_THERE = {404, 405, 501}


class SdkChat(Protocol):
    """What both chat adapters have for batches."""

    @property
    def name(self) -> str:
        """Provider and model."""

    @property
    def sdk(self) -> Any:
        """The provider's SDK."""

    def reported(self) -> Any:
        """A context in which the SDK's errors become ours."""


@contextmanager
def placing(chat: SdkChat, *, is_paid: bool) -> Iterator[None]:
    """Around a request that places an order; `is_paid`: with it the provider begins.

    Raises:
        NoBatchesError: There are no batches at this address.
        UnknownOrderError: The order may be placed, or not.
        FolioError: It is not placed.
    """
    try:
        with chat.reported(), _without(chat):
            yield
    except DependencyDownError as error:
        if not is_paid or (isinstance(error, BusyProviderError) and error.is_refusal):
            raise
        raise UnknownOrderError(
            f"{chat.name} broke off while a batch was ordered: it may have the order, or not"
        ) from None


@contextmanager
def about_order(chat: SdkChat) -> Iterator[None]:
    """Around a request about one order.

    Raises:
        OrderGoneError: The provider does not know it.
        FolioError: As `failures.reported` has it.
    """
    with chat.reported():
        try:
            yield
        except chat.sdk.NotFoundError:
            raise OrderGoneError(f"{chat.name} does not know the order (any more)") from None


@contextmanager
def _without(chat: SdkChat) -> Iterator[None]:
    try:
        yield
    except chat.sdk.APIStatusError as error:
        if error.status_code not in _NOT_THERE:
            raise
        raise NoBatchesError(
            f"{chat.name} has no batches (status {error.status_code}): ask without --batch, or name a provider that has them"
        ) from None
