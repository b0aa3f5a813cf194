"""What does not agree, and what puts it right. Pure: decides from a survey, reads and writes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from core.documents import DocumentRecord, DocumentState
from core.inspection import PointGroup
from core.privacy_ports import KeptMentions

SETTLED = frozenset({DocumentState.INDEXED, DocumentState.FAILED, DocumentState.QUARANTINED})


class Problem(StrEnum):
    """What is wrong."""

    ORPHAN_POINTS = "orphan_points"
    """Points of a document that the catalog does not have, or that is deleted."""
    MISSING_POINTS = "missing_points"
    """A document has fewer visible points than the catalog says."""
    LEFTOVER_POINTS = "leftover_points"
    """Points of another version than the document's, or more than it has."""
    STUCK = "stuck"
    """Indexing or deleting began long ago and was not finished."""
    MISSING_TEXT = "missing_text"
    """The stored text of a document is not there."""
    UNUSED_TEXT = "unused_text"
    """A stored text that no document has."""
    ORPHAN_MENTIONS = "orphan_mentions"
    """The vault keeps what a document mentions that the catalog does not have, or that is deleted."""
    LEFTOVER_MENTIONS = "leftover_mentions"
    """The vault keeps what another version mentions than the one that is shown."""
    ORPHAN_EVIDENCE = "orphan_evidence"
    """The graph has evidence of a document that the catalog does not have, or of which nothing is shown."""
    LEFTOVER_EVIDENCE = "leftover_evidence"
    """The graph has the evidence of another version than the one that is shown."""
    MISSING_EVIDENCE = "missing_evidence"
    """The graph has nothing of a document that was to be read for it."""
    NOT_SYNCED = "not_synced"
    """Files are not as the catalog has them."""


class Repair(StrEnum):
    """What puts it right. A version that cannot be made again, because its file has been replaced, is hidden."""

    DELETE_POINTS = "delete_points"
    SHOW_VERSION = "show_version"
    INDEX_AGAIN = "index_again"
    HIDE = "hide"
    DELETE_TEXT = "delete_text"
    RETIRE_MENTIONS = "retire_mentions"
    DELETE_EVIDENCE = "delete_evidence"
    READ_EVIDENCE = "read_evidence"
    SYNC = "sync"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not agree. `subject` is a document's id, a text's key, or empty for the sources as a whole.

    `detail` says what was expected and what was found, never words of a document. `version` is the one to show, or to keep;
    0: none.
    """

    problem: Problem
    repair: Repair
    subject: str
    detail: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found in each place. `texts` are the keys stored, `old_texts` those written before `given_up_before`.

    What was deleted after `kept_since` may still have points, invisible ones; None: nothing is kept. `evidence` is the version
    that the graph has of each document; `is_read`: documents are read for the graph.
    """

    records: Mapping[str, DocumentRecord]
    groups: Sequence[PointGroup]
    texts: frozenset[str]
    old_texts: frozenset[str]
    given_up_before: datetime
    kept_since: datetime | None = None
    mentions: Sequence[KeptMentions] = ()
    evidence: Mapping[str, int] = field(default_factory=dict)
    is_read: bool = False


def compare(survey: Survey) -> list[Finding]:
    """Everything in which the places do not agree: by document, then texts that nobody has."""
    groups: dict[str, list[PointGroup]] = defaultdict(list)
    for group in survey.groups:
        groups[group.doc_id].append(group)
    findings: list[Finding] = []
    kept: dict[str, list[KeptMentions]] = defaultdict(list)
    for mentions in survey.mentions:
        kept[mentions.doc_id].append(mentions)
    for doc_id in sorted(survey.records.keys() | groups.keys() | kept.keys() | survey.evidence.keys()):
        findings += _of_document(doc_id, groups[doc_id], survey)
        findings += _mentions(doc_id, kept[doc_id], groups=groups[doc_id], survey=survey)
        findings += _evidence(doc_id, groups=groups[doc_id], survey=survey)
    return findings + _unused_texts(survey)


def is_kept(record: DocumentRecord, groups: Sequence[PointGroup], *, since: datetime | None) -> bool:
    """Whether the points of a deleted document are those that are kept, invisible, for a while."""
    deleted_at = record.deleted_at or record.updated_at
    if since is None or deleted_at is None or deleted_at <= since:
        return False
    return not any(group.active for group in groups)


def _of_document(doc_id: str, groups: Sequence[PointGroup], survey: Survey) -> Iterator[Finding]:
    record = survey.records.get(doc_id)
    if record is None or record.state is DocumentState.DELETED:
        if groups and not (record and is_kept(record, groups, since=survey.kept_since)):
            state = "is deleted" if record else "is not in the catalog"
            detail = f"{_total(groups)} points of a document that {state}"
            yield Finding(Problem.ORPHAN_POINTS, Repair.DELETE_POINTS, doc_id, detail)
    elif record.state not in SETTLED:
        if record.updated_at is None or record.updated_at < survey.given_up_before:
            yield Finding(Problem.STUCK, Repair.SYNC, doc_id, f"{record.state} since {record.updated_at}")
    else:
        yield from _points(record, groups)
        if record.chunk_count and (record.artifact_key is None or record.artifact_key not in survey.texts):
            yield Finding(Problem.MISSING_TEXT, _renewal(record), doc_id, "its stored text is not there")


