"""The one exception tree of the project.

FolioError
|-- PermanentError            trying again cannot help
|   |-- InvalidInputError     the caller asked for something that cannot be (400)
|   |   |-- NotFoundError     (404)
|   |   |-- TooLargeError     (413)
|   |   |-- ForbiddenError    (403)
|   |   `-- UnauthorizedError (401)
|   |-- UnreadableFileError   a file that gives no text (422)
|   |-- SuspectFileError      a file that hides text or speaks to language models, where that is not allowed (422)
|   |-- SettingsError         a setting is wrong or contradicts another (500)
|   |-- TamperedError         what was sealed or chained was changed by somebody else (500)
|   `-- MissingExtraError     an optional dependency is not installed (500)
`-- TransientError            trying again may help (503)
    |-- DependencyDownError   a store, database or model server does not answer
    |-- StoreBusyError        another process holds the embedded store
    |   `-- StaleGenerationError  another model's collection went live meanwhile
    |-- PseudonymTakenError   two values got the same pseudonym at the same time
    `-- DiskFullError         no space left where Folio writes (507)

A message names the thing, the limit and the way out. It never holds document text or matched personal data.
"""

from typing import ClassVar


class FolioError(Exception):
    """Base of every error Folio raises on purpose."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    exit_code: ClassVar[int] = 2

    @property
    def detail(self) -> str:
        """The message for the user."""
        return str(self)


class PermanentError(FolioError):
    """The same call will fail again until somebody changes something."""


class TransientError(FolioError):
    """The same call may succeed later; callers may retry with a delay."""

    status = 503
    code = "temporarily_unavailable"
    exit_code = 3


class InvalidInputError(PermanentError):
    """The request itself is wrong: bad argument, bad file, bad combination."""

    status = 400
    code = "invalid_input"


class NotFoundError(InvalidInputError):
    """The thing named does not exist, or not for this principal."""

    status = 404
    code = "not_found"


class TooLargeError(InvalidInputError):
    """A file or request is over a limit that a setting controls."""

    status = 413
    code = "too_large"


class ForbiddenError(InvalidInputError):
    """The principal may not do this."""

    status = 403
    code = "forbidden"


class UnauthorizedError(InvalidInputError):
    """The credentials are missing or wrong."""

    status = 401
    code = "unauthorized"


class UnreadableFileError(PermanentError):
    """A file cannot be turned into text. Reported with its reason; stops nothing else."""

    status = 422
    code = "unreadable_file"
    exit_code = 1


class SuspectFileError(PermanentError):
    """A file hides text, or speaks to language models, and the settings keep such files out."""

    status = 422
    code = "suspect_file"
    exit_code = 1


class SettingsError(PermanentError):
    """A setting is missing, out of bounds or contradicts another."""

    code = "settings_error"


class TamperedError(PermanentError):
    """Something that is sealed or chained is not what Folio wrote: it was changed, moved or removed by somebody else."""

    code = "tampered"


class MissingExtraError(PermanentError):
    """An optional dependency is not installed."""

    code = "missing_extra"

    def __init__(self, what: str, *, extra: str) -> None:
        super().__init__(f"{what} needs the extra '{extra}'. Install it: pip install 'folio-kb[{extra}]'")


class DependencyDownError(TransientError):
    """A store, a database or a model server does not answer."""

    code = "dependency_down"


class StoreBusyError(TransientError):
    """Another process holds the embedded store and does not serve it."""

    code = "store_busy"


class StaleGenerationError(StoreBusyError):
    """Another embedding model's collection has gone live: whoever writes has to look again which one it is."""

    code = "stale_generation"


class PseudonymTakenError(TransientError):
    """A pseudonym belongs to another value since a moment ago: redacted again, the value gets a longer one."""

    code = "pseudonym_taken"


class BudgetError(PermanentError):
    """What a tenant or user may spend on language models is spent."""

    status = 429
    code = "budget_exceeded"


class UnusableAnswerError(PermanentError):
    """A language model did not answer in the form that was asked for, even after it was told what was wrong."""

    status = 502
    code = "unusable_answer"


class DiskFullError(TransientError):
    """No space is left where Folio writes; what was acknowledged is kept."""

    status = 507
    code = "disk_full"
