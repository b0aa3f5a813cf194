"""Makes methods of the clients out of the functions in `calls`: name, arguments and text of a method are written once, for both.

`search = Blocking(calls.search)` is a method with the arguments of `calls.search` that returns what its `Call` is parsed to;
`Awaited` gives the same to be awaited, and `Walked` and `WalkedAsync` iterate over the items of all pages.
"""

import dataclasses
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from folio.client.flows import Call, Work
from folio.client.models.base import Page
from folio.client.models.events import AnswerEvent
from folio.client.wire import Request

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Item = TypeVar("Item")


class Performer(Protocol):
    """A client that returns when something is done."""

    def perform(self, work: Work[Result]) -> Result:
        """Do it."""
        ...

    def follow(self, question: Request) -> Iterator[AnswerEvent]:
        """The events of the streamed answer that a request asks for."""
        ...


class AsyncPerformer(Protocol):
    """A client that is awaited."""

    async def perform(self, work: Work[Result]) -> Result:
        """Do it."""
        ...

    def follow(self, question: Request) -> AsyncIterator[AnswerEvent]:
        """The events of the streamed answer that a request asks for."""
        ...


class _Method(Generic[Arguments, Result]):
    """What the four have in common: `build` says what is to be done, and documents it."""

    def __init__(self, build: Callable[Arguments, Result]) -> None:
        self.build = build
        functools.update_wrapper(self, build)  # type: ignore[arg-type]  # only its attributes are wanted


class Blocking(_Method[Arguments, Work[Result]]):
    """A method that returns when it is done."""

    if TYPE_CHECKING:

        def __init__(self, build: Callable[Arguments, Work[Result]]) -> None: ...

    @overload
    def __get__(self, client: None, owner: type) -> "Self": ...
    @overload
    def __get__(self, client: "Performer", owner: type) -> Callable[Arguments, Result]: ...
    def __get__(self, client: "Performer | None", owner: type) -> "Self | Callable[Arguments, Result]":
        """The method of a client."""
        if client is None:
            return self

        @functools.wraps(self.build)
        def method(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            return client.perform(self.build(*args, **kwargs))

        return method


class Awaited(_Method[Arguments, Work[Result]]):
    """A method to be awaited."""

    if TYPE_CHECKING:

        def __init__(self, build: Callable[Arguments, Work[Result]]) -> None: ...

    @overload
    def __get__(self, client: None, owner: type) -> "Self": ...
    @overload
    def __get__(
        self, client: "AsyncPerformer", owner: type
    ) -> Callable[Arguments, Coroutine[Any, Any, Result]]: ...
    def __get__(
        self, client: "AsyncPerformer | None", owner: type
    ) -> "Self | Callable[Arguments, Coroutine[Any, Any, Result]]":
        """The method of a client."""
        if client is None:
            return self

        @functools.wraps(self.build)
        async def method(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
            return await client.perform(self.build(*args, **kwargs))

        return method


class Walked(_Method[Arguments, Call[Page[Item]]], Generic[Arguments, Item]):
    """A method that goes through the items of all pages, from the one that its arguments name."""

    @overload
    def __get__(self, client: None, owner: type) -> "Self": ...
    @overload
    def __get__(self, client: "Performer", owner: type) -> Callable[Arguments, Iterator[Item]]: ...
    def __get__(
        self, client: "Performer | None", owner: type
    ) -> "Self | Callable[Arguments, Iterator[Item]]":
        """The method of a client."""
        if client is None:
            return self

        @functools.wraps(self.build)
        def method(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Iterator[Item]:
            call: Call[Page[Item]] | None = self.build(*args, **kwargs)
            while call is not None:
                page = client.perform(call)
                yield from page.data
                call = after(call, page)

        return method


class WalkedAsync(_Method[Arguments, Call[Page[Item]]], Generic[Arguments, Item]):
    """The same, for `async for`."""

    @overload
    def __get__(self, client: None, owner: type) -> "Self": ...
    @overload
    def __get__(self, client: "AsyncPerformer", owner: type) -> Callable[Arguments, AsyncIterator[Item]]: ...
    def __get__(
        self, client: "AsyncPerformer | None", owner: type
    ) -> "Self | Callable[Arguments, AsyncIterator[Item]]":
        """The method of a client."""
        if client is None:
            return self

        @functools.wraps(self.build)
        async def method(*args: Arguments.args, **kwargs: Arguments.kwargs) -> AsyncIterator[Item]:
            call: Call[Page[Item]] | None = self.build(*args, **kwargs)
            while call is not None:
                page = await client.perform(call)
                for item in page.data:
                    yield item
                call = after(call, page)

        return method


class Followed(_Method[Arguments, Request]):
    """A method that gives the events of a streamed answer."""

    @overload
    def __get__(self, client: None, owner: type) -> "Self": ...
    @overload
    def __get__(self, client: "Performer", owner: type) -> Callable[Arguments, Iterator[AnswerEvent]]: ...
    def __get__(
        self, client: "Performer | None", owner: type
    ) -> "Self | Callable[Arguments, Iterator[AnswerEvent]]":
        """The method of a client."""
        if client is None:
            return self

        @functools.wraps(self.build)
        def method(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Iterator[AnswerEvent]:
            return client.follow(self.build(*args, **kwargs))

        return method


class FollowedAsync(_Method[Arguments, Request]):
    """The same, for `async for`."""

    @overload
    def __get__(self, client: None, owner: type) -> "Self": ...
    @overload
    def __get__(
        self, client: "AsyncPerformer", owner: type
    ) -> Callable[Arguments, AsyncIterator[AnswerEvent]]: ...
    def __get__(
        self, client: "AsyncPerformer | None", owner: type
    ) -> "Self | Callable[Arguments, AsyncIterator[AnswerEvent]]":
        """The method of a client."""
        if client is None:
            return self

        @functools.wraps(self.build)
        def method(*args: Arguments.args, **kwargs: Arguments.kwargs) -> AsyncIterator[AnswerEvent]:
            return client.follow(self.build(*args, **kwargs))

        return method


def after(call: Call[Page[Item]], page: Page[Item]) -> Call[Page[Item]] | None:
    """The call for the page that follows; None after the last one."""
    if page.next_cursor is None:
        return None
    query = {**call.request.query, "cursor": page.next_cursor}
    return Call(dataclasses.replace(call.request, query=query), call.parse)
