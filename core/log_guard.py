"""Keeps what must not be read out of everything a process logs, whichever logger and handler it goes through.

Handlers of other libraries (uvicorn's, Dagster's) are not ours to filter, and loggers that do not propagate never reach the
root's. But every record of a process is made by one factory: that is what is replaced here. Loads the standard library only.
"""

import logging
import re
import sys
import threading
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from core.errors import FolioError
from core.personal_shapes import without_personal_shapes

_MOST_LINKED = 10
_GRAPH, _ENTITIES = "/graph/", "entities/"
# Addresses of the graph that hold no name. Others are of entities, or of somebody who mistook the address of one.
_NAMELESS = re.compile(r"(?:entities|communities(?:/[0-9a-f]{1,32})?|paths|merges|export|status)?")
_MISFIT = " (its arguments do not fit the message)"


class GuardedRecord(logging.LogRecord):
    """A record without what its shape gives away, and without what foreign errors say of themselves.

    The message of a foreign error may quote a document or a query, and no pattern knows a name in it.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        """Like `logging.LogRecord`."""
        super().__init__(*given, **named)
        self.msg, self.args = _plain(self.msg), _plain_arguments(self.args)
        self._guard_text()
        kind_and_error = self.exc_info
        if kind_and_error and kind_and_error[1] is not None:
            safe = without_message(kind_and_error[1])
            self.exc_info = (type(safe), safe, kind_and_error[2])
            self.exc_text = None

    def _guard_text(self) -> None:
        if self.name == "uvicorn.access" and isinstance(self.args, tuple):
            # Its formatter takes the arguments apart.
            self.args = tuple(map(_without_query, self.args))
            return
        text = self._text()
        # What follows asyncio's first line shows tasks and their errors, as their authors represent them.
        safe = without_personal_shapes(text.partition("\n")[0] if self.name == "asyncio" else text)
        if safe != text:
            self.msg, self.args = safe, ()

    def _text(self) -> str:
        try:
            return super().getMessage()
        except (TypeError, ValueError, KeyError):
            # The handler would print message and arguments to say so.
            self.msg, self.args = f"{self.msg}{_MISFIT}", ()
            return str(self.msg)


def guard_logs() -> None:
    """Guard all logs of this process from now on, and what it prints of an error that nobody caught. May be repeated.

    Hooks that somebody else has set stay: a test runner's tell it of errors in threads.
    """
    logging.setLogRecordFactory(GuardedRecord)
    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = _print_uncaught
    if sys.unraisablehook is sys.__unraisablehook__:
        sys.unraisablehook = _print_unraisable
    if threading.excepthook is threading.__excepthook__:
        threading.excepthook = _print_of_thread


def without_message(error: BaseException) -> BaseException:
    """A stand-in for an error: type, traceback and causes, without the words of errors that are not ours."""
    return _stand_in(error, left=_MOST_LINKED)


def printed(error: BaseException) -> str:
    """The traceback of an error, without the words of errors that are not ours."""
    return "".join(traceback.format_exception(without_message(error)))


def _stand_in(error: BaseException, *, left: int) -> BaseException:
    safe = _same_kind(error, left=left)
    safe.__traceback__ = error.__traceback__
    safe.__suppress_context__ = error.__suppress_context__
    if left and error.__cause__ is not None:
        safe.__cause__ = _stand_in(error.__cause__, left=left - 1)
    if left and error.__context__ is not None and not error.__suppress_context__:
        safe.__context__ = _stand_in(error.__context__, left=left - 1)
    return safe


def _same_kind(error: BaseException, *, left: int) -> BaseException:
    named = {"__module__": type(error).__module__}
    if isinstance(error, BaseExceptionGroup):
        parts = [_stand_in(part, left=left - 1) for part in error.exceptions] if left else [Exception()]
        return BaseExceptionGroup(f"{len(parts)} errors", parts)
    kind = type(type(error).__name__, (Exception,), named)
    return kind(without_personal_shapes(error.detail)) if isinstance(error, FolioError) else kind()  # type: ignore[no-any-return]


def _plain(value: object) -> Any:
    """The value as it may be put into a message: of an error its type, of one of ours its words."""
    if isinstance(value, FolioError):
        return without_personal_shapes(value.detail)
    return type(value).__name__ if isinstance(value, BaseException) else value


def _plain_arguments(values: Any) -> Any:
    if isinstance(values, Mapping):
        return {name: _plain(value) for name, value in values.items()}
    return tuple(map(_plain, values)) if isinstance(values, tuple) else values


def _without_query(value: object) -> object:
    """An address without what stands behind the question mark, where a query may stand, and without the name of an entity."""
    if not isinstance(value, str):
        return value
    path = value.partition("?")[0]
    place = path.lower().find(_GRAPH)
    if place >= 0:
        first = place + len(_GRAPH)
        rest = path[first:]
        if not _NAMELESS.fullmatch(rest):
            path = path[:first] + (_ENTITIES if rest.startswith(_ENTITIES) else "")
    return without_personal_shapes(path)


def _print_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        sys.stderr.write(printed(error))


def _print_unraisable(found: "sys.UnraisableHookArgs") -> None:
    if found.exc_value is not None:
        sys.stderr.write(
            f"in {type(found.object).__name__}, nobody could be told:\n{printed(found.exc_value)}"
        )


def _print_of_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None and not isinstance(found.exc_value, SystemExit):
        name = found.thread.name if found.thread else "unknown"
        sys.stderr.write(f"in thread {name}:\n{printed(found.exc_value)}")
