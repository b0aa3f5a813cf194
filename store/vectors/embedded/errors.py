"""Errors in Qdrant's shape, and the one place that reads Qdrant Edge's messages.

    ApiError(status)            what a client gets as {"status": {"error": ...}}
    ├── wrong_input      400    ├── not_found   404    ├── exists       409
    ├── unsupported      501    ├── disk_full   507    └── failed       500

Edge raises plain `Exception` with Qdrant's own text, so the text is all there is to classify.
"""

_WRONG_INPUT = (
    "Vector dimension error",
    "Not existing vector name error",
    "No appropriate index",
    "No range index",
    "Wrong input",
    "Validation error",
    "Bad request",
    "Type error",
    "Malformed",
    "Variable",
    "Expected",
)
_DISK_FULL = ("No space left on device", "os error 28", "Disk quota exceeded", "os error 122")


class ApiError(Exception):
    """An answer that is not a result."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def wrong_input(message: str) -> ApiError:
    """The request cannot be right."""
    return ApiError(400, f"Wrong input: {message}")


def not_found(message: str) -> ApiError:
    """What the request names does not exist."""
    return ApiError(404, f"Not found: {message}")


def collection_not_found(name: str) -> ApiError:
    """No collection or alias has this name."""
    return not_found(f"Collection `{name}` doesn't exist!")


def exists(message: str) -> ApiError:
    """What should be created is there already."""
    return ApiError(409, f"Wrong input: {message}")


def unsupported(operation: str) -> ApiError:
    """A Qdrant server can do this; the embedded store cannot."""
    message = f"Not implemented: {operation} is not supported by the embedded store; use a Qdrant server"
    return ApiError(501, message)


def disk_full(where: str) -> ApiError:
    """Nothing more can be written; what was acknowledged is kept."""
    return ApiError(507, f"Insufficient storage: no space left on device for {where}; free some and repeat")


def from_edge(error: Exception) -> ApiError:
    """Sort an error that Qdrant Edge raised."""
    message = str(error)
    if any(mark in message for mark in _DISK_FULL):
        return disk_full("the vector store")
    if message.startswith("No point with id"):
        return not_found(message)
    # The binding's own conversions (a bad JSON path, a value of the wrong type) are ValueError and TypeError.
    if isinstance(error, ValueError | TypeError) or message.startswith(_WRONG_INPUT):
        return wrong_input(message.splitlines()[0].removeprefix("Wrong input: "))
    return ApiError(500, f"Service internal error: {message}")
