"""What goes over the wire, as data. Nothing here opens a connection."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Value = str | int | float | bool | None
Query = Mapping[str, Value | Sequence[Value]]
_MAX_RETRY_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. `path` is relative to the service's address and quoted already.

    `is_repeatable` says that sending it twice does no more than once: it only reads, or it carries an idempotency key.
    """

    method: str
    path: str
    query: Query = field(default_factory=dict)
    body: object = field(default=None, repr=False)
    file: Upload | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    is_repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. `headers` have lower-case names."""

    status: int
    headers: Mapping[str, str]
    content: bytes = field(repr=False)

    @property
    def is_error(self) -> bool:
        """Whether the status says that it did not work."""
        return self.status >= 400

    @property
    def is_redirect(self) -> bool:
        """Whether the status says that what was asked for is elsewhere: nothing was done."""
        return 300 <= self.status < 400

    @property
    def retry_after_s(self) -> float | None:
        """When to try again, in seconds from now; None where the service does not say."""
        text = self.headers.get("retry-after", "")
        return min(float(text), _MAX_RETRY_AFTER_S) if text.isascii() and text.isdecimal() else None


def given(**values: Any) -> dict[str, Any]:
    """The values that are there: a body or query without those that were left out."""
    return {name: value for name, value in values.items() if value is not None}
