"""No logger and no handler shows what the guard takes out."""

import asyncio
import io
import logging
import sys
import threading
from collections.abc import Iterator

import orjson
import pytest

from core.errors import DependencyDownError
from core.log_guard import GuardedRecord, guard_logs, printed, without_message
from core.telemetry import JsonLines

NAME = "Ludmilla Quillfeather"
MAIL = "ludmilla@corp.example"


def fail() -> None:
    raise ValueError(f"cannot parse {NAME}")


def caught() -> ValueError:
    try:
        fail()
    except ValueError as error:
        return error
    raise AssertionError


@pytest.fixture(autouse=True)
def guarded() -> Iterator[None]:
    before = logging.getLogRecordFactory(), sys.excepthook, sys.unraisablehook, threading.excepthook
    sys.excepthook, sys.unraisablehook = sys.__excepthook__, sys.__unraisablehook__
    threading.excepthook = threading.__excepthook__
    guard_logs()
    yield
    logging.setLogRecordFactory(before[0])
    sys.excepthook, sys.unraisablehook, threading.excepthook = before[1:]


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What a foreign library's own handler writes: its logger does not propagate."""
    logger, stream = logging.getLogger("somebody.else"), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.propagate = False
    yield stream
    logger.removeHandler(handler)


def test_message_and_arguments_are_searched(lines: io.StringIO):
    log = logging.getLogger("somebody.else")
    log.warning("no answer for %s at %s", MAIL, "10.0.0.5:80")
    log.warning("card 4111 1111 1111 1111, 100%% sure: %d", 7)
    log.warning(f"a message that says {MAIL} 100% itself")  # noqa: G004
    assert lines.getvalue().splitlines() == [
        "WARNING no answer for <EMAIL_ADDRESS> at 10.0.0.5:80",
        "WARNING card <CREDIT_CARD>, 100% sure: 7",
        "WARNING a message that says <EMAIL_ADDRESS> 100% itself",
    ]


def test_arguments_that_do_not_fit_are_not_printed(lines: io.StringIO, capsys: pytest.CaptureFixture[str]):
    logging.getLogger("somebody.else").error("nothing to put in", NAME)  # noqa: PLE1205
    assert lines.getvalue() == "ERROR nothing to put in (its arguments do not fit the message)\n"
    assert capsys.readouterr().err == ""


def test_foreign_errors_show_type_and_frames_and_ours_their_words(lines: io.StringIO):
    try:
        try:
            fail()
        except ValueError as error:
            raise DependencyDownError(f"the store does not answer {MAIL}") from error
    except DependencyDownError:
        logging.getLogger("somebody.else").exception("it failed")
    text = lines.getvalue()
    assert NAME not in text
    assert MAIL not in text
    assert "ValueError\n" in text
    assert "DependencyDownError: the store does not answer <EMAIL_ADDRESS>" in text
    assert "test_foreign_errors_show_type_and_frames" in text


def test_an_error_as_an_argument_is_its_type(lines: io.StringIO):
    log = logging.getLogger("somebody.else")
    log.error("failed: %s", KeyError(NAME))
    log.error("failed: %(why)s", {"why": KeyError(NAME)})
    log.error(RuntimeError(NAME))
    log.error("failed: %s", DependencyDownError("the store is down"))
    assert lines.getvalue().splitlines() == [
        "ERROR failed: KeyError",
        "ERROR failed: KeyError",
        "ERROR RuntimeError",
        "ERROR failed: the store is down",
    ]


def test_groups_and_causes_that_are_chained_to_themselves_come_to_an_end():
    first, second = ValueError(NAME), KeyError(NAME)
    first.__cause__, second.__cause__ = second, first
    text = printed(ExceptionGroup(NAME, [first, ExceptionGroup(NAME, [OSError(NAME)])]))
    assert NAME not in text
    assert "OSError" in text


def test_json_lines_name_type_and_frames():
    error = caught()
    trouble = (ValueError, error, error.__traceback__)
    record = GuardedRecord("x", logging.ERROR, __file__, 1, "failed for %s", (MAIL,), trouble)
    row = orjson.loads(JsonLines().format(record))
    assert (row["message"], row["error"]) == ("failed for <EMAIL_ADDRESS>", "ValueError")
    assert row["frames"][-1].endswith(" fail")
    assert NAME not in str(row)


def test_the_access_log_of_the_server_keeps_its_five_arguments_and_no_query():
    arguments = ("127.0.0.1:5", "GET", f"/v1/search?q={NAME}", "1.1", 200)
    record = GuardedRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', arguments, None)
    assert record.args == ("127.0.0.1:5", "GET", "/v1/search", "1.1", 200)


@pytest.mark.parametrize(
    ("asked", "logged"),
    [
        (f"/v1/graph/entities/{NAME}/neighbours?hops=2", "/v1/graph/entities/"),
        (f"/v1/graph//entities/{NAME}", "/v1/graph/"),
        (f"/v1/graph/entity/{NAME}", "/v1/graph/"),
        (f"/v1/Graph/{NAME}", "/v1/Graph/"),
        (f"/v1/graph/communities/{NAME}", "/v1/graph/"),
        ("/v1/graph/communities/4fc34b64b805503d", "/v1/graph/communities/4fc34b64b805503d"),
        (f"/v1/graph/paths?from={NAME}", "/v1/graph/paths"),
    ],
)
def test_the_access_log_names_no_entity_that_was_asked_about(asked: str, logged: str):
    arguments = ("127.0.0.1:5", "GET", asked, "1.1", 200)
    record = GuardedRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', arguments, None)
    assert record.args == ("127.0.0.1:5", "GET", logged, "1.1", 200)


def test_a_task_whose_error_nobody_took_shows_no_message(caplog: pytest.LogCaptureFixture):
    async def fails() -> None:
        raise ValueError(NAME)

    async def forgets() -> None:
        task = asyncio.create_task(fails())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task

    with caplog.at_level(logging.ERROR, logger="asyncio"):
        asyncio.run(forgets())
    assert "Task exception was never retrieved" in caplog.text
    assert NAME not in caplog.text


def test_an_error_that_nobody_caught_is_printed_without_its_words(capsys: pytest.CaptureFixture[str]):
    error = ValueError(NAME)
    sys.excepthook(ValueError, error, None)
    threading.excepthook(threading.ExceptHookArgs((ValueError, error, None, threading.current_thread())))
    text = capsys.readouterr().err
    assert text.count("ValueError") == 2
    assert NAME not in text


def test_a_stand_in_keeps_the_traceback():
    safe = without_message(caught())
    assert safe.__traceback__ is not None
    assert str(safe) == ""


def test_hooks_of_others_stay(monkeypatch: pytest.MonkeyPatch):
    def theirs(*_: object) -> None:
        """A test runner's."""

    monkeypatch.setattr(threading, "excepthook", theirs)
    guard_logs()
    assert threading.excepthook is theirs
