"""Keys from a key service: a program that prints them as JSON. Asked once per process; what it prints is shown to nobody."""

import base64
import json
import subprocess
from dataclasses import dataclass, field
from functools import cache

from core.errors import DependencyDownError, SettingsError

LEAST_BYTES = 16
_SETTING = "vault.key_command"


@dataclass(frozen=True, slots=True)
class CommandKeys:
    """What the program gave: `former` keys still open what they sealed."""

    pseudonym: bytes | None = field(default=None, repr=False)
    current: bytes | None = field(default=None, repr=False)
    former: tuple[bytes, ...] = field(default=(), repr=False)


@cache
def keys_of_command(command: tuple[str, ...], timeout_s: float) -> CommandKeys:
    """The keys that the program prints: `{"pseudonym_key": ..., "key": ..., "former_keys": [...]}`, each in base64. Blocking.

    It is started without a shell, with the environment of this process and nothing to read.

    Raises:
        SettingsError: There is no such program, or it printed something else.
        DependencyDownError: It ended with an error, or not in time.
    """
    program = command[0]
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own program, named in the settings
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise DependencyDownError(
            f"the key program '{program}' gave no answer in {timeout_s:g} s: raise vault.key_command_timeout_s, or look "
            "why it waits"
        ) from None
    except OSError as error:
        raise SettingsError(
            f"the key program '{program}' cannot be started ({error.strerror}): check {_SETTING}"
        ) from None
    if done.returncode:
        raise DependencyDownError(
            f"the key program '{program}' ended with exit code {done.returncode}: run it by hand to see why"
        )
    return _parsed(done.stdout, program)


def _parsed(output: bytes, program: str) -> CommandKeys:
    wrong = SettingsError(
        f"the key program '{program}' did not print keys: a JSON object with 'pseudonym_key', 'key' and 'former_keys', each "
        f"key base64 of at least {LEAST_BYTES} bytes"
    )
    try:
        said = json.loads(output)
        former = said.get("former_keys") or []
        keys = CommandKeys(
            _key(said.get("pseudonym_key")), _key(said.get("key")), tuple(_present(key) for key in former)
        )
    except (ValueError, TypeError, AttributeError):
        raise wrong from None
    if keys == CommandKeys():
        raise wrong
    return keys


def _key(text: str | None) -> bytes | None:
    return None if text is None else _present(text)


def _present(text: str) -> bytes:
    key = base64.b64decode(text, validate=True)
    if len(key) < LEAST_BYTES:
        raise ValueError("too short")
    return key
