"""The types of problems (RFC 9457): a URI for each code, and the commonest problem of each status."""

_PREFIX = "urn:folio:problem:"

# Status: code, title, and what it says. An operation may give others of the same status; docs/api.md lists them.
PROBLEMS: dict[str, tuple[str, str, str]] = {
    "400": ("invalid_input", "Bad Request", "something in the request cannot be what it is"),
    "401": ("unauthorized", "Unauthorized", "this needs a credential that is valid now"),
    "403": ("forbidden", "Forbidden", "the credential has not the scope that this needs"),
    "404": ("not_found", "Not Found", "there is nothing with this id, or not for you"),
    "405": ("method_not_allowed", "Method Not Allowed", "this address does not take this method"),
    "408": ("body_too_slow", "Request Timeout", "the body of the request did not arrive in time"),
    "409": ("request_in_flight", "Conflict", "the request with this Idempotency-Key is being worked on"),
    "412": ("precondition_failed", "Precondition Failed", "this has changed since you read it"),
    "413": ("too_large", "Request Entity Too Large", "the request body is larger than its limit"),
    "415": (
        "unsupported_media_type",
        "Unsupported Media Type",
        "the Content-Type is not the one that is taken",
    ),
    "422": ("invalid_request", "Unprocessable Entity", "the request is not valid: see `errors`"),
    "429": ("rate_limited", "Too Many Requests", "the quota is used up: see Retry-After"),
    "431": (
        "headers_too_large",
        "Request Header Fields Too Large",
        "the headers are larger than their limit",
    ),
    "500": (
        "internal_error",
        "Internal Server Error",
        "an unexpected error; the log has it under the request_id",
    ),
    "503": ("dependency_down", "Service Unavailable", "something that is needed does not answer"),
}


def type_of(code: str) -> str:
    """The URI of a problem's code: a name, not an address."""
    return f"{_PREFIX}{code}"
