"""Both clients against a service that a test plays: what is sent, what comes back, and what happens when it breaks."""

import json
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest

from folio.client import AsyncClient, Client, Patience
from folio.client.errors import (
    ConnectionFailedError,
    JobFailedError,
    NotFoundError,
    StreamBrokenError,
    TimedOutError,
    UnavailableError,
    UnexpectedReplyError,
    WaitedTooLongError,
)
from folio.client.models.events import CitationEvent, DoneEvent, StatusEvent, TokenEvent

URL = "http://folio.test"
DOCUMENT = {
    "doc_id": "aa", "source_id": "bb", "external_id": None, "path": "a.md", "title": "A", "mime_type": "text/plain",
    "state": "indexed", "reason": None, "version": 1, "size_bytes": 3, "chunk_count": 1, "redaction_counts": {},
    "tier": "internal", "groups": [], "attempt_count": 1, "seconds": 0.1, "run_id": None, "updated_at": None,
}  # fmt: skip
JOB = {
    "id": "j1", "kind": "upload", "state": "running", "doc_id": "aa", "path": "a.md", "progress": 0.5, "version": None,
    "error": None, "attempt_count": 1, "size_bytes": 3, "sha256": "ff", "created_at": "2026-01-02T00:00:00Z",
    "started_at": None, "updated_at": "2026-01-02T00:00:00Z", "finished_at": None,
}  # fmt: skip
DONE = JOB | {"state": "succeeded", "version": 1, "finished_at": "2026-01-02T00:00:01Z"}
PROBLEM = {"title": "x", "status": 422, "code": "unreadable_file", "detail": "the file is no text"}
ANSWER = {
    "answer": "180 EUR. [1]", "status": "grounded", "reason": None, "citations": [], "sentences": [], "mode": "extractive",
    "confidence": None, "contradictions": [], "model": "", "prompt_version": "", "removed_count": 0, "cached": "",
    "rounds": [], "notes": [], "appeal_id": None, "session_id": None, "took_ms": 1.0, "answer_id": "a1", "disclosure": "",
}  # fmt: skip

Reply = httpx.Response | Exception
Handler = Callable[[httpx.Request], httpx.Response]


class Service:
    """Answers with these replies in order, and keeps what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


class Waits(list[float]):
    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client(service: Service, waits: Waits | None = None, **options: object) -> Client:
    return Client(
        URL,
        api_key="k-secret",
        transport=httpx.MockTransport(service),
        sleep=waits if waits is not None else Waits(),
        patience=Patience(share=lambda: 1.0),
        **options,
    )


def ok(body: object, status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, json=body, headers=headers)


def events(*parts: tuple[str, object], first: int = 1) -> bytes:
    lines = [
        f"id: {first + at}\nevent: {kind}\ndata: {json.dumps(data)}\n\n"
        for at, (kind, data) in enumerate(parts)
    ]
    return ": heartbeat\n\n".join(lines).encode()


class Broken(httpx.SyncByteStream):
    """A body that breaks off after its content."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self):
        yield self._content
        raise httpx.ReadError("the connection was reset")


def stream(content: bytes | Broken) -> httpx.Response:
    headers = {"content-type": "text/event-stream"}
    if isinstance(content, Broken):
        return httpx.Response(200, stream=content, headers=headers)
    return httpx.Response(200, content=content, headers=headers)


STATUS = ("status", {"state": "searching", "stream_id": "5" * 64})
TOKEN = ("token", {"text": "180 EUR. [1]", "citations": [1]})


def test_the_key_goes_out_and_stays_out_of_sight():
    service = Service(ok(DOCUMENT, etag='"v1"'))
    with client(service) as folio:
        document = folio.document("aa")
        assert "k-secret" not in repr(folio)
    (asked,) = service.asked
    assert asked.headers["authorization"] == "Bearer k-secret"
    assert (document.title, document.etag) == ("A", '"v1"')


def test_an_id_cannot_name_another_address():
    service = Service(ok(DOCUMENT))
    client(service).document("../keys?x=1")
    assert service.asked[0].url.raw_path == b"/v1/documents/..%2Fkeys%3Fx%3D1"
    with pytest.raises(ValueError, match="empty"):
        client(service).document("")


def test_a_redirect_is_not_followed_with_the_key():
    service = Service(httpx.Response(307, headers={"location": "http://elsewhere.test/"}))
    with pytest.raises(UnexpectedReplyError):
        client(service).me()
    assert len(service.asked) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_taken_for_success(status):
    """A proxy that sends callers to https would otherwise make a deletion look done that nobody has seen."""
    moved = httpx.Response(status, headers={"location": "http://elsewhere.test/"})
    with pytest.raises(UnexpectedReplyError, match="another address"):
        client(Service(moved)).delete("aa")
    with pytest.raises(UnexpectedReplyError, match="another address"):
        list(client(Service(moved)).stream_answer("x"))
    assert not client(Service(moved)).is_ready()


