"""What a run covers: everything, some sources, some paths, or one partition. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ingest.plan import SyncPlan
from pipelines.partitions import Bucket, Part


@dataclass(frozen=True, slots=True)
class Scope:
    """Empty `paths` and `sources` mean all. `allow_empty`: a source that is gone or suddenly empty loses its documents."""

    paths: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    bucket: Bucket | None = None
    allow_empty: bool = False

    @property
    def everything(self) -> bool:
        """Whether the run covers all sources, so that nothing is left to be synced after it."""
        return not (self.paths or self.sources or self.bucket)


def scope_of(part: Part, *, paths: Sequence[str] = (), allow_empty: bool = False) -> Scope:
    """The scope of a partition; of the paths only what lies in it."""
    return Scope(tuple(paths), (part.source.source_id,), part.bucket, allow_empty)


def work_by_partition(plan: SyncPlan, known: Mapping[str, Part]) -> dict[str, Counter[str]]:
    """Files by kind of change in each partition that the plan covers as a whole. A source that it covers a part of is left out."""
    whole = {row.source.source_id for row in plan.targets if row.only is None and row.bucket is None}
    keys = {part.place: key for key, part in known.items() if part.source.source_id in whole}
    bucket_count = max((part.bucket_count for part in known.values()), default=1)
    work: dict[str, Counter[str]] = {key: Counter() for key in keys.values()}
    for kind, source_id, doc_id in _work(plan):
        place = source_id, int(doc_id, 16) % bucket_count
        if place in keys:
            work[keys[place]][kind] += 1
    return work


def _work(plan: SyncPlan) -> Iterator[tuple[str, str, str]]:
    """Kind of change, source and document of everything that a plan does."""
    for kind, changes in (("added", plan.added), ("modified", plan.modified), ("moved", plan.moved)):
        yield from ((kind, change.source.source_id, change.doc_id) for change in changes)
    yield from (("deleted", record.source_id, record.doc_id) for record in plan.deleted)
