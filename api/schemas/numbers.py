"""Numbers in JSON bodies: 5 and 5.0, as JSON Schema has integers; no text and no truth value in their place."""

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _a_number(value: object) -> object:
    if isinstance(value, str | bytes | bool):
        raise PydanticCustomError("whole_number", "Input should be a whole number")
    return value


WHOLE = BeforeValidator(_a_number)
"""For integers, behind their bounds: those that come after it are missing in the OpenAPI document."""
