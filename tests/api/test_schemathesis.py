"""The whole OpenAPI document, tried by schemathesis against the real service with data: no 5xx, no answer that it does not say.

Both are slow: the first sends the resources a few requests that the document allows and forbids, the second goes on for minutes.
What they found before is in `test_as_documented.py`, which is not.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import schemathesis
import schemathesis.openapi
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from tests.api.schema_requests import config, is_excused, real_things
from tests.api.schema_world import World, world

# All that schemathesis has but the time that an answer takes, and one of ours.
CHECKS = {
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "ensure_resource_availability",
    "ignored_auth",
    "object_level_authorization",
    "named_status",
}


@dataclass(slots=True)
class Outcome:
    """What a run has tried and found. `served`: operations that have answered a request with a success."""

    operations: set[str] = field(default_factory=set)
    served: set[str] = field(default_factory=set)
    case_count: int = 0
    checks: Counter[str] = field(default_factory=Counter)
    excused: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)


@pytest.fixture(scope="module")
def there(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world"), count=request.param) as made:
        yield made


def outcome(there: World, chosen: SchemathesisConfig, *, only: str | None = None) -> Outcome:
    """Run every phase that the configuration has on."""
    headers = {"Authorization": f"Bearer {there.key}"}
    schema = schemathesis.openapi.from_url(f"{there.url}/openapi.json", config=chosen, headers=headers)
    if only is not None:
        schema = schema.include(path_regex=only)
    found = Outcome()
    with real_things(there):
        for event in from_schema(schema).execute():
            assert not isinstance(event, events.FatalError | events.NonFatalError), event
            if isinstance(event, events.ScenarioFinished):
                _count(found, event)
    return found


def _count(found: Outcome, event: events.ScenarioFinished) -> None:
    recorder = event.recorder
    for case_id, node in recorder.cases.items():
        label = node.value.operation.label
        found.operations.add(label)
        found.case_count += 1
        answer = recorder.find_response(case_id=case_id)
        if answer is not None and answer.status_code < 400:
            found.served.add(label)
    for case_id, checks in recorder.checks.items():
        label = recorder.cases[case_id].value.operation.label
        answer = recorder.find_response(case_id=case_id)
        found.checks.update(check.name for check in checks)
        for check in checks:
            if check.failure_info is None:
                continue
            if check.name == "positive_data_acceptance" and answer is not None and is_excused(label, answer):
                found.excused[label] += 1
                continue
            failure = check.failure_info.failure
            found.failures[f"{label}: {check.name}: {failure.title}: {failure.message}"] += 1


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("there", [1], indirect=True)
def test_a_few_requests_of_every_kind_to_the_resources(there: World) -> None:
    quick = config(there, max_examples=1, examples=True, coverage=True, fuzzing=False, stateful=False)
    found = outcome(there, quick, only=r"^/v1/(collections|jobs|webhooks|status)(/\{(collection|job)_id\})?$")
    assert not found.failures
    assert found.served == found.operations


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("there", [6], indirect=True)
def test_many_requests_of_every_kind_to_everything(there: World) -> None:
    whole = config(there, max_examples=10, examples=True, coverage=True, fuzzing=True, stateful=True)
    found = outcome(there, whole)
    assert not found.failures
    assert found.served == found.operations
    assert set(found.checks) == CHECKS