def _points(record: DocumentRecord, groups: Sequence[PointGroup]) -> Iterator[Finding]:
    """Of the live collection: one beside it is being built or was, and is compared with the live one when it takes over."""
    here = [group for group in groups if group.current]
    if not record.chunk_count:
        if here:
            detail = f"{_total(here)} points of a document that has none"
            yield Finding(Problem.LEFTOVER_POINTS, Repair.DELETE_POINTS, record.doc_id, detail)
        return
    version = _shown_version(record, here)
    of_version = [group for group in here if group.version == version]
    active_count = _total([group for group in of_version if group.active])
    if active_count == record.chunk_count:
        extra_count = _total(here) - active_count
        if extra_count:
            detail = f"{extra_count} points beside the {active_count} of version {version}"
            yield Finding(Problem.LEFTOVER_POINTS, Repair.SHOW_VERSION, record.doc_id, detail, version)
    else:
        complete = _total(of_version) >= record.chunk_count
        problem = Problem.LEFTOVER_POINTS if active_count > record.chunk_count else Problem.MISSING_POINTS
        yield Finding(
            problem,
            Repair.SHOW_VERSION if complete else _renewal(record),
            record.doc_id,
            f"{active_count} of {record.chunk_count} points of version {version} are visible",
            version,
        )


def _mentions(
    doc_id: str, kept: Sequence[KeptMentions], *, groups: Sequence[PointGroup], survey: Survey
) -> Iterator[Finding]:
    record = survey.records.get(doc_id)
    if record is None or record.state is DocumentState.DELETED:
        if kept:
            state = "is deleted" if record else "is not in the catalog"
            detail = f"{_mention_count(kept)} mentions of a document that {state}"
            yield Finding(Problem.ORPHAN_MENTIONS, Repair.RETIRE_MENTIONS, doc_id, detail)
    elif record.state in SETTLED:
        here = [group for group in groups if group.current]
        shown = _shown_version(record, here) if record.chunk_count else 0
        others = [mentions for mentions in kept if mentions.version != shown]
        if others:
            detail = f"{_mention_count(others)} mentions of other versions than version {shown}"
            yield Finding(Problem.LEFTOVER_MENTIONS, Repair.RETIRE_MENTIONS, doc_id, detail, shown)


def _evidence(doc_id: str, *, groups: Sequence[PointGroup], survey: Survey) -> Iterator[Finding]:
    record, version = survey.records.get(doc_id), survey.evidence.get(doc_id)
    if record is None or record.state is DocumentState.DELETED:
        if version is not None:
            state = "is deleted" if record else "is not in the catalog"
            detail = f"evidence of a document that {state}"
            yield Finding(Problem.ORPHAN_EVIDENCE, Repair.DELETE_EVIDENCE, doc_id, detail)
    elif record.state in SETTLED:
        here = [group for group in groups if group.current]
        shown = _shown_version(record, here) if record.chunk_count else 0
        renewal = Repair.READ_EVIDENCE if survey.is_read else Repair.DELETE_EVIDENCE
        if version is None:
            if survey.is_read and shown:
                detail = f"version {shown} was not read for the graph"
                yield Finding(Problem.MISSING_EVIDENCE, renewal, doc_id, detail, shown)
        elif not shown:
            detail = "evidence of a document that has no chunks"
            yield Finding(Problem.ORPHAN_EVIDENCE, Repair.DELETE_EVIDENCE, doc_id, detail)
        elif version != shown:
            detail = f"evidence of version {version}, version {shown} is shown"
            yield Finding(Problem.LEFTOVER_EVIDENCE, renewal, doc_id, detail, shown)


def _mention_count(kept: Sequence[KeptMentions]) -> int:
    return sum(mentions.mention_count for mentions in kept)


def _shown_version(record: DocumentRecord, here: Sequence[PointGroup]) -> int:
    """The version that should be visible. One that failed left the version before it as it was."""
    if record.state is DocumentState.INDEXED:
        return record.version
    return max((group.version for group in here if group.active), default=record.version)


def _renewal(record: DocumentRecord) -> Repair:
    """A document that failed shows a version whose file is gone: it cannot be indexed again as it was."""
    return Repair.INDEX_AGAIN if record.state is DocumentState.INDEXED else Repair.HIDE


def _unused_texts(survey: Survey) -> list[Finding]:
    used: set[str] = set()
    for record in survey.records.values():
        if record.artifact_key:
            used.add(record.artifact_key)
        if record.state is not DocumentState.DELETED:
            used |= set(record.retired_keys)
    return [
        Finding(Problem.UNUSED_TEXT, Repair.DELETE_TEXT, key, "no document has this stored text")
        for key in sorted(survey.old_texts - used)
    ]


def _total(groups: Sequence[PointGroup]) -> int:
    return sum(group.point_count for group in groups)


def given_up_before(now: datetime, *, stuck_after_s: float) -> datetime:
    """What began before this instant and is unfinished was given up."""
    return now - timedelta(seconds=stuck_after_s)
