from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from api.load.fair_queue import FairQueue, Place

A, B = Place("a", "key"), Place("b", "key")


def filled(place: Place, count: int, queue: FairQueue[str] | None = None) -> FairQueue[str]:
    queue = FairQueue() if queue is None else queue
    for number in range(count):
        queue.add(place, f"{place.tenant}{number}")
    return queue


def test_one_request_of_a_tenant_does_not_wait_behind_a_hundred_of_another() -> None:
    queue = filled(A, 100)
    for _ in range(10):
        queue.pop()
    queue.add(B, "b0")
    assert "b0" in [queue.pop() for _ in range(2)]


def test_a_tenant_that_was_served_without_waiting_has_had_its_turns() -> None:
    queue: FairQueue[str] = FairQueue()
    for _ in range(50):
        queue.serve(A)
    filled(A, 3, queue)
    filled(B, 3, queue)
    assert queue.pop() == "b0"


def test_idling_saves_nothing_up() -> None:
    queue = filled(A, 100)
    for _ in range(50):
        queue.pop()
    filled(B, 40, queue)
    assert Counter(queue.pop()[0] for _ in range(20)) == {"a": 10, "b": 10}


def test_a_tenant_of_twice_the_weight_gets_twice_the_turns() -> None:
    queue: FairQueue[str] = FairQueue(weight_of=lambda tenant: 2.0 if tenant == "a" else 1.0)
    filled(A, 60, queue)
    filled(B, 60, queue)
    assert Counter(queue.pop()[0] for _ in range(30)) == {"a": 20, "b": 10}


def test_credentials_of_a_tenant_take_turns() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(10):
        queue.add(Place("a", "busy"), f"busy{number}")
    queue.add(Place("a", "quiet"), "quiet")
    assert "quiet" in [queue.pop() for _ in range(2)]


def test_who_comes_one_by_one_gains_nothing_over_who_waits() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(10):
        queue.add(Place("a", "patient"), f"patient{number}")
    queue.add(Place("a", "eager"), "eager")
    served = []
    for _ in range(10):
        served.append(queue.pop())
        if served[-1] == "eager":
            queue.add(Place("a", "eager"), "eager")
    assert 4 <= served.count("eager") <= 6


def test_a_lower_priority_goes_first_within_its_tenant_only() -> None:
    queue: FairQueue[str] = FairQueue()
    for number in range(3):
        queue.add(Place("a", "batch", priority=5), f"batch{number}")
        queue.add(Place("a", "people", priority=0), f"people{number}")
        queue.add(Place("b", "key", priority=9), f"b{number}")
    order = [queue.pop().rstrip("012") for _ in range(9)]
    assert [one for one in order if one != "b"] == ["people"] * 3 + ["batch"] * 3
    assert order[:6].count("b") == 3


def test_a_full_room_is_left_by_the_last_of_those_who_fill_it() -> None:
    queue = filled(A, 10)
    assert queue.displace_for("b") == "a9"
    assert queue.displace_for("a") is None
    assert len(queue) == 9


def test_who_left_is_not_served() -> None:
    queue = filled(A, 3)
    assert queue.remove(A, "a1")
    assert not queue.remove(A, "a1")
    assert [queue.pop(), queue.pop()] == ["a0", "a2"]


def test_nothing_is_kept_of_those_who_have_gone() -> None:
    queue: FairQueue[int] = FairQueue()
    for number in range(1000):
        queue.add(Place(f"tenant{number % 400}", f"key{number}"), number)
        queue.pop()
        queue.serve(Place("steady", "key"))
    held = vars(queue)["_tenants"]
    assert len(held) < 450
    assert sum(len(one.lanes) for one in held.values()) < 1000


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["k1", "k2"]), st.integers(0, 2)), max_size=60
    ),
    st.data(),
)
def test_everybody_is_served_once_in_turns(places: list[tuple[str, str, int]], data: st.DataObject) -> None:
    queue: FairQueue[int] = FairQueue()
    served: list[int] = []
    for number, place in enumerate(places):
        queue.add(Place(*place), number)
        if data.draw(st.booleans()):
            served.append(queue.pop())
    at_once = [places[number][0] for number in range(len(places)) if number not in served]
    rest = [queue.pop() for _ in range(len(queue))]
    assert sorted(served + rest) == list(range(len(places)))
    # While all of them wait, no tenant is more than one turn ahead of another, but for what it had before.
    both = min(Counter(at_once).get("a", 0), Counter(at_once).get("b", 0))
    turns = Counter(places[number][0] for number in rest[: 2 * both])
    if len(set(at_once)) == 2 and both and not served:
        assert abs(turns["a"] - turns["b"]) <= 1