@pytest.mark.parametrize("status", [200, 500])
def test_a_reply_that_cannot_be_unpacked_is_an_error_of_ours(status):
    def packed() -> httpx.Response:
        return httpx.Response(
            status, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")
        )

    with pytest.raises(UnexpectedReplyError, match="Content-Encoding"):
        client(Service(packed())).me()
    service = Service(packed())
    with pytest.raises(UnexpectedReplyError):
        list(client(service).stream_answer("x"))
    assert len(service.asked) == 1


def test_a_reply_that_is_no_stream_is_not_asked_for_again():
    service = Service(ok(ANSWER))
    with pytest.raises(UnexpectedReplyError, match="no stream"):
        list(client(service).stream_answer("x"))


def test_a_stream_that_never_gets_further_is_given_up():
    service = Service(*(stream(events(STATUS)) for _ in range(5)))
    with pytest.raises(StreamBrokenError):
        list(client(service).stream_answer("x"))
    assert len(service.asked) == 4


def test_what_a_stream_calls_itself_cannot_name_another_address():
    named = ("status", {"state": "searching", "stream_id": "../../keys?x\n"})
    service = Service(stream(Broken(events(named))), stream(events(("done", ANSWER), first=2)))
    list(client(service).stream_answer("x"))
    assert service.asked[1].url.raw_path == b"/v1/answer/streams/..%2F..%2Fkeys%3Fx%0A"
    odd = "id: 1é\nevent: status\ndata: {}\n\n".encode()
    with pytest.raises(UnexpectedReplyError, match="id"):
        list(client(Service(stream(Broken(odd)))).stream_answer("x"))


def test_a_problem_that_never_ends_is_an_error_of_ours():
    with pytest.raises(UnavailableError, match="status 503"):
        client(Service(*(httpx.Response(503, content=b"[" * 200_000) for _ in range(4)))).me()


def test_a_list_is_walked_to_its_end():
    pages = [
        {
            "data": [DOCUMENT | {"doc_id": f"{n}"}],
            "next_cursor": f"c{n}" if n < 3 else None,
            "has_more": n < 3,
        }
        for n in (1, 2, 3)
    ]
    service = Service(*map(ok, pages))
    found = [one.doc_id for one in client(service).documents(state=["indexed"], limit=1)]
    assert found == ["1", "2", "3"]
    assert [dict(one.url.params).get("cursor") for one in service.asked] == [None, "c1", "c2"]
    assert {one.url.params["state"] for one in service.asked} == {"indexed"}


def test_an_upload_is_sent_again_under_the_same_key_and_waited_for():
    waits = Waits()
    service = Service(httpx.ConnectError("no"), ok(JOB, 202), ok(JOB), ok(DONE), ok(DOCUMENT))
    document = client(service, waits).upload("a.md", b"abc")
    keys = [one.headers.get("idempotency-key") for one in service.asked]
    assert document.doc_id == "aa"
    assert keys[0] == keys[1] != None  # noqa: E711 - the three of them
    assert b"abc" in service.asked[1].content
    assert len(waits) == 2


def test_an_upload_that_was_done_by_a_lost_try_is_the_document():
    assert client(Service(ok(DOCUMENT, 201))).upload("a.md", b"abc").doc_id == "aa"


def test_an_upload_that_fails_says_why():
    failed = DONE | {"state": "failed", "error": PROBLEM}
    with pytest.raises(JobFailedError, match="the file is no text"):
        client(Service(ok(JOB, 202), ok(failed))).upload("a.md", b"\xff")


def test_waiting_for_a_job_has_an_end():
    waits = Waits()
    with pytest.raises(WaitedTooLongError, match="running after 2 s"):
        client(Service(*[ok(JOB)] * 50), waits).wait_for_job("j1", timeout_s=2)
    assert 2 <= sum(waits) <= 2.1


def test_a_service_that_is_away_is_named_and_not_ready():
    service = Service(*[httpx.ConnectError("refused")] * 5)
    folio = client(service)
    with pytest.raises(ConnectionFailedError, match=r"folio\.test does not answer"):
        folio.status()
    assert folio.is_ready() is False


def test_silence_is_its_own_error():
    with pytest.raises(TimedOutError):
        client(Service(*[httpx.ReadTimeout("slow")] * 4)).me()


def test_another_program_at_the_address_is_told_from_folio():
    with pytest.raises(UnexpectedReplyError, match="no Document: see the body"):
        client(Service(httpx.Response(200, text="<html>"))).document("aa")


def test_fields_of_a_newer_service_are_kept():
    document = client(Service(ok(DOCUMENT | {"colour": "red"}))).document("aa")
    assert document.colour == "red"


