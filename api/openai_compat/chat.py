"""Chat completions with cited answers."""

from functools import partial
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.lifespan import Services, ServicesParam
from api.load.slots import keep_slot
from api.openai_compat.catalogue import mode_named
from api.openai_compat.chunk_schema import chunk_schema
from api.openai_compat.chunks import Chunks
from api.openai_compat.conversation import question_of, turns_before
from api.openai_compat.requests import ChatRequest
from api.openai_compat.responses import ChatCompletion, ChatUsage, completion
from api.request_context import request_id
from api.schemas.answer import AnswerResponse
from api.streaming.desk import StreamsParam
from api.streaming.events import AnswerUsage
from api.streaming.responding import EventsResponse, failed_at_once
from api.streaming.writing import AnswerWriter, Asking
from core.call_tally import begin_tally
from core.errors import InvalidInputError

router = APIRouter(tags=["openai"])

_CHUNKS = {"text/event-stream": {"schema": chunk_schema()}}


@router.post(
    "/chat/completions",
    response_model=ChatCompletion,
    responses={200: {"description": "The completion, or with `stream` its chunks", "content": _CHUNKS}},
)
async def create_chat_completion(
    request: Request, body: ChatRequest, services: ServicesParam, streams: StreamsParam
) -> ChatCompletion | Response:
    """A checked answer to the last message, as OpenAI's API gives completions; `model` is a way to answer, see `/v1/models`."""
    asking = _asked(body, services)
    name, created = f"chatcmpl-{uuid4().hex}", int(services.clock.now().timestamp())
    # Not as the request says: a header is no address to send readers to.
    base_url = (services.settings.api.url or "").rstrip("/")
    if not body.stream:
        return await _whole(body, asking, services, name=name, created=created, base_url=base_url)
    knowledge_base = await services.knowledge_base()
    stream = await streams.start(
        AnswerWriter(knowledge_base, asking, clock=services.clock, total_s=services.settings.streams.total_s),
        # Their clients do not take a stream up again: it ends with its reader.
        owner=None,
        request_id=request_id(request.scope),
        hold=partial(keep_slot, request.scope),
    )
    failed = await failed_at_once(request, stream)
    if failed is not None:
        return failed
    include_usage = bool(body.stream_options and body.stream_options.include_usage)
    chunks = Chunks(
        name=name, created=created, model=body.model, base_url=base_url, include_usage=include_usage
    )
    events = stream.read(after=0, heartbeat_s=services.settings.streams.heartbeat_s)
    return EventsResponse(chunks.framed(events))


def _asked(body: ChatRequest, services: Services) -> Asking:
    body.check()
    mode, wanted = mode_named(services.settings, body.model), body.folio.mode
    if mode is not None and wanted not in {None, mode}:
        raise InvalidInputError("`folio.mode` says another way to answer than `model`: name it once")
    return Asking(
        question_of(body.messages),
        services.principal,
        mode=mode or wanted,
        language=body.folio.language,
        narrowed=body.folio.narrowed(),
        history=turns_before(body.messages),
    )


async def _whole(
    body: ChatRequest, asking: Asking, services: Services, *, name: str, created: int, base_url: str
) -> ChatCompletion:
    started_s, tally = services.clock.monotonic_s(), begin_tally()
    found = await (await services.knowledge_base()).answer(
        asking.question,
        principal=asking.principal,
        mode=asking.mode,
        language=asking.language,
        narrowed=asking.narrowed,
        history=asking.history,
    )
    took_ms = (services.clock.monotonic_s() - started_s) * 1000
    answer = AnswerResponse.of(found, took_ms=took_ms)
    usage = ChatUsage.of(AnswerUsage.of(tally))
    return completion(answer, name=name, created=created, model=body.model, usage=usage, base_url=base_url)
