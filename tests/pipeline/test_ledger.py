"""No change is ever lost: whatever happens between a change and its sync."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from pipelines.ledger import (
    EVERYTHING,
    LOST_AFTER_S,
    MOST_PATHS,
    NOTHING,
    RETRY_S,
    Changes,
    Ledger,
    Outcome,
    Request,
)

PATHS = st.tuples(st.sampled_from(["handbook", "wiki"]), st.sampled_from(["", "a.md", "b/", "b/c.md"]))
CHANGES = st.one_of(st.just(EVERYTHING), st.frozensets(PATHS, max_size=5).map(Changes))
A, B = Changes.of([("handbook", "a.md")]), Changes.of([("handbook", "b.md")])


def requested(ledger: Ledger, now_s: float = 1.0) -> Request:
    request = ledger.requested(now_s=now_s).in_flight
    assert request is not None
    return request


def test_what_changes_while_a_run_goes_on_waits_for_its_end() -> None:
    running = Ledger(request_count=4).noted(A).requested(now_s=1.0)
    waiting = running.noted(B)

    assert waiting.requested(now_s=2.0) == waiting
    ended = waiting.settled(Outcome.SUCCEEDED, now_s=3.0)
    assert requested(ended) == Request(6, B, 1.0)


def test_a_run_that_failed_is_tried_again_after_a_while() -> None:
    failed = Ledger().noted(A).requested(now_s=1.0).settled(Outcome.FAILED, now_s=10.0)

    assert failed.requested(now_s=9.0 + RETRY_S) == failed
    assert requested(failed, now_s=10.0 + RETRY_S).covers == A


def test_a_new_change_does_not_wait_for_that() -> None:
    failed = Ledger().noted(A).requested(now_s=1.0).settled(Outcome.FAILED, now_s=10.0)

    assert requested(failed.noted(B), now_s=11.0).covers == A | B


def test_a_clock_that_is_put_back_delays_nothing() -> None:
    failed = Ledger().noted(A).requested(now_s=1000.0).settled(Outcome.FAILED, now_s=1000.0)

    assert requested(failed, now_s=5.0).covers == A


def test_a_request_that_no_run_came_of_is_made_again() -> None:
    asked = Ledger().noted(A).requested(now_s=100.0)

    assert asked.settled(Outcome.UNKNOWN, now_s=99.0 + LOST_AFTER_S) == asked
    lost = asked.settled(Outcome.UNKNOWN, now_s=100.0 + LOST_AFTER_S)
    assert requested(lost, now_s=160.0).covers == A


def test_keys_differ_even_after_the_cursor_was_reset() -> None:
    """Dagster ignores a key that it has seen."""
    assert requested(Ledger().noted(A), now_s=1.0).run_key != requested(Ledger().noted(A), now_s=2.0).run_key


def test_too_many_paths_are_everything() -> None:
    many = Changes.of(("handbook", str(number)) for number in range(MOST_PATHS + 1))

    assert many == EVERYTHING
    assert A | many == EVERYTHING


def test_a_cursor_of_an_earlier_version_or_of_somebody_owes_everything() -> None:
    for text in (None, "", '{"digest": "abc", "request_count": 3}', "[]", "7", "{", '{"owed": 1}'):
        assert Ledger.parse(text).owed == EVERYTHING


@given(CHANGES, st.none() | CHANGES, st.none() | st.floats(0, 1e9))
@settings(deadline=None)
def test_a_ledger_survives_being_kept(owed: Changes, flight: Changes | None, failed_s: float | None) -> None:
    request = None if flight is None else Request(3, flight, 7.25)
    ledger = Ledger(owed, request, 3, failed_s)

    assert Ledger.parse(ledger.dump()) == ledger


class Life(RuleBasedStateMachine):
    """Changes, ticks, runs and crashes in any order. `stale` is what no successful run has covered since it changed."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0
        self.cursor: str | None = None
        self.untold: set[tuple[str, str]] = set()
        self.stale: set[tuple[str, str]] = set()
        self.runs: dict[str, tuple[Request, Outcome, set[tuple[str, str]]]] = {}
        self.is_new = True

    @rule(path=PATHS)
    def change(self, path: tuple[str, str]) -> None:
        """On disk; the watcher knows."""
        self.untold.add(path)
        self.stale.add(path)
        for request, outcome, covered in list(self.runs.values()):
            if outcome is Outcome.UNFINISHED:
                # It may have looked at the file before it changed.
                self.runs[request.run_key] = (request, outcome, covered - {path})

    @rule()
    def tick(self) -> None:
        """A tick of the sensor."""
        self.tick_that_may_be_cut_short(launched=True, kept=True)

    @rule(launched=st.booleans(), kept=st.booleans())
    def tick_that_may_be_cut_short(self, launched: bool, kept: bool) -> None:
        """Dagster may crash before it launches the run, and before it keeps the cursor.

        The next tick then gets the cursor of before, and begins anew, as it does after a restart.
        """
        before = Ledger.parse(self.cursor)
        ledger = before.noted(EVERYTHING if self.is_new else Changes.of(self.untold))
        self.untold.clear()
        ledger = ledger.settled(self.outcome(ledger.in_flight), now_s=self.now_s).requested(now_s=self.now_s)
        if launched and ledger.in_flight and ledger.request_count > before.request_count:
            request = ledger.in_flight
            self.runs[request.run_key] = (request, Outcome.UNFINISHED, set(self.covered(request)))
        if kept:
            self.cursor = ledger.dump()
        self.is_new = not kept

    @rule()
    def restart(self) -> None:
        """What the process remembered is gone, the cursor is not."""
        self.is_new = True
        self.untold.clear()

    @rule()
    def runs_fail(self) -> None:
        self.end_of_runs(succeeded=False)

    @rule()
    def runs_succeed(self) -> None:
        self.end_of_runs(succeeded=True)

    def end_of_runs(self, *, succeeded: bool) -> None:
        for key, (request, outcome, covered) in self.runs.items():
            if outcome is Outcome.UNFINISHED:
                self.runs[key] = (request, Outcome.SUCCEEDED if succeeded else Outcome.FAILED, covered)
                self.stale -= covered if succeeded else set()

    @rule(seconds=st.sampled_from([1.0, LOST_AFTER_S, RETRY_S]))
    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    def outcome(self, request: Request | None) -> Outcome:
        return self.runs[request.run_key][1] if request and request.run_key in self.runs else Outcome.UNKNOWN

    def covered(self, request: Request) -> frozenset[tuple[str, str]]:
        return frozenset(self.stale) if request.covers.everything else request.covers.paths & self.stale

    @invariant()
    def whatever_is_stale_is_owed_by_somebody(self) -> None:
        ledger = Ledger.parse(self.cursor)
        flight = ledger.in_flight.covers if ledger.in_flight else NOTHING
        known = ledger.owed | flight | Changes.of(self.untold)
        assert self.is_new or known.everything or self.stale <= known.paths

    def teardown(self) -> None:
        """When nothing goes wrong any more, everything is synced within three rounds."""
        for _ in range(3):
            self.end_of_runs(succeeded=True)
            self.now_s += RETRY_S + LOST_AFTER_S
            self.tick()
        self.end_of_runs(succeeded=True)
        assert self.stale == set()


TestLife = Life.TestCase
TestLife.settings = settings(deadline=None, max_examples=60, stateful_step_count=40)
