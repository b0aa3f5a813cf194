"""The service that is loaded: the store's process and the API's, on ports of their own, over tenants that have documents."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped]

from core.config import RedactionSettings, Settings, child_environment, load_settings
from folio.demo_questions import questions_about
from folio.knowledge_base import KnowledgeBase
from folio.ports import choose_port
from folio.processes import Child, Children
from store.vectors.embedded.endpoint import find_endpoint

HANDBOOK = Path(__file__).parents[2] / "examples" / "handbook"
TENANTS = ("default", "acme", "globex")
_START_S = 180.0
_KEYS_PER_TENANT = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """How the service is set up. `clients`: how many it has to serve without turning any away."""

    worker_count: int
    clients: int
    redis_url: str | None = None
    corpus: Path | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """The service and what is known of it."""

    url: str
    settings: Settings
    documents: Path
    questions: list[str]
    children: Children
    roots: dict[str, Child]

    def processes(self) -> dict[str, int]:
        """Process ids by a name: each root, and those that it has started."""
        found: dict[str, int] = {}
        for name, child in self.roots.items():
            try:
                below = psutil.Process(child.pid).children(recursive=True)
            except psutil.NoSuchProcess:
                continue
            workers = [one.pid for one in below if "spawn_main" in " ".join(one.cmdline())]
            found[name if not workers else f"{name} supervisor"] = child.pid
            found |= {f"{name} worker {number}": pid for number, pid in enumerate(sorted(workers), 1)}
        return found


@asynccontextmanager
async def running(place: Path, shape: Shape) -> AsyncIterator[Running]:
    """Start everything below the folder `place`; stop all of it at the end.

    Raises:
        DependencyDownError: A process did not start; quotes its log.
    """
    settings = load_settings(home=place / "home", redaction=RedactionSettings(policy="off"))
    documents = place / "documents"
    await asyncio.to_thread(_copy, shape.corpus, documents)
    port = choose_port("127.0.0.1", 0, setting="FOLIO_API__PORT")
    environment = {**child_environment(settings), **_variables(shape)}
    async with Children(log_folder=place / "logs", environment=environment) as children:
        folder = str(settings.home / "vectors")
        store = await children.start(
            "store", (sys.executable, "-m", "store.vectors.embedded", "--folder", folder)
        )
        await store.wait_until_ready(lambda: serves(settings), timeout_s=_START_S)
        questions = await indexed(settings, documents)
        api = await children.start("api", (sys.executable, "-m", "api.serving", "--port", str(port)))
        url = f"http://127.0.0.1:{port}"
        await api.wait_until_ready(lambda: ready(url), timeout_s=_START_S)
        yield Running(url, settings, documents, questions, children, {"store": store, "api": api})


async def create_keys(service: Running) -> list[str]:
    """Keys of each tenant, made as an operator makes them."""
    return [
        await create_key(service.settings, tenant, number)
        for tenant in TENANTS
        for number in range(_KEYS_PER_TENANT)
    ]


async def create_key(
    settings: Settings,
    tenant: str,
    number: int,
    *,
    scopes: str = "read",
    environment: Mapping[str, str] | None = None,
) -> str:
    """A key of a tenant, made on the command line. `environment`: what names stores that are not in the home."""
    command = ("keys", "create", f"load {number}", "--tenant", tenant, "--clearance", "internal")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "folio.cli.main", *command, "--scopes", scopes),
        env=environment or child_environment(settings),
        stdout=asyncio.subprocess.PIPE,
    )
    printed, _ = await process.communicate()
    return printed.decode().strip()


def tenant_settings(settings: Settings, tenant: str) -> Settings:
    """The settings as those of a tenant."""
    return settings.model_copy(update={"access": settings.access.model_copy(update={"tenant": tenant})})


def _variables(shape: Shape) -> dict[str, str]:
    found = {
        "PYTHONSAFEPATH": "1",
        "FOLIO_REDACTION__POLICY": "off",
        "FOLIO_API__WORKER_COUNT": str(shape.worker_count),
        # So many wait at most that those it is made for fit, however unevenly they come, and four times as many do not.
        "FOLIO_LIMITS__QUEUE_LENGTH": str(max(8, shape.clients)),
        "FOLIO_LIMITS__QUEUE_WAIT_S": "20",
        "FOLIO_LOG__LEVEL": "warning",
    }
    return found | ({"FOLIO_CACHE__URL": shape.redis_url} if shape.redis_url else {})


def _copy(corpus: Path | None, documents: Path) -> None:
    for tenant in TENANTS:
        shutil.copytree(HANDBOOK, documents / tenant / "handbook")
    if corpus is not None:
        shutil.copytree(corpus, documents / TENANTS[0] / "corpus")


async def indexed(settings: Settings, documents: Path, *, tenants: Sequence[str] = TENANTS) -> list[str]:
    """Index the folders of the tenants below `documents`; questions about what the first tenant has."""
    for tenant in tenants:
        async with KnowledgeBase(tenant_settings(settings, tenant)) as kb:
            await kb.ingest([documents / tenant])
    async with KnowledgeBase(settings) as kb:
        rows = (await kb.documents())[:200]
        texts = [(row.title or row.path, await kb.text(row.doc_id)) for row in rows if row.version]
    return questions_about(texts)


async def serves(settings: Settings) -> bool:
    """Whether a store process serves the home."""
    return find_endpoint(settings.home / "vectors") is not None


async def ready(url: str) -> bool:
    """Whether the API at this address is ready."""
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            return (await client.get(f"{url}/readyz")).is_success
    except httpx.HTTPError:
        return False
