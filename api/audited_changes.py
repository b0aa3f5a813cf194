"""What changes something over the API is in the audit log before it is done; and who asks goes into the records of answers."""

import re

from fastapi import Request

from api.lifespan import services_of
from api.request_context import request_id
from core.answer_records import ASKED_THROUGH, Via
from core.audit import AuditEvent
from core.callers import Caller

_ACTIONS = {
    ("POST", "/v1/documents"): "documents.upload",
    ("DELETE", "/v1/documents/{doc_id}"): "document.delete",
    ("POST", "/v1/sources"): "source.add",
    ("PUT", "/v1/sources/{source_id}"): "source.change",
    ("PATCH", "/v1/sources/{source_id}"): "source.change",
    ("DELETE", "/v1/sources/{source_id}"): "source.remove",
    ("POST", "/v1/webhooks"): "webhook.add",
    ("DELETE", "/v1/webhooks/{webhook_id}"): "webhook.remove",
}
"""What is asked for; whether it was done, and to which documents, the records of these say."""

_CHANNELS = (("/v1/chat/", "openai"), ("/v1/vector_stores", "openai"), ("/retrieval", "dify"))
# An address may hold anything, a name too, and nothing can be taken out of the log again: only what can be an id goes there.
_ID = re.compile(r"(?:wh_)?[0-9a-f]{1,64}")


async def note(request: Request, caller: Caller) -> None:
    """Set how the question came, and record the change that a request asks for.

    Raises:
        DependencyDownError: It cannot be recorded: nothing is changed then.
    """
    path = request.url.path
    channel = next((name for start, name in _CHANNELS if path.startswith(start)), "api")
    ASKED_THROUGH.set(Via(caller.credential, channel))
    route = getattr(request.scope.get("route"), "path", "")
    action = _ACTIONS.get((request.method, _whole(route)))
    if action is None:
        return
    named = str(next(iter(request.path_params.values()), ""))
    thing = named if _ID.fullmatch(named) else f"request {request_id(request.scope)}"
    who = caller.principal
    event = AuditEvent(who.tenant, who.subject, action, thing, caller.credential)
    await (await services_of(request).knowledge_base()).append_audit([event])


def _whole(path: str) -> str:
    return path if path.startswith("/v1") else f"/v1{path}"
