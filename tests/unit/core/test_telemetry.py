import json
import logging

from hypothesis import given
from hypothesis import strategies as st

from core import tracing
from core.log_guard import GuardedRecord
from core.telemetry import JsonLines, event


def line(message: str, *arguments: object) -> dict[str, object]:
    record = GuardedRecord("folio.access", logging.INFO, "", 0, message, arguments, None)
    found: dict[str, object] = json.loads(JsonLines().format(record))
    return found


def test_an_event_s_facts_are_fields():
    found = line(*event("request", {"route": "/v1/search", "status": 200, "ms": 12.5}))
    assert (found["event"], found["route"], found["status"], found["ms"]) == (
        "request",
        "/v1/search",
        200,
        12.5,
    )
    assert "message" not in found


def test_a_fact_cannot_stand_in_the_place_of_the_line_s_own_fields():
    found = line(*event("request", {"level": "debug", "event": "other"}))
    assert (found["level"], found["event"], found["level_"], found["event_"]) == (
        *("info", "request"),
        *("debug", "other"),
    )


def test_people_read_the_same_as_text():
    message, *arguments = event("request", {"status": 200, "ms": 1.5})
    record = GuardedRecord("x", logging.INFO, "", 0, message, tuple(arguments), None)
    assert record.getMessage() == "request: status=200 ms=1.5"


def test_lines_name_the_request_they_belong_to():
    _, token = tracing.begin_timings("0123456789abcdef")
    inside = line("anything")
    tracing.end_timings(token)
    assert inside["request_id"] == "0123456789abcdef"
    assert "request_id" not in line("anything")


def test_what_looks_like_personal_data_leaves_the_line_even_among_facts():
    found = line(*event("request", {"credential": "eve@example.com"}))
    assert "eve@example.com" not in json.dumps(found)


@given(st.dictionaries(st.text(max_size=20), st.integers() | st.text(max_size=50)))
def test_every_event_is_one_line(facts: dict[str, int | str]):
    message, *arguments = event("request", facts)
    record = GuardedRecord("x", logging.INFO, "", 0, message, tuple(arguments), None)
    assert "\n" not in JsonLines().format(record)
