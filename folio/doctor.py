"""`folio doctor`: is this deployment sound? Every check says what was reached, or what is wrong and the way out."""

import asyncio
import importlib.util
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from core.config import Settings
from core.errors import FolioError
from core.health import HealthCheck
from folio.several_workers import notes_on_workers

_LEAST_FREE_BYTES = 1024**3
_PROBE_TIMEOUT_S = 5.0


async def examine(settings: Settings) -> list[HealthCheck]:
    """All checks, in the order a person would mend them."""
    checks: list[tuple[str, Callable[[Settings], Awaitable[str]]]] = [
        ("home", _home),
        ("disk", _disk),
        ("catalog and vectors", _stores),
        ("embedding model", _embedding),
        ("redaction model", _redaction),
        ("OCR", _ocr),
        ("API", _api),
        ("API processes", _workers),
        ("Dagster", _dagster),
    ]
    if settings.cache.url is not None:
        checks.append(("cache", _cache))
    return [await _checked(name, check(settings)) for name, check in checks]


async def _checked(name: str, check: Awaitable[str]) -> HealthCheck:
    try:
        return HealthCheck(name, healthy=True, detail=await check)
    except (FolioError, OSError) as error:
        return HealthCheck(name, healthy=False, detail=str(error))


async def _home(settings: Settings) -> str:
    await asyncio.to_thread(_write_probe, settings.home)
    return f"{settings.home} can be written"


def _write_probe(home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    probe = home / ".doctor"
    probe.write_bytes(b"ok")
    probe.unlink()


async def _disk(settings: Settings) -> str:
    free = (await asyncio.to_thread(shutil.disk_usage, settings.home)).free
    if free < _LEAST_FREE_BYTES:
        raise OSError(
            f"only {free // 1024**2} MiB free at {settings.home}; keep at least {_LEAST_FREE_BYTES // 1024**2} MiB"
        )
    return f"{free // 1024**3} GiB free"


async def _stores(settings: Settings) -> str:
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        checks = await kb.health()
        for check in checks:
            if check.required and not check.healthy:
                raise OSError(check.detail)
        pending = (
            ["the index is of another model: `folio rebuild` builds it anew"] if kb.rebuild_pending else []
        )
    return "; ".join([*(check.detail for check in checks), *pending])


async def _embedding(settings: Settings) -> str:
    from inference.embed.factory import create_embedder

    embedder = create_embedder(settings.embedding)
    vector = await embedder.embed_query("probe")
    return f"{settings.embedding.model}: {len(vector)} dimensions"


async def _redaction(settings: Settings) -> str:
    if settings.redaction.policy == "off":
        return "redaction is switched off"
    model = settings.redaction.nlp_model
    if importlib.util.find_spec(model) is None:
        raise OSError(
            f"the spaCy model '{model}' is not installed; name another with FOLIO_REDACTION__NLP_MODEL"
        )
    return model


async def _ocr(settings: Settings) -> str:
    if shutil.which("tesseract") is None:
        return "tesseract is not installed: scanned pages are reported, not read"
    return f"tesseract, language {settings.ingest.ocr_language}"


async def _api(settings: Settings) -> str:
    return await _probe(f"http://{settings.api.host}:{settings.api.port}/healthz", start="folio up")


async def _workers(settings: Settings) -> str:
    count = settings.api.worker_count
    return "; ".join(notes_on_workers(settings)) or f"{count}" + (" with a shared cache" if count > 1 else "")


async def _dagster(settings: Settings) -> str:
    url = settings.dagster.url or f"http://{settings.dagster.host}:{settings.dagster.port}"
    return await _probe(f"{url.rstrip('/')}/server_info", start="folio up")


async def _probe(url: str, *, start: str) -> str:
    try:
        async with httpx.AsyncClient(timeout=_PROBE_TIMEOUT_S) as client:
            response = await client.get(url)
    except httpx.HTTPError:
        return f"not running at {url} (`{start}` starts it)"
    if response.is_error:
        raise OSError(f"{url} answers with status {response.status_code}")
    return url


async def _cache(settings: Settings) -> str:
    from core.errors import DependencyDownError, MissingExtraError

    try:
        import redis.asyncio as redis
    except ImportError:
        raise MissingExtraError("the Redis cache", extra="redis") from None
    if settings.cache.url is None:
        return "in memory"
    client = redis.from_url(settings.cache.url.get_secret_value())
    try:
        await client.ping()
    except redis.RedisError as error:
        raise DependencyDownError(
            f"the cache does not answer ({type(error).__name__}); check FOLIO_CACHE__URL"
        ) from None
    finally:
        await client.aclose()
    return "answers"
