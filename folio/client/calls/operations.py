"""How the service stands, and what it costs."""

from collections.abc import Sequence
from datetime import date

from folio.client.calls.building import fetched
from folio.client.errors import ClientError
from folio.client.flows import Call, Flow, Patience, Steps, exchange
from folio.client.models.operations import Status, UsageList
from folio.client.wire import Request, given


def status() -> Call[Status]:
    """The knowledge base at a glance."""
    return fetched("/v1/status", Status)


def usage(*, by: Sequence[str] = (), since: date | None = None, until: date | None = None) -> Call[UsageList]:
    """What language models cost, dearest first.

    Args:
        by: What to group by, combined, as `day` and `model`.
        since: First day, UTC.
        until: Last day, UTC.
    """
    query = given(
        by=list(by) or None,
        since=since.isoformat() if since else None,
        until=until.isoformat() if until else None,
    )
    return fetched("/v1/usage", UsageList, query)


def is_ready() -> Steps[bool]:
    """Whether the service and everything behind it can serve now. A service that is not there is not ready."""

    def steps(patience: Patience) -> Flow[bool]:
        del patience
        try:
            yield from exchange(Request("GET", "/readyz"), Patience(retry_count=0))
        except ClientError:
            return False
        return True

    return Steps(steps)
