"""What a load with faults says of it, and the doors that faults are made with."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from evals.load.fault_rows import Request, Window, during, quiet_after_s, surprises, table
from evals.load.model_server import written
from evals.load.proxy import Door, Proxy

DOWN = "503 dependency_down"


def request(at_s: float, code: str = "", *, name: str = "search", took_ms: float = 10, **more) -> Request:
    return Request(
        at_s, took_ms, name, 503 if code else 200, code, more.get("says_when", True), more.get("note", "")
    )


def test_quiet_begins_with_the_last_error_that_five_seconds_follow() -> None:
    rows = [request(9.0, DOWN), request(11.99, DOWN), request(14.99, DOWN), request(30.0)]
    assert quiet_after_s(rows, end_s=10.0, until_s=40.0) == pytest.approx(5.0)
    assert quiet_after_s(rows, end_s=10.0, until_s=19.0) is None
    assert quiet_after_s([request(12.0)], end_s=10.0, until_s=16.0) == 0.0


def test_what_ran_at_some_moment_of_the_fault_belongs_to_it() -> None:
    window = Window("store", 10.0, 20.0)
    rows = [request(9.0, took_ms=1500), request(9.0), request(19.9, took_ms=9000), request(20.0)]
    assert during(rows, window) == [rows[0], rows[2]]


def test_errors_that_say_nothing_are_told_apart() -> None:
    rows = [
        request(1, DOWN),
        request(1, DOWN, says_when=False),
        request(1, "500 internal_error"),
        request(1, "connection broken"),
        request(1, "dependency_down", name="sync of an edit"),
        request(1, "unexpected KeyError", name="sync of an edit"),
    ]
    assert sorted(surprises(rows)) == [
        "search: 500 internal_error: 1",
        "search: 503 dependency_down without Retry-After: 1",
        "search: connection broken: 1",
        "sync of an edit: unexpected KeyError: 1",
    ]


def test_a_line_for_each_fault() -> None:
    rows = [
        request(11, DOWN),
        request(12),
        request(13, name="answer in quotes", took_ms=2000),
        request(14, name="answer of the model", note="extractive grounded"),
        request(22, DOWN),
    ]
    [_, _, line] = table(rows, [Window("store killed", 10.0, 20.0, ("vectors",))], until_s=60.0)
    assert line == (
        "| store killed | 1 of 2 (503 dependency_down: 1) | 0 of 1 | 0 of 1, 1 in quotes instead | 0 of 0 | 0 of 0 | 0 of 0 "
        "| 2.0 | 2.0 | vectors | 2.0 |"
    )


def test_the_model_copies_a_sentence_of_the_first_source() -> None:
    source = json.dumps({"source": 1, "title": "Leave", "text": "Leave. Annual leave is thirty days. Ask."})
    [sentence] = json.loads(written(f"Rules.\n<sources>\n{source}\n</sources>"))["sentences"]
    assert sentence["quotes"] == [{"source": 1, "quote": "Annual leave is thirty days."}]
    assert json.loads(written("no source")) == {"sentences": []}


@asynccontextmanager
async def echoing() -> AsyncIterator[Proxy]:
    """A door in front of a server that says everything once more."""

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(100):
            writer.write(data)
            await writer.drain()
        await gone(writer)

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    proxy = Proxy(server.sockets[0].getsockname()[1])
    async with server:
        await proxy.set(Door.OPEN)
        try:
            yield proxy
        finally:
            await proxy.close()


async def said(proxy: Proxy, text: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(text)
    try:
        return await reader.read(100)
    finally:
        await gone(writer)


async def gone(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def test_a_door_that_refuses_breaks_what_is_open_and_opens_again_at_its_port() -> None:
    async with echoing() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"one")
        assert await reader.read(100) == b"one"
        await proxy.set(Door.REFUSING)
        with pytest.raises((ConnectionError, EOFError)):
            await reader.readexactly(1)
        await gone(writer)
        with pytest.raises(ConnectionError):
            await said(proxy, b"two")
        await proxy.set(Door.OPEN)
        assert await said(proxy, b"three") == b"three"


async def test_a_silent_door_holds_back_and_lets_through_later() -> None:
    async with echoing() as proxy:
        await proxy.set(Door.SILENT)
        waiting = asyncio.create_task(said(proxy, b"late"))
        done, _ = await asyncio.wait({waiting}, timeout=0.1)
        assert not done
        await proxy.set(Door.OPEN)
        assert await waiting == b"late"
