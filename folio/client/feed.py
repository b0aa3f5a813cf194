"""Follows a streamed answer: what to ask for, what an event means, and how to go on where the connection broke. No I/O."""

from dataclasses import replace
from typing import Protocol, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from folio.client.errors import StreamBrokenError, UnexpectedReplyError, error_of
from folio.client.flows import Patience, redirected, worth_again
from folio.client.models.answers import Answer
from folio.client.models.events import EVENT_MODELS, AnswerEvent, DoneEvent, StatusEvent
from folio.client.wire import Reply, Request

Model = TypeVar("Model", bound=BaseModel)
STREAM_TYPE = "text/event-stream"
_RESUME_PATH = "/v1/answer/streams/{}"


class ServerEvent(Protocol):
    """An event as it came: its name, its number, and its data as JSON."""

    @property
    def event(self) -> str: ...  # noqa: D102
    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def data(self) -> str: ...  # noqa: D102


class AnswerFeed:
    """The state of one stream. Open `request`, give every event to `take`, and after a break wait as long as `broken` says."""

    def __init__(self, question: Request, patience: Patience) -> None:
        """A stream that is begun with this request."""
        self._question = replace(question, headers={**question.headers, "Accept": STREAM_TYPE})
        self._patience = patience
        self._stream_id: str | None = None
        self._last_id = ""
        self._attempt = 0
        self.is_ended = False

    @property
    def request(self) -> Request:
        """What to ask for now: the question, or what follows the last event of the stream that was begun."""
        if self._stream_id is None:
            return self._question
        headers = {"Accept": STREAM_TYPE, "Last-Event-ID": self._last_id}
        return Request("GET", _RESUME_PATH.format(quote(self._stream_id, safe="")), headers=headers)

    def take(self, event: ServerEvent) -> AnswerEvent | None:
        """What an event says; None for one of a kind that this version does not know.

        Raises:
            ApiError: The service could not go on.
            UnexpectedReplyError: The event is not what the API says.
        """
        if not event.id.isascii():
            raise UnexpectedReplyError("an event of the stream has an id that cannot be one")
        if event.id and event.id != self._last_id:
            # Only what is new is a step forward: a service that begins the same again and again is given up.
            self._attempt, self._last_id = 0, event.id
        if event.event == "error":
            self.is_ended = True
            raise error_of(Reply(_status(event.data), {}, event.data.encode()))
        if event.event == "done":
            self.is_ended = True
            return DoneEvent(answer=_parsed(Answer, event.data))
        model = EVENT_MODELS.get(event.event)
        if model is None:
            return None
        found = _parsed(model, event.data)
        if isinstance(found, StatusEvent) and found.stream_id:
            self._stream_id = found.stream_id
        return found

    def refused(self, reply: Reply) -> float:
        """How long to wait after the service did not open the stream, in seconds.

        Raises:
            ApiError: Waiting does not help.
            UnexpectedReplyError: The service points to another address.
        """
        if reply.is_redirect:
            raise redirected()
        self._attempt += 1
        if self._attempt > self._patience.retry_count or not worth_again(self.request, reply, self._patience):
            raise error_of(reply)
        return self._patience.pause_s(self._attempt, asked_s=reply.retry_after_s)

    def broken(self) -> float:
        """How long to wait after the connection ended before the stream did, in seconds.

        Raises:
            StreamBrokenError: The stream cannot be taken up again.
        """
        self._attempt += 1
        may_go_on = self._stream_id is not None or (not self._last_id and self._question.is_repeatable)
        if not may_go_on or self._attempt > self._patience.retry_count:
            raise StreamBrokenError(
                "the stream ended before the answer did, and cannot be taken up again: ask again"
            )
        return self._patience.pause_s(self._attempt, asked_s=None)


def _parsed(model: type[Model], data: str) -> Model:
    try:
        return model.model_validate_json(data)
    except ValidationError:
        raise UnexpectedReplyError(f"an event of the stream is no {model.__name__}") from None


def _status(problem: str) -> int:
    """The status of a problem that came as an event; 500 where it has none."""
    try:
        status = from_json(problem)["status"]
    except (ValueError, KeyError, TypeError):
        return 500
    return status if isinstance(status, int) else 500
