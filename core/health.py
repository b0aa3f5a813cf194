"""What a dependency says when asked whether it is well."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """One dependency's state. `detail` says what was reached, or what is wrong and the way out."""

    name: str
    healthy: bool
    detail: str
