import httpx
from opentelemetry.sdk.trace import TracerProvider

from core import tracing
from core.config import VectorSettings
from store.vectors.connection import _create_client


async def test_the_store_is_told_of_the_trace_it_works_for():
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("traceparent", ""))
        return httpx.Response(200, json={"result": {"collections": []}, "status": "ok", "time": 0.0})

    options = {"url": "http://store", "transport": httpx.MockTransport(answer)}
    client = _create_client(VectorSettings(), options)
    tracing.use_provider(TracerProvider())
    with tracing.stage("recall"):
        await client.get_collections()
        trace = tracing.current_trace_id()
    tracing.use_provider(None)
    await client.get_collections()
    await client.close()
    assert trace in seen[0]
    assert seen[1] == ""
