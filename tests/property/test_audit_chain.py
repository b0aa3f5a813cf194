"""Whatever several writers do to the audit log in whatever order, it is whole; and whatever is done to a row of it is found."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.answer_records import AnswerRecord, digest
from core.audit import START, AuditEntry, AuditEvent, AuditHead, ChainCheck, linked
from core.ports import Clock
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import copied, migrated_file
from tests.fakes.clock import FakeClock

ACTS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["append", "record", "both", "later", "forget records", "forget entries", "verify"]),
    ),
    max_size=12,
)
TEXT = st.text(max_size=12)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated_file(tmp_path_factory.mktemp("migrated"))


def record(number: int, clock: Clock) -> AnswerRecord:
    blank = dict.fromkeys(
        (
            *("credential", "channel", "question_hash", "answer_hash", "status", "reason_code", "mode"),
            *("model", "prompt_version", "cached", "appeal_id", "disclosure"),
        ),
        "",
    )
    return AnswerRecord(
        answer_id=f"{number:032x}",
        at=clock.now(),
        tenant=f"t{number % 2}",
        subject="jo",
        confidence=None,
        removed_count=0,
        contradiction_count=0,
        took_ms=0.1,
        token_count=0,
        **blank,  # type: ignore[arg-type]  # no citation is among them
    )


class Writers:
    """Two openings of one catalog, as of two processes."""

    def __init__(self, catalogs: tuple[SqlCatalog, SqlCatalog], clock: FakeClock) -> None:
        self.catalogs, self.clock, self.count = catalogs, clock, 0

    async def act(self, which: int, what: str) -> None:
        catalog, self.count = self.catalogs[which], self.count + 10
        batch = [record(self.count + one, self.clock) for one in range(3)]
        match what:
            case "append":
                await catalog.audit.append([AuditEvent("t0", "jo", "did", str(self.count))])
            case "record":
                await catalog.answer_records.record(batch)
            case "both":
                other = self.catalogs[1 - which].audit.append([AuditEvent("t1", "eve", "did", "x")])
                await asyncio.gather(catalog.answer_records.record(batch), other)
            case "later":
                self.clock.advance(100)
            case "forget records":
                await catalog.retention.remove_records(before=self.clock.now())
            case "forget entries":
                await catalog.retention.remove_entries(before=self.clock.now())
            case "verify":
                assert (await catalog.audit.verify()).problem is None


@settings(deadline=None, max_examples=25)
@given(acts=ACTS)
def test_any_interleaving_of_two_writers_leaves_the_log_whole(
    file: Path, acts: list[tuple[int, str]]
) -> None:
    async def run(home: Path) -> None:
        place, clock = copied(file, home), FakeClock()
        async with open_catalog(place, clock) as one, open_catalog(place, clock) as other:
            writers = Writers((one, other), clock)
            for which, what in acts:
                await writers.act(which, what)
            assert (await one.audit.verify()).problem is None

    with tempfile.TemporaryDirectory() as home:
        asyncio.run(run(Path(home) / "home"))


def chain(events: list[tuple[str, str, str, str, str]]) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for event in events:
        last = AuditHead(entries[-1].sequence, entries[-1].hash) if entries else START
        entries.append(linked(AuditEvent(*event), at=FakeClock().now(), after=last))
    return entries


def problem(entries: list[AuditEntry], head: AuditHead) -> str | None:
    check = ChainCheck()
    for entry in entries:
        check.read(entry)
    return check.verdict(head, last=head.sequence, end=head).problem


@settings(deadline=None)
@given(events=st.lists(st.tuples(TEXT, TEXT, TEXT, TEXT, TEXT), min_size=1, max_size=8), data=st.data())
def test_any_change_of_a_chain_is_found(
    events: list[tuple[str, str, str, str, str]], data: st.DataObject
) -> None:
    entries = chain(events)
    head = AuditHead(entries[-1].sequence, entries[-1].hash)
    assert problem(entries, head) is None
    place = data.draw(st.integers(0, len(entries) - 1))
    match data.draw(st.sampled_from(["remove", "swap", "repeat"])):
        case "remove":
            broken = entries[:place] + entries[place + 1 :]
        case "repeat":
            broken = entries[: place + 1] + entries[place:]
        case _:
            other = data.draw(st.integers(0, len(entries) - 1))
            broken = list(entries)
            broken[place], broken[other] = broken[other], broken[place]
            if place == other:
                return
    assert problem(broken, head) is not None


@given(
    st.lists(st.integers(0, 50), unique=True, max_size=6),
    st.lists(st.integers(0, 50), unique=True, max_size=6),
)
def test_only_the_same_records_in_the_same_order_have_the_same_digest(
    one: list[int], other: list[int]
) -> None:
    clock = FakeClock()
    same = digest([record(n, clock) for n in one]) == digest([record(n, clock) for n in other])
    assert same == (one == other)
