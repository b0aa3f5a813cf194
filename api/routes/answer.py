"""Cited answers: whole, or streamed as they are written."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request
from starlette.responses import Response

from api.lifespan import Services, ServicesParam
from api.load.slots import keep_slot
from api.request_context import request_id
from api.schemas.answer import AnswerRequest, AnswerResponse
from api.streaming.desk import StreamsParam
from api.streaming.events import AnswerEvent
from api.streaming.names import PATTERN
from api.streaming.responding import EventsResponse, failed_at_once, framed
from api.streaming.writing import AnswerWriter, Asking
from core.errors import InvalidInputError

router = APIRouter(tags=["answer"])

_EVENTS = {"schema": {"$ref": "#/components/schemas/AnswerEvent"}}
_EVENT_STREAM = "text/event-stream"


@router.post(
    "/answer",
    response_model=AnswerResponse,
    responses={
        200: {"description": "The answer, or with `stream` its events", "content": {_EVENT_STREAM: _EVENTS}}
    },
)
async def answer(
    request: Request,
    body: AnswerRequest,
    services: ServicesParam,
    streams: StreamsParam,
    accept: Annotated[str, Header(description="`text/event-stream`: as with `stream`")] = "",
) -> AnswerResponse | Response:
    """A checked answer, each sentence cited; `refused` where nothing supports one. Without a language model, in the documents' own words."""
    if body.stream or _wants_events(accept):
        return await _streamed(request, body, services, streams)
    started_s = services.clock.monotonic_s()
    knowledge_base = await services.knowledge_base()
    restorer = await knowledge_base.restorer(services.principal) if body.restore else None
    found = await knowledge_base.answer(
        body.question,
        principal=services.principal,
        mode=body.mode,
        language=body.language,
        session_id=body.session_id,
        narrowed=body.narrowed(),
    )
    if restorer is not None:
        found = await restorer.answer(found)
    took_ms = (services.clock.monotonic_s() - started_s) * 1000
    return AnswerResponse.of(found, took_ms=took_ms, session_id=body.session_id)


@router.get(
    "/answer/streams/{stream_id}",
    response_class=EventsResponse,
    responses={200: {"description": "The events after the last one that was received", "model": AnswerEvent}},
)
async def answer_stream(
    request: Request,
    stream_id: Annotated[str, Path(pattern=PATTERN, description="from the first event of the stream")],
    services: ServicesParam,
    streams: StreamsParam,
    last_event_id: Annotated[
        int, Header(ge=0, le=1_000_000, description="the `id` of the last event that was received")
    ] = 0,
) -> Response:
    """Take up a stream where the connection broke: only who has asked, with the same rights, and while what it cites may be read."""
    knowledge_base = await services.knowledge_base()
    events = await streams.resume(
        stream_id,
        after=last_event_id,
        principal=services.principal,
        readable=partial(knowledge_base.are_current, principal=services.principal),
        request_id=request_id(request.scope),
    )
    return EventsResponse(framed(events))


async def _streamed(
    request: Request, body: AnswerRequest, services: Services, streams: StreamsParam
) -> Response:
    if body.restore:
        raise InvalidInputError(
            "values cannot be streamed: the events of a stream are kept for a while. Ask with `restore` and without `stream`"
        )
    asking = Asking(
        body.question,
        services.principal,
        mode=body.mode,
        language=body.language,
        session_id=body.session_id,
        narrowed=body.narrowed(),
    )
    knowledge_base = await services.knowledge_base()
    total_s = services.settings.streams.total_s
    stream = await streams.start(
        AnswerWriter(knowledge_base, asking, clock=services.clock, total_s=total_s),
        owner=services.principal,
        request_id=request_id(request.scope),
        hold=partial(keep_slot, request.scope),
    )
    failed = await failed_at_once(request, stream)
    if failed is not None:
        return failed
    heartbeat_s = services.settings.streams.heartbeat_s
    return EventsResponse(framed(stream.read(after=0, heartbeat_s=heartbeat_s)))


def _wants_events(accept: str) -> bool:
    return _EVENT_STREAM in accept and "application/json" not in accept