def test_a_stream_gives_its_events_in_order_and_skips_unknown_ones():
    citation = {
        "doc_id": "aa", "external_id": None, "document": "A", "path": "a.md", "version": 1, "page": None, "heading": "",
        "quote": "180 EUR", "start": 0, "end": 7, "number": 1,
    }  # fmt: skip
    sent = events(STATUS, ("invented_later", {}), ("citation", citation), TOKEN, ("done", ANSWER))
    service = Service(stream(sent))
    found = list(client(service).stream_answer("What does it cost?"))
    assert [type(one) for one in found] == [StatusEvent, CitationEvent, TokenEvent, DoneEvent]
    assert found[-1].answer.answer == "180 EUR. [1]"
    assert json.loads(service.asked[0].content) == {"question": "What does it cost?", "stream": True}
    assert service.asked[0].headers["accept"] == "text/event-stream"


@pytest.mark.parametrize("cut", [Broken(events(STATUS, TOKEN)), events(STATUS, TOKEN)])
def test_a_stream_that_breaks_is_taken_up_again_after_the_last_event(cut):
    service = Service(
        stream(cut), httpx.ConnectError("still away"), stream(events(("done", ANSWER), first=3))
    )
    found = list(client(service).stream_answer("What does it cost?"))
    assert [type(one) for one in found] == [StatusEvent, TokenEvent, DoneEvent]
    resumed = service.asked[2]
    assert (resumed.method, resumed.url.path) == ("GET", f"/v1/answer/streams/{'5' * 64}")
    assert resumed.headers["last-event-id"] == "2"


def test_a_stream_that_cannot_be_taken_up_again_is_an_error():
    nameless = ("status", {"state": "searching", "stream_id": None})
    with pytest.raises(StreamBrokenError):
        list(client(Service(stream(Broken(events(nameless))))).stream_answer("x"))


def test_a_stream_that_is_forgotten_is_an_error():
    gone = ok({"code": "not_found", "detail": "there is no such stream", "status": 404}, 404)
    with pytest.raises(NotFoundError):
        list(client(Service(stream(Broken(events(STATUS))), gone)).stream_answer("x"))


def test_a_stream_that_fails_ends_with_the_problem():
    problem = {
        "title": "x",
        "status": 503,
        "code": "dependency_down",
        "detail": "no model",
        "request_id": "r",
    }
    with pytest.raises(UnavailableError, match="no model") as error:
        list(client(Service(stream(events(STATUS, ("error", problem))))).stream_answer("x"))
    assert error.value.request_id == "r"


def test_a_stream_that_is_refused_for_now_is_asked_for_again():
    waits = Waits()
    refusal = ok({"code": "saturated", "detail": "later", "status": 503}, 503, **{"retry-after": "2"})
    found = list(client(Service(refusal, stream(events(("done", ANSWER)))), waits).stream_answer("x"))
    assert [type(one) for one in found] == [DoneEvent]
    assert waits == [2.0]


async def test_the_asynchronous_client_does_the_same():
    pages = [
        {"data": [DOCUMENT | {"doc_id": f"{n}"}], "next_cursor": f"c{n}" if n < 2 else None} for n in (1, 2)
    ]
    service = Service(
        ok(JOB, 202),
        ok(DONE),
        ok(DOCUMENT),
        *map(ok, pages),
        stream(events(STATUS, TOKEN)),
        stream(events(("done", ANSWER), first=3)),
    )
    waits = Waits()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async with AsyncClient(URL, transport=httpx.MockTransport(service), sleep=sleep) as folio:
        document = await folio.upload("a.md", b"abc")
        listed = [one.doc_id async for one in folio.documents()]
        found = [one async for one in folio.stream_answer("x")]
    assert document.doc_id == "aa"
    assert listed == ["1", "2"]
    assert [type(one) for one in found] == [StatusEvent, TokenEvent, DoneEvent]
    assert service.asked[-1].headers["last-event-id"] == "2"


async def test_an_asynchronous_stream_that_breaks_off_is_taken_up_again():
    class Reset(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield events(STATUS)
            raise httpx.ReadError("the connection was reset")

    broken = httpx.Response(200, stream=Reset(), headers={"content-type": "text/event-stream"})
    service = Service(broken, stream(events(("done", ANSWER), first=2)))

    async def sleep(seconds: float) -> None:
        del seconds

    async with AsyncClient(URL, transport=httpx.MockTransport(service), sleep=sleep) as folio:
        found = [one async for one in folio.stream_answer("x")]
    assert [type(one) for one in found] == [StatusEvent, DoneEvent]


def test_importing_the_client_loads_no_model_and_no_store():
    heavy = "numpy spacy onnxruntime sqlalchemy fastapi mcp qdrant_client dagster core.config"
    code = f"from folio import Client, AsyncClient; import sys; print([m for m in '{heavy}'.split() if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_methods_keep_their_names_arguments_and_texts():
    assert Client.search.__name__ == "search"
    assert "The best passages" in Client.search.__doc__
    assert client(Service()).search.__doc__ == Client.search.__doc__
