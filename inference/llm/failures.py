"""How a provider's failure is told: by what may be done about it. No message quotes what the server says: it may quote us."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from importlib import import_module
from typing import Any

from core.errors import DependencyDownError, FolioError, PermanentError, SettingsError, TooLargeError

_PASSING = {408, 409, 425, 429}
_TOO_LONG = (
    "context_length",
    "context length",
    "maximum context",
    "context window",
    "too long",
    "exceeds the available",
)
_NO_MONEY = ("insufficient_quota", "billing", "credit balance", "spend limit", "spend_limit")


class BusyProviderError(DependencyDownError):
    """A provider has no room now. `retry_after` is what its header said, None where it said nothing.

    `is_refusal`: it has certainly not done what it was asked for.
    """

    def __init__(self, message: str, *, retry_after: str | None = None, is_refusal: bool = False) -> None:
        super().__init__(message)
        self.retry_after, self.is_refusal = retry_after, is_refusal


class RefusedPromptError(PermanentError):
    """A provider does not take a request as it is; another one might."""

    code = "prompt_refused"


class NoCreditError(PermanentError):
    """The account at a provider is empty: it will not answer until somebody pays."""

    code = "no_credit"


def from_status(
    status: int, *, name: str, section: str, words: str = "", retry_after: str | None = None
) -> FolioError:
    """The error for an HTTP status. `words` of the server are looked at for what they mean, never shown.

    Args:
        status: Of the response.
        name: Of provider and model.
        section: Of the settings that describe it.
        words: The server's message or error code.
        retry_after: Its `Retry-After` header.
    """
    said = words.casefold()
    if any(sign in said for sign in _NO_MONEY):
        return NoCreditError(f"{name} answers with status {status}: its account has no credit left")
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return SettingsError(f"{name} refuses the key with status {status}: check {section}.api_key")
    if status == HTTPStatus.NOT_FOUND:
        return SettingsError(
            f"{name} is not there (status 404): check {section}.model and {section}.base_url"
        )
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or any(sign in said for sign in _TOO_LONG):
        return TooLargeError(f"the prompt is longer than {name} can read: check {section}.context_tokens")
    if status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return BusyProviderError(
            f"{name} answers with status {status}",
            retry_after=retry_after,
            is_refusal=status == HTTPStatus.TOO_MANY_REQUESTS,
        )
    return RefusedPromptError(f"{name} refuses the request with status {status}")


@contextmanager
def reported(sdk: Any, *, name: str, section: str) -> Iterator[None]:
    """Turns the errors of an SDK (`openai` or `anthropic`: both have the same names) into ours.

    Raises:
        FolioError: See `from_status`; `DependencyDownError` where nobody answers or what comes is no answer.
    """
    try:
        yield
    except sdk.APIStatusError as error:
        headers, body = error.response.headers, error.body
        words = f"{getattr(error, 'code', '')} {body}"
        raise from_status(
            error.status_code, name=name, section=section, words=words, retry_after=headers.get("retry-after")
        ) from None
    except sdk.APITimeoutError:
        raise DependencyDownError(f"{name} did not answer in time") from None
    except sdk.APIConnectionError as error:
        cause = type(error.__cause__ or error).__name__
        raise DependencyDownError(f"{name} does not answer ({cause}): check {section}.base_url") from None
    except _broken_off(sdk) as error:
        # What is read piece by piece breaks outside of what an SDK watches.
        raise DependencyDownError(
            f"{name} broke off in the middle of an answer ({type(error).__name__})"
        ) from None
    except (sdk.APIError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise DependencyDownError(
            f"{name} answers with something else than a completion ({type(error).__name__})"
        ) from None


def _broken_off(sdk: Any) -> type[Exception]:
    """The error of the HTTP library that an SDK is built on: which one that is, is the SDK's to choose."""
    library = sdk.DefaultAsyncHttpxClient.__mro__[1].__module__.partition(".")[0]
    errors: type[Exception] = import_module(library).TransportError
    return errors
