"""What a dependency says when asked whether it is well."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One dependency's state. `detail` says what was reached, or what is wrong and the way out.

    Without one that is not `required` requests are still served, if not as well. `took_ms` is how long it took to answer.
    """

    name: str
    healthy: bool
    detail: str
    required: bool = True
    took_ms: float = 0.0


def is_ready(checks: list[HealthCheck]) -> bool:
    """Whether requests can be served. Pure."""
    return all(check.healthy for check in checks if check.required)
