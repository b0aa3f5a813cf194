"""The blocking client."""

import time
from collections.abc import Callable, Iterator, Mapping
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
from folio.client.methods import Blocking, Followed, Walked
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


class Client:
    """A Folio service. Threads may share it; close it, or use it as a context manager.

    Example:
        with Client("http://127.0.0.1:8700", api_key="folio_...") as folio:
            print(folio.answer("How many days of leave do we have?").answer)
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
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
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
        self._http = httpx.Client(**options, transport=transport)

    def __enter__(self) -> Self:
        """Nothing is sent."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    answer = Blocking(on_answers.answer)
    stream_answer = Followed(on_answers.streamed)
    answer_record = Blocking(on_answers.answer_record)
    give_feedback = Blocking(on_answers.give_feedback)
    feedback = Blocking(on_answers.feedback)
    search = Blocking(on_search.search)
    search_batch = Blocking(on_search.search_batch)
    documents = Walked(on_documents.list_documents)
    list_documents = Blocking(on_documents.list_documents)
    document = Blocking(on_documents.document)
    text = Blocking(on_documents.text)
    receipt = Blocking(on_documents.receipt)
    upload = Blocking(on_documents.upload)
    submit = Blocking(on_documents.submit)
    delete = Blocking(on_documents.delete)
    jobs = Walked(on_documents.list_jobs)
    list_jobs = Blocking(on_documents.list_jobs)
    job = Blocking(on_documents.job)
    wait_for_job = Blocking(on_documents.wait_for_job)
    sources = Walked(on_sources.list_sources)
    list_sources = Blocking(on_sources.list_sources)
    source = Blocking(on_sources.source)
    add_source = Blocking(on_sources.add_source)
    change_source = Blocking(on_sources.change_source)
    remove_source = Blocking(on_sources.remove_source)
    collections = Walked(on_sources.list_collections)
    list_collections = Blocking(on_sources.list_collections)
    collection = Blocking(on_sources.collection)
    sessions = Walked(on_sessions.list_sessions)
    list_sessions = Blocking(on_sessions.list_sessions)
    session = Blocking(on_sessions.session)
    create_session = Blocking(on_sessions.create_session)
    export_session = Blocking(on_sessions.export_session)
    delete_session = Blocking(on_sessions.delete_session)
    add_fact = Blocking(on_sessions.add_fact)
    remove_fact = Blocking(on_sessions.remove_fact)
    entities = Walked(on_graph.list_entities)
    list_entities = Blocking(on_graph.list_entities)
    entity = Blocking(on_graph.entity)
    neighbours = Blocking(on_graph.neighbours)
    relations = Blocking(on_graph.relations)
    evidence = Blocking(on_graph.evidence)
    paths = Blocking(on_graph.paths)
    me = Blocking(on_keys.me)
    keys = Walked(on_keys.list_keys)
    list_keys = Blocking(on_keys.list_keys)
    key = Blocking(on_keys.key)
    create_key = Blocking(on_keys.create_key)
    change_key = Blocking(on_keys.change_key)
    rotate_key = Blocking(on_keys.rotate_key)
    revoke_key = Blocking(on_keys.revoke_key)
    reviews = Walked(on_oversight.list_reviews)
    list_reviews = Blocking(on_oversight.list_reviews)
    review = Blocking(on_oversight.review)
    claim_review = Blocking(on_oversight.claim_review)
    decide_review = Blocking(on_oversight.decide_review)
    eval_cases = Blocking(on_oversight.eval_cases)
    audit_entries = Walked(on_oversight.list_audit_entries)
    list_audit_entries = Blocking(on_oversight.list_audit_entries)
    verify_audit_log = Blocking(on_oversight.verify_audit_log)
    status = Blocking(on_operations.status)
    usage = Blocking(on_operations.usage)
    is_ready = Blocking(on_operations.is_ready)

    def perform(self, work: Work[Result]) -> Result:
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
            outcome = self._step(step)

    def follow(self, question: Request) -> Iterator[AnswerEvent]:
        """The events of a streamed answer that this request asks for.

        Raises:
            ApiError: The service refused, or could not go on.
            StreamBrokenError: The stream cannot be taken up again.
            UnexpectedReplyError: What came is no stream.
        """
        feed = AnswerFeed(question, self._patience)
        while not feed.is_ended:
            try:
                yield from self._listen(feed)
            except (httpx.DecodingError, SSEError) as error:
                raise unreadable(error) from None
            except httpx.TransportError:
                self._sleep(feed.broken())

    def _listen(self, feed: AnswerFeed) -> Iterator[AnswerEvent]:
        """The events of one connection."""
        with self._http.stream(**request_options(feed.request)) as response:
            if response.is_error or response.is_redirect:
                response.read()
                self._sleep(feed.refused(reply_of(response)))
                return
            for sent in EventSource(response).iter_sse():
                if (event := feed.take(sent)) is not None:
                    yield event
        if not feed.is_ended:
            self._sleep(feed.broken())

    def _step(self, step: Step) -> Reply | ConnectionFailedError | None:
        if isinstance(step, Pause):
            self._sleep(step.seconds)
            return None
        return self._exchange(step.request)

    def _exchange(self, request: Request) -> Reply | ConnectionFailedError:
        try:
            return reply_of(self._http.request(**request_options(request)))
        except httpx.DecodingError as error:
            raise unreadable(error) from None
        except httpx.TransportError as error:
            return failure_of(error, self.url)
