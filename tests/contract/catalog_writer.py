"""A process that writes to the catalog: `python -m tests.contract.catalog_writer NAME COUNT`, settings from the environment.

Prints the id of every document after its save was acknowledged. A COUNT of 0 writes until it is killed.
"""

import asyncio
import itertools
import sys

from core.clock import SystemClock
from core.config import load_settings
from core.documents import DocumentRecord, DocumentState, Source, SourceKind
from core.runs import RunRecord
from store.catalog.catalog import open_catalog


async def write(name: str, count: int) -> None:
    clock = SystemClock()
    async with open_catalog(load_settings(), clock) as catalog:
        await catalog.register(Source("s1", SourceKind.FOLDER, "/data"))
        for number in itertools.islice(itertools.count(), count or None):
            doc_id = f"{name}-{number:05d}"
            await catalog.of_source("s1")
            await catalog.save([DocumentRecord(doc_id, "s1", "default", doc_id, DocumentState.INDEXED)])
            await catalog.save_run(RunRecord(name, ("s1",), clock.now(), done_count=number + 1))
            sys.stdout.write(doc_id + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1], int(sys.argv[2])))
