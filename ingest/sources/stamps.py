"""When size and time may stand for a file's bytes, and when not. Pure; times in nanoseconds since 1970."""

import calendar
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

NS_PER_S = 1_000_000_000

TICK_NS = 2 * NS_PER_S
"""The coarsest step of a file's time on file systems in use (FAT: two seconds)."""

# What file systems call a value that changes with the bytes; all that a file has count.
_CHECKSUMS = (
    "ETag",
    "etag",
    "md5Hash",
    "md5",
    "content_md5",
    "crc32c",
    "CRC",
    "checksum",
    "VersionId",
    "generation",
)
_TIMES = (
    "mtime",
    "LastModified",
    "last_modified",
    "modified",
    "updated",
    "date_time",
    "created",
    "timeCreated",
)


def is_racy(modified_ns: int, *, read_ns: int) -> bool:
    """Whether a file may be written once more without a newer time than the one it had when it was read.

    As in git's index ("racy git"): its time is that of the reading, as far as clocks can tell, or lies in the future.
    """
    return modified_ns > read_ns - TICK_NS


def unlike(modified_ns: int) -> int:
    """A time in the same second that no file has whose time is `modified_ns`: the next scan sees a change and reads it."""
    return modified_ns ^ 1


def as_read(modified_ns: int, *, read_ns: int) -> int:
    """The time to record of a file that was read: its own, or one that is sure to differ where its own proves nothing.

    A time of 0 is none.
    """
    return unlike(modified_ns) if not modified_ns or is_racy(modified_ns, read_ns=read_ns) else modified_ns


def left_to_settle_s(modified_ns: int, *, now_ns: int, settle_s: float) -> float:
    """How long to wait until a file has rested for `settle_s` seconds; 0 for one that has, or whose time is far in the future."""
    age_s = (now_ns - modified_ns) / NS_PER_S
    # Two clocks may be a little apart: a time that is in the future by less than the wait is one of now.
    return settle_s - max(age_s, 0.0) if -settle_s < age_s < settle_s else 0.0


def remote_stamp(info: Mapping[str, Any]) -> tuple[int, bool]:
    """The time that stands for a remote file, and whether it changes with the bytes for certain.

    A checksum, where the file system gives one, takes the place of the fraction of a second: equal stamps then mean equal
    checksums but for one in 2^29. Without a checksum and a time the stamp is 0 and certain of nothing.
    """
    modified_ns = next((_ns(info[name]) for name in _TIMES if info.get(name)), 0)
    checksums = [f"{name}={info[name]}" for name in _CHECKSUMS if info.get(name) is not None]
    if not checksums:
        return modified_ns, False
    digest = hashlib.sha256("\n".join(checksums).encode()).digest()
    return modified_ns // NS_PER_S * NS_PER_S + int.from_bytes(digest[:8]) % NS_PER_S, True


def _ns(value: Any) -> int:
    """A time as file systems give it: seconds, a datetime, an ISO text or the six numbers of a ZIP entry; 0: not understood."""
    try:
        if isinstance(value, int | float):
            return int(value * NS_PER_S)
        if isinstance(value, tuple):
            return calendar.timegm((*value[:6], 0, 0, 0)) * NS_PER_S
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return int(aware.timestamp() * NS_PER_S)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return 0
