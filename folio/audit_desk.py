"""The audit log as one principal sees it: the entries of its tenant, with the scope for it."""

from collections.abc import Sequence

from core.access import Principal
from core.audit import AuditEntry, AuditFilter, AuditHead, AuditLog, AuditVerdict
from core.errors import ForbiddenError, InvalidInputError, StoreBusyError
from core.scopes import Scope

MAX_PAGE = 500


class AuditDesk:
    """On behalf of a principal with the scope `audit`."""

    _verifying = 0

    def __init__(self, audit: AuditLog, *, principal: Principal) -> None:
        """Ask for a desk with the scope only.

        Raises:
            ForbiddenError: The principal has not the scope.
        """
        if Scope.AUDIT not in principal.scopes:
            raise ForbiddenError(
                f"the audit log takes the scope '{Scope.AUDIT}', which this principal has not"
            )
        self._audit = audit
        self._principal = principal

    async def page(
        self, *, limit: int, before: int | None = None, wanted: AuditFilter
    ) -> tuple[Sequence[AuditEntry], int | None]:
        """Entries of the tenant, newest first, and the number that the next page comes before; None where nothing follows.

        Raises:
            InvalidInputError: The limit is out of range.
        """
        if not 1 <= limit <= MAX_PAGE:
            raise InvalidInputError(f"a page of the audit log has 1 to {MAX_PAGE} entries")
        found = await self._audit.entries(
            self._principal.tenant, limit=limit + 1, before=before, wanted=wanted
        )
        page = found[:limit]
        return page, page[-1].sequence if len(found) > limit else None

    async def verify(self, *, noted: AuditHead | None = None) -> AuditVerdict:
        """Whether the log is whole, of all tenants: one at a time in a process, since all of it is read.

        Raises:
            StoreBusyError: It is being read already.
        """
        if AuditDesk._verifying:
            raise StoreBusyError("the audit log is being verified already: try again in a moment")
        AuditDesk._verifying += 1
        try:
            return await self._audit.verify(noted=noted)
        finally:
            AuditDesk._verifying -= 1
