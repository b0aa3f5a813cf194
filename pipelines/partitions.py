"""Partitions of the corpus: one per source, or a fixed number of hash buckets per source. Never one per file.

Sources come and go at run time, so the partitions are dynamic; `follow_sources` keeps them in step (docs/adr/0008-partitions.md).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg

from core.config import Settings
from core.documents import Source
from core.errors import NotFoundError
from store.vectors.embedded.endpoint import find_endpoint

CORPUS_PARTITIONS = dg.DynamicPartitionsDefinition(name="corpus")
POOL = "index"
"""Syncs and checks of the index run in this pool."""

Bucket = tuple[int, int]

# Dagster refuses "..." and control characters in a key; commas and brackets are the syntax of its partition pickers.
_UNUSABLE = re.compile(r"[^\w .@+=-]+|\.{3,}")


@dataclass(frozen=True, slots=True)
class Part:
    """What a partition covers: a source, or the bucket of it with this index of this count."""

    source: Source
    bucket: Bucket | None = None

    @property
    def place(self) -> tuple[str, int]:
        """The source's id and the index of the bucket; a whole source is its own only bucket."""
        return self.source.source_id, self.bucket[0] if self.bucket else 0

    @property
    def bucket_count(self) -> int:
        """How many partitions the source has."""
        return self.bucket[1] if self.bucket else 1


def parts(sources: Iterable[Source], *, bucket_count: int) -> dict[str, Part]:
    """The partitions by key, in the order of the sources: `handbook`, or `handbook/0` to `handbook/7`."""
    found: dict[str, Part] = {}
    for key, source in _source_keys(sources).items():
        if bucket_count == 1:
            found[key] = Part(source)
            continue
        digits = len(str(bucket_count - 1))
        for index in range(bucket_count):
            found[f"{key}/{index:0{digits}}"] = Part(source, (index, bucket_count))
    return found


def part_of(key: str, known: Mapping[str, Part]) -> Part:
    """The partition of a key.

    Raises:
        NotFoundError: Its source is gone, or the number of buckets is another one now.
    """
    if key not in known:
        names = ", ".join(list(known)[:20]) or "none yet"
        raise NotFoundError(f"there is no partition '{key}' any more; there are: {names}")
    return known[key]


def follow_sources(instance: dg.DagsterInstance, sources: Sequence[Source], *, settings: Settings) -> None:
    """Add the partitions of new sources, remove those of sources that are gone, and set the size of the pool."""
    wanted = list(parts(sources, bucket_count=settings.dagster.bucket_count))
    name = str(CORPUS_PARTITIONS.name)
    present = set(instance.get_dynamic_partitions(name))
    if new := [key for key in wanted if key not in present]:
        instance.add_dynamic_partitions(name, new)
    for key in sorted(present - set(wanted)):
        instance.delete_dynamic_partition(name, key)
    _follow_pool_size(instance, _slot_count(settings))


def _source_keys(sources: Iterable[Source]) -> dict[str, Source]:
    """The names of sources, made usable; two that look the same are told apart by their ids."""
    named: dict[str, list[Source]] = {}
    for source in sources:
        named.setdefault(_usable(source.name or _last_part(source.root)) or source.source_id, []).append(
            source
        )
    return {
        name if len(same) == 1 else f"{name} {source.source_id[:8]}": source
        for name, same in named.items()
        for source in same
    }


def _usable(name: str) -> str:
    return _UNUSABLE.sub("_", name).strip(" _")


def _last_part(root: str) -> str:
    return root.rstrip("/").rpartition("/")[2]


def _slot_count(settings: Settings) -> int:
    """An embedded store that nobody serves is held by one process: a second sync would only wait for it and fail."""
    served = settings.vectors.url is not None or find_endpoint(settings.home / "vectors") is not None
    return settings.dagster.parallel_syncs if served else 1


def _follow_pool_size(instance: dg.DagsterInstance, slot_count: int) -> None:
    storage = instance.event_log_storage
    if not storage.supports_global_concurrency_limits:
        return
    sizes = {pool.name: pool.limit for pool in storage.get_pool_limits()}
    if sizes.get(POOL) != slot_count:
        storage.set_concurrency_slots(POOL, slot_count)
