"""Who sent a request, and by what it is known."""

from dataclasses import dataclass

from core.access import Principal
from core.errors import ForbiddenError
from core.scopes import Scope


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal that a request reads as, and its credential: `local`, `token`, `key:<id>` or `jwt:<subject's hash>`.

    The credential is no secret: limits count by it and the audit log names it. `priority` orders those who wait: a lower one
    goes first.
    """

    principal: Principal
    credential: str
    priority: int = 1

    def demand(self, scope: Scope) -> None:
        """Go on if the caller has the scope.

        Raises:
            ForbiddenError: It has not.
        """
        if scope not in self.principal.scopes:
            raise ForbiddenError(
                f"this needs the scope '{scope}', which the credential of this request has not"
            )
