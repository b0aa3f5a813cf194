"""Streams without HTTP: what their names give away, when they end, and what their events tell of."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.schemas.answer import AnswerCitation
from api.streaming.desk import StreamDesk
from api.streaming.events import NumberedCitation, StreamEvent, StreamStatus, TokenText
from api.streaming.following import places_of
from api.streaming.names import StreamName
from api.streaming.running import RunningStream
from core.access import Principal, Tier
from core.config import Settings
from core.errors import TransientError
from core.stream_settings import StreamSettings
from tests.fakes.clock import FakeClock

NAME = StreamName("ab" * 32)
PRINCIPALS = st.builds(
    Principal,
    st.sampled_from(["acme", "globex"]),
    st.sampled_from(["ann", "bob"]),
    st.sampled_from(list(Tier)),
    st.frozensets(st.sampled_from(["hr", "board"])),
    st.frozensets(st.sampled_from(["read", "pii:read"])),
)


@given(PRINCIPALS, PRINCIPALS)
def test_a_stream_is_owned_by_the_same_principal_with_the_same_rights_and_nobody_else(
    owner: Principal, other: Principal
) -> None:
    assert NAME.is_owned_by(other, NAME.owner(owner)) == (owner == other)


@given(st.integers(1, 1_000_000), st.binary(max_size=200))
def test_an_event_is_opened_with_its_name_and_number_only(number: int, event: bytes) -> None:
    sealed = NAME.sealed(number, event)
    assert NAME.opened(number, sealed) == event
    assert NAME.opened(number + 1, sealed) is None
    assert StreamName.new().opened(number, sealed) is None
    assert NAME.opened(number, sealed[:-1] + bytes([sealed[-1] ^ 1])) is None


def test_the_log_knows_a_stream_by_another_name() -> None:
    assert NAME.text not in NAME.log_id
    assert NAME.log_id not in NAME.text
    assert "ab" * 8 not in repr(NAME)


@pytest.mark.parametrize("text", ["", "ab", "AB" * 32, "ab" * 32 + "\n", "../" + "ab" * 32])
def test_what_is_no_name(text: str) -> None:
    assert StreamName.parse(text) is None


@given(st.integers(1, 1000), st.text())
def test_events_are_packed_and_framed_whatever_their_words(number: int, words: str) -> None:
    event = StreamEvent.of(number, TokenText(text=words, citations=[]))
    assert StreamEvent.unpacked(number, event.packed()) == event
    lines = event.framed().decode().split("\n")
    assert [line.partition(":")[0] for line in lines if line] == ["event", "data", "id"]


def test_the_places_of_events_are_their_documents_and_versions() -> None:
    cited = AnswerCitation(
        doc_id="d", external_id=None, document="", path="", version=3, page=None, heading="", quote="q", start=0, end=1
    )  # fmt: skip
    event = StreamEvent.of(1, NumberedCitation(number=1, **cited.model_dump()))
    found = '{"results":[{"doc_id":"e","version":1}]}'
    done = '{"citations":[{"doc_id":"f","version":2}]}'
    token = StreamEvent.of(4, TokenText(text="t", citations=[1]))
    events = [event, StreamEvent(2, "search_results", found), StreamEvent(3, "done", done), token]
    assert places_of(events) == {("d", 3), ("e", 1), ("f", 2)}


def running(clock: FakeClock, *, name: StreamName | None = NAME) -> RunningStream:
    return RunningStream(name=name, request_id="r", clock=clock, max_bytes=10_000)


async def test_a_stream_that_is_cancelled_before_it_began_has_an_end() -> None:
    stream = running(FakeClock())

    async def work(_: RunningStream) -> None:
        pytest.fail("it began")

    task = stream.begin(work)
    stream.cancel(TransientError("stop"))
    await asyncio.wait([task])
    await asyncio.sleep(0)
    assert [event.kind for event in stream.events] == ["error"]


async def test_work_that_forgets_to_end_is_ended() -> None:
    stream = running(FakeClock())

    async def work(into: RunningStream) -> None:
        into.add(StreamStatus(state="searching", stream_id=None))

    await stream.begin(work)
    assert [event.kind async for event in stream.read(after=0, heartbeat_s=5) if event] == ["status", "error"]


async def test_several_readers_get_the_same_events() -> None:
    stream, go = running(FakeClock()), asyncio.Event()

    async def work(into: RunningStream) -> None:
        into.add(StreamStatus(state="searching", stream_id=None))
        await go.wait()
        into.add(TokenText(text="one", citations=[]))

    async def read(after: int) -> list[int]:
        return [event.number async for event in stream.read(after=after, heartbeat_s=5) if event]

    stream.begin(work)
    readers = asyncio.gather(read(0), read(0), read(2))
    await asyncio.sleep(0)
    go.set()
    assert await readers == [[1, 2, 3], [1, 2, 3], [3]]


async def test_a_stream_that_cannot_be_taken_up_ends_with_its_reader(tmp_path: Path) -> None:
    stopped = asyncio.Event()
    desk = StreamDesk(Settings(home=tmp_path), FakeClock())

    async def work(into: RunningStream) -> None:
        into.add(StreamStatus(state="searching", stream_id=None))
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    stream = await desk.start(work, owner=None, request_id="r")
    events = stream.read(after=0, heartbeat_s=5)
    await anext(events)
    await events.aclose()  # type: ignore[attr-defined]
    async with asyncio.timeout(10):
        await stopped.wait()
    await desk.close()


@pytest.mark.parametrize("owner", [None, Principal()])
async def test_a_stream_that_nobody_ever_reads_is_ended(tmp_path: Path, owner: Principal | None) -> None:
    clock, held = FakeClock(), list[str]()
    settings = Settings(home=tmp_path, streams=StreamSettings(lease_s=0.2, poll_s=0.1, grace_s=0.1))
    desk = StreamDesk(settings, clock)

    async def work(_: RunningStream) -> None:
        await asyncio.Event().wait()

    def hold():
        held.append("held")
        return lambda: held.append("let go")

    stream = await desk.start(work, owner=owner, request_id="r", hold=hold)
    clock.advance(100)
    async with asyncio.timeout(10):
        while not stream.is_over:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert held == ["held", "let go"]
    assert stream.events[-1].kind == "error"
    await desk.close()


async def test_what_is_refused_holds_nothing(tmp_path: Path) -> None:
    desk = StreamDesk(Settings(home=tmp_path), FakeClock())
    desk.stop()

    async def work(_: RunningStream) -> None:
        pytest.fail("it began")

    with pytest.raises(TransientError):
        await desk.start(work, owner=None, request_id="r", hold=lambda: pytest.fail("held"))
    await desk.close()
