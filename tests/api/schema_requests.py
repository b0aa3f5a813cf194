"""How requests are made from the OpenAPI document and judged: all checks of schemathesis, ids of things that are there, and
what a request that meets its schema may be refused for.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count, cycle, pairwise
from typing import Any

import schemathesis
from schemathesis.checks import CheckContext
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.generation.case import Case
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER, HookContext
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case

from tests.api.schema_world import QUESTION, World

# A request may be as the document says and still be refused by what is there: no such thing, not as If-Match has it.
ACCEPTED = ["2xx", 304, 404, 409, 412]
REFUSED = [400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 415, 422, 431]
HALF = 0.5
# What no JSON schema can say, by the code of the problem and the operations that it is excused for.
EXCUSED = {
    "idempotency_key_reused": (r"POST .*", "two requests were generated with one key"),
    "ambiguous_name": (r"\w+ /v1/graph/.*", "part of a name that several entities have in theirs"),
    "forbidden": (r"POST /v1/(sources|keys.*)", "a root or a right beyond what this caller may give"),
    "refused_target": (r"POST /v1/webhooks", "an address that the operator does not let it send to"),
    "checksum_mismatch": (r"POST /v1/documents", "a checksum, but of another file"),
    "infected_file": (r"POST /v1/documents", "what the scanner says of it"),
    "unreadable_file": (r"POST /v1/documents", "bytes that are no document, and who asked to wait for it"),
}
INVALID_INPUT = {
    r"GET /v1/(documents|sources|collections|webhooks.*|graph/(entities|communities))": "a cursor that no page gave",
    r"GET /v1/vector_stores.*": "a cursor that no page gave",
    r"GET /v1/graph/export": "`part` goes with one format only",
    r"GET /v1/(usage|audit)": "an end before the start, or more than one way to group",
    r"(POST|DELETE) /v1/graph/merges": "twice the same entity",
    r"POST /v1/answers/.*/feedback": "numbers of citations that this answer has not",
    r"POST /v1/(reviews|appeals)/.*": "fields that go with one verdict only, and things that are decided already",
    r"(POST|PATCH) /v1/keys.*": "a time that has passed, or is beyond the setting",
    r"(POST|PATCH|DELETE) /v1/sources.*": "a root or a name that is taken; uploads are not removed as a whole",
    r"POST /v1/answer": "`restore` together with `stream`; a filter that is nested too deep",
    r"POST /v1/(search.*|vector_stores.*)|POST /retrieval": "a filter that is nested too deep",
    r"POST /v1/chat/completions": "no question at the end; a filter that is nested too deep",
    r"POST /v1/embeddings": "tokens in place of text",
    r"POST /v1/documents": "a file without a name, or with one that leaves its folder",
    r"POST /v1/sessions/.*/facts": "text of signs that cannot be seen",
    r"POST /v1/webhooks": "a secret that is not base64",
}
# The one field whose own rule is no pattern.
CRON = "is not a cron expression"
# Of requests that are meant well, all but each fourth name what is there. The fourth keeps what was made up.
FOURTH = 4


class UnnamedStatus(Failure):
    """An answer with a status that the operation does not name."""


@schemathesis.check
def named_status(ctx: CheckContext, response: schemathesis.Response, case: Case) -> None:
    """`default` in the document lets every status pass; this check goes by those that are named."""
    del ctx
    named = {status for status in case.operation.responses.status_codes if status != "default"}
    if str(response.status_code) not in named and not is_unexpected_http_status_case(case):
        raise UnnamedStatus(
            operation=case.operation.label,
            title="Status that is not named",
            message=f"{response.status_code} is none of {sorted(named)}",
        )


def config(there: World, *, max_examples: int, **phases: bool) -> SchemathesisConfig:
    """All checks. Half of the ids are of things that are there."""
    return SchemathesisConfig.from_dict(
        {
            "headers": {"Authorization": f"Bearer {there.key}"},
            "continue-on-failure": True,
            "request-timeout": 30,
            "dictionaries": {name: {"values": list(ids)} for name, ids in there.ids.items() if ids},
            "parameters": _bindings(there),
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ACCEPTED},
                "negative_data_rejection": {"expected-statuses": REFUSED},
            },
            "generation": {"database": "none", "max-examples": max_examples},
            "phases": {name: {"enabled": enabled} for name, enabled in phases.items()},
            "warnings": False,
        }
    )


def _bindings(there: World) -> dict[str, Any]:
    names = {f"path.{name}": name for name, ids in there.ids.items() if ids and name != "root"}
    names |= {"query.doc_id": "doc_id", "query.source_id": "source_id", "body.root": "root"}
    names |= {"body.session_id": "session_id", "query.from": "name", "query.to": "name"}
    return {key: {"dictionary": name, "probability": HALF} for key, name in names.items()}


@contextmanager
def real_things(there: World) -> Iterator[None]:
    """Requests within name things of the service in their bodies, and a new Idempotency-Key each."""
    made = _Bodies(there)

    def before_call(context: HookContext, case: Case, kwargs: dict[str, Any]) -> None:
        del context, kwargs
        if case.meta is not None and case.meta.generation.mode.is_positive:
            made.fill(case)

    GLOBAL_HOOK_DISPATCHER.register_hook_with_name(before_call, "before_call")
    try:
        yield
    finally:
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)


class _Bodies:
    """What stands in bodies in place of what was made up, by operation."""

    def __init__(self, there: World) -> None:
        self._numbers = count()
        self._facts = dict(zip(there.ids["session_id"], there.ids["fact_id"], strict=True))
        self._pairs = cycle(pairwise(there.ids["name"]))
        roots, names = cycle(there.ids["root"]), cycle(there.ids["name"])
        sessions = cycle(there.ids["session_id"])
        self._of: dict[str, Callable[[], dict[str, Any]]] = {
            "POST /v1/chat/completions": lambda: {
                "model": "folio",
                "messages": [{"role": "user", "content": QUESTION}],
            },
            "POST /v1/embeddings": lambda: {
                "model": "folio-embedding",
                "input": QUESTION,
                "dimensions": None,
            },
            "POST /v1/graph/merges": lambda: {"left": next(names), "right": next(names)},
            "POST /v1/sources": lambda: {"root": next(roots), "name": None},
            "POST /v1/keys": lambda: {"expires_at": "2090-01-01T00:00:00Z", "groups": [], "scopes": ["read"]},
            "PATCH /v1/keys/{key_id}": lambda: {"expires_at": "2090-01-01T00:00:00Z"},
            "POST /v1/answer": lambda: {"session_id": next(sessions)},
        }

    def fill(self, case: Case) -> None:
        """Put real things into three of four cases."""
        number = next(self._numbers)
        if number % FOURTH == 0:
            return
        for name in list(case.headers):
            if name.lower() == "idempotency-key":
                case.headers[name] = f"{number}-{case.headers[name]}"[:255]
        label = case.operation.label
        if label in self._of and isinstance(case.body, dict):
            case.body = {**case.body, **self._of[label]()}
        if label == "DELETE /v1/graph/merges":
            case.query["left"], case.query["right"] = next(self._pairs)
        if label.startswith("DELETE") and "fact_id" in case.path_parameters:
            fact = self._facts.get(case.path_parameters["session_id"])
            case.path_parameters["fact_id"] = fact or case.path_parameters["fact_id"]


def is_excused(label: str, answer: schemathesis.Response) -> bool:
    """Whether a request that meets the schema was refused for a reason that no schema can hold."""
    try:
        body = answer.json()
    except ValueError:
        return False
    code = body.get("code", "")
    if code == "invalid_input":
        return any(re.fullmatch(pattern, label) for pattern in INVALID_INPUT)
    if code == "invalid_request":
        return [CRON in error["message"] for error in body["errors"]] == [True]
    return code in EXCUSED and re.fullmatch(EXCUSED[code][0], label) is not None
