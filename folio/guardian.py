"""Ends the children of a supervisor that was killed: `python -m folio.guardian`, started by `folio.processes`.

Standard input is the only wire: `+PID` names a process group to look after, `-PID` one that has been stopped. When the
wire is cut while groups are left, the supervisor died without stopping them, and the guardian does. Works on every POSIX
system and reaches grandchildren, which a death signal of the kernel's does not.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

_PATIENCE_S = 10.0
_POLL_S = 0.1


def main() -> None:
    """Watch until the wire is cut, then stop what is left."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop_groups(groups_left(sys.stdin), patience_s=_PATIENCE_S)


def groups_left(lines: Iterable[str]) -> set[int]:
    """The groups that were named and not taken back; returns when the lines end."""
    groups: set[int] = set()
    for line in lines:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    return groups


def stop_groups(groups: set[int], *, patience_s: float) -> None:
    """Ask all groups to end, and kill those that have not after `patience_s`."""
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline_s = time.monotonic() + patience_s
    while left and time.monotonic() < deadline_s:
        time.sleep(_POLL_S)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Send a signal (0: none, only look); whether the group exists."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # macOS says so of a group of zombies
        return False
    return True


if __name__ == "__main__":
    main()
