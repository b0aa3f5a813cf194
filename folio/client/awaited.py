"""The asynchronous client."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self, TypeVar

import httpx
from httpx_sse import EventSource, SSEError

from folio.client.calls import answers as on_answers
from folio.client.calls import documents as on_documents
from folio.client.calls import graph as on_graph
from folio.client.calls import keys as on_keys
from folio.client.calls import operations as on_operations
from folio.client.calls import oversight as on_oversight
from folio.client.calls import search as on_search
from folio.client.calls import sessions as on_sessions
from folio.client.calls import sources as on_sources
from folio.client.errors import ConnectionFailedError
from folio.client.feed import AnswerFeed
from folio.client.flows import Patience, Pause, Step, Work
from folio.client.methods import Awaited, FollowedAsync, WalkedAsync
from folio.client.models.events import AnswerEvent
from folio.client.transport import (
    DEFAULT_TIMEOUT_S,
    DEFAULT_URL,
    client_options,
    failure_of,
    reply_of,
    request_options,
    unreadable,
)
from folio.client.wire import Reply, Request

Result = TypeVar("Result")


class AsyncClient:
    """A Folio service. Tasks may share it; close it, or use it as an async context manager.

    Example:
        async with AsyncClient("http://127.0.0.1:8700", api_key="folio_...") as folio:
            answer = await folio.answer("How many days of leave do we have?")
    """

    def __init__(  # noqa: PLR0913 - each is an option of its own
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        timeout_s: float = DEFAULT_TIMEOUT_S,
        patience: Patience | None = None,
        proxy: str | None = None,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Nothing is sent before the first call.

        Args:
            url: Of the service.
            api_key: An API key or another bearer token.
            timeout_s: Longest silence of the service that is waited for.
            patience: How often and how long a request is tried again.
            proxy: URL of a proxy; the environment is not asked for one.
            headers: Sent with every request, as `X-Folio-Subject` for a key with the scope `act:as`.
            transport: For tests: what requests go through instead of the network.
            sleep: For tests: how it waits, in seconds.
        """
        self.url = url
        self._patience = patience or Patience()
        self._sleep = sleep
        options = client_options(url, api_key=api_key, timeout_s=timeout_s, proxy=proxy, headers=headers)
        self._http = httpx.AsyncClient(**options, transport=transport)

    async def __aenter__(self) -> Self:
        """Nothing is sent."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    answer = Awaited(on_answers.answer)
    stream_answer = FollowedAsync(on_answers.streamed)
    answer_record = Awaited(on_answers.answer_record)
    give_feedback = Awaited(on_answers.give_feedback)
    feedback = Awaited(on_answers.feedback)
    search = Awaited(on_search.search)
    search_batch = Awaited(on_search.search_batch)
    documents = WalkedAsync(on_documents.list_documents)
    list_documents = Awaited(on_documents.list_documents)
    document = Awaited(on_documents.document)
    text = Awaited(on_documents.text)
    receipt = Awaited(on_documents.receipt)
    upload = Awaited(on_documents.upload)
    submit = Awaited(on_documents.submit)
    delete = Awaited(on_documents.delete)
    jobs = WalkedAsync(on_documents.list_jobs)
    list_jobs = Awaited(on_documents.list_jobs)
    job = Awaited(on_documents.job)
    wait_for_job = Awaited(on_documents.wait_for_job)
    sources = WalkedAsync(on_sources.list_sources)
    list_sources = Awaited(on_sources.list_sources)
    source = Awaited(on_sources.source)
    add_source = Awaited(on_sources.add_source)
    change_source = Awaited(on_sources.change_source)
    remove_source = Awaited(on_sources.remove_source)
    collections = WalkedAsync(on_sources.list_collections)
    list_collections = Awaited(on_sources.list_collections)
    collection = Awaited(on_sources.collection)
    sessions = WalkedAsync(on_sessions.list_sessions)
    list_sessions = Awaited(on_sessions.list_sessions)
    session = Awaited(on_sessions.session)
    create_session = Awaited(on_sessions.create_session)
    export_session = Awaited(on_sessions.export_session)
    delete_session = Awaited(on_sessions.delete_session)
    add_fact = Awaited(on_sessions.add_fact)
    remove_fact = Awaited(on_sessions.remove_fact)
    entities = WalkedAsync(on_graph.list_entities)
    list_entities = Awaited(on_graph.list_entities)
    entity = Awaited(on_graph.entity)
    neighbours = Awaited(on_graph.neighbours)
    relations = Awaited(on_graph.relations)
    evidence = Awaited(on_graph.evidence)
    paths = Awaited(on_graph.paths)
    me = Awaited(on_keys.me)
    keys = WalkedAsync(on_keys.list_keys)
    list_keys = Awaited(on_keys.list_keys)
    key = Awaited(on_keys.key)
    create_key = Awaited(on_keys.create_key)
    change_key = Awaited(on_keys.change_key)
    rotate_key = Awaited(on_keys.rotate_key)
    revoke_key = Awaited(on_keys.revoke_key)
    reviews = WalkedAsync(on_oversight.list_reviews)
    list_reviews = Awaited(on_oversight.list_reviews)
    review = Awaited(on_oversight.review)
    claim_review = Awaited(on_oversight.claim_review)
    decide_review = Awaited(on_oversight.decide_review)
    eval_cases = Awaited(on_oversight.eval_cases)
    audit_entries = WalkedAsync(on_oversight.list_audit_entries)
    list_audit_entries = Awaited(on_oversight.list_audit_entries)
    verify_audit_log = Awaited(on_oversight.verify_audit_log)
    status = Awaited(on_operations.status)
    usage = Awaited(on_operations.usage)
    is_ready = Awaited(on_operations.is_ready)

    async def perform(self, work: Work[Result]) -> Result:
        """Do what a function of `folio.client.calls` says."""
        flow = work.flow(self._patience)
        outcome: Reply | ConnectionFailedError | None = None
        while True:
            try:
                step = (
                    flow.throw(outcome) if isinstance(outcome, ConnectionFailedError) else flow.send(outcome)
                )
            except StopIteration as end:
                result: Result = end.value
                return result
            outcome = await self._step(step)

    async def follow(self, question: Request) -> AsyncIterator[AnswerEvent]:
        """The events of a streamed answer that this request asks for.

        Raises:
            ApiError: The service refused, or could not go on.
            StreamBrokenError: The stream cannot be taken up again.
            UnexpectedReplyError: What came is no stream.
        """
        feed = AnswerFeed(question, self._patience)
        while not feed.is_ended:
            try:
                async for event in self._listen(feed):
                    yield event
            except (httpx.DecodingError, SSEError) as error:
                raise unreadable(error) from None
            except httpx.TransportError:
                await self._sleep(feed.broken())

    async def _listen(self, feed: AnswerFeed) -> AsyncIterator[AnswerEvent]:
        """The events of one connection."""
        async with self._http.stream(**request_options(feed.request)) as response:
            if response.is_error or response.is_redirect:
                await response.aread()
                await self._sleep(feed.refused(reply_of(response)))
                return
            async for sent in EventSource(response).aiter_sse():
                if (event := feed.take(sent)) is not None:
                    yield event
        if not feed.is_ended:
            await self._sleep(feed.broken())

    async def _step(self, step: Step) -> Reply | ConnectionFailedError | None:
        if isinstance(step, Pause):
            await self._sleep(step.seconds)
            return None
        return await self._exchange(step.request)

    async def _exchange(self, request: Request) -> Reply | ConnectionFailedError:
        try:
            return reply_of(await self._http.request(**request_options(request)))
        except httpx.DecodingError as error:
            raise unreadable(error) from None
        except httpx.TransportError as error:
            return failure_of(error, self.url)
