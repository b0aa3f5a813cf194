"""What changes something over the API is in the audit log before it is done; and who asks goes into the records of answers."""

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
_MAX_CHARS = 200


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
    thing = next(iter(request.path_params.values()), f"request {request_id(request.scope)}")
    who = caller.principal
    event = AuditEvent(who.tenant, who.subject, action, str(thing)[:_MAX_CHARS], caller.credential)
    await (await services_of(request).knowledge_base()).append_audit([event])


def _whole(path: str) -> str:
    return path if path.startswith("/v1") else f"/v1{path}"
