"""The policy in effect: from a file that is read again when it changes, without a restart."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from core.errors import SettingsError
from core.ports import Clock
from generation.guardrails.policy import MAX_POLICY_BYTES, LoadedPolicy, read_policy

_log = logging.getLogger(__name__)
_LOOK_EVERY_S = 1.0

Read = Callable[[], bytes]
"""The bytes of the policy file; OSError where it cannot be read."""


class PolicySource(Protocol):
    """Where the policy comes from."""

    def current(self) -> LoadedPolicy:
        """The policy in effect: a whole one, which does not change while it is used."""


class FixedPolicy:
    """Implements PolicySource: always the same."""

    def __init__(self, loaded: LoadedPolicy) -> None:
        self._loaded = loaded

    def current(self) -> LoadedPolicy:
        """The policy."""
        return self._loaded


class PolicyFile:
    """Implements PolicySource over a file, which is looked at once a second at most.

    Changed bytes take effect when two looks have read the same: of a file that is just being written a part may be a policy too,
    one with rules missing. A file that cannot be used leaves the policy as it was, and is warned of once.
    """

    def __init__(self, read: Read, clock: Clock) -> None:
        """Read the policy.

        Raises:
            SettingsError: The file cannot be read, or says no policy.
        """
        self._read = read
        self._clock = clock
        self._looked_s = clock.monotonic_s()
        self._bytes = self._seen = policy_bytes(read)
        self._loaded = read_policy(self._bytes)
        self.problem: str | None = None

    def current(self) -> LoadedPolicy:
        """The policy in effect. Never raises."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_s >= _LOOK_EVERY_S:
            self._looked_s = now_s
            self._look()
        return self._loaded

    def _look(self) -> None:
        try:
            found = policy_bytes(self._read)
            settled, self._seen = found == self._seen, found
            if settled and found != self._bytes:
                self._loaded, self._bytes = read_policy(found), found
                _log.info("guardrails: the policy was read again, it has %d rules", self._rule_count)
            if found == self._bytes:
                self.problem = None
        except SettingsError as error:
            self._warn(error.detail)

    def _warn(self, problem: str) -> None:
        if problem != self.problem:
            _log.warning("guardrails: the policy stays as it was: %s", problem)
        self.problem = problem

    @property
    def _rule_count(self) -> int:
        return len(self._loaded.policy.rules)


def reading(path: Path) -> Read:
    """Reads a file, not beyond the most that a policy may have."""

    def read() -> bytes:
        with path.open("rb") as file:
            return file.read(MAX_POLICY_BYTES + 1)

    return read


def policy_bytes(read: Read) -> bytes:
    """What is read.

    Raises:
        SettingsError: It cannot be.
    """
    try:
        return read()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"the policy file of guardrails.policy_file cannot be read: {reason}") from error
