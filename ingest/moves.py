"""Which new files are documents that have moved: the same bytes, at another path than before. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from core.documents import DocumentRecord, DocumentState, ParsedDocument
from core.ports import Redactor
from core.pseudonyms import TOKEN, Mention, MentionField
from ingest.plan import Change


def may_have_moved(record: DocumentRecord, *, fingerprints: Collection[str]) -> bool:
    """Whether what is stored of a document whose file is gone could serve a new file with the same bytes.

    It could where one of the pipelines in use has made it.
    """
    return (
        record.state is DocumentState.INDEXED
        and record.fingerprint in fingerprints
        and record.chunk_count > 0
        # A line of a corpus has its id in its bytes: it cannot move.
        and record.external_id is None
    )


def find_moves(
    added: Sequence[Change], gone: Sequence[DocumentRecord], *, fingerprints: Mapping[str, str]
) -> list[Change]:
    """The added files that are moved documents, with `moved_from` set. `fingerprints` are the pipelines' by source id.

    Among equal files those that keep their name are paired first, then the rest by source and path: the same files give
    the same pairs. Files without a hash have not moved.
    """
    in_use = set(fingerprints.values())
    origins = _by_content([record for record in gone if may_have_moved(record, fingerprints=in_use)])
    files = sorted(
        (change for change in added if change.candidate.external_id is None),
        key=lambda change: (change.source.source_id, change.candidate.path),
    )
    moved: list[Change] = []
    for same_name in (True, False):
        paired = {change.doc_id for change in moved}
        for change in files:
            source = change.source
            # What another pipeline made of the bytes would not be what this one makes of them.
            made = (source.tenant, change.candidate.content_hash, fingerprints[source.source_id])
            waiting = origins.get(made, [])
            origin = next((row for row in waiting if not same_name or _same_name(row, change)), None)
            if origin is not None and change.doc_id not in paired:
                waiting.remove(origin)
                moved.append(replace(change, moved_from=origin))
    return moved


def keeps_its_text(origin: DocumentRecord, path: str, *, redactor: Redactor) -> bool:
    """Whether parsing and redacting the same bytes at another path gives what is stored. Blocking.

    A parser takes from the path the suffix, and the stem for a title where the file states none: a title that is not the
    old stem is the file's own.
    """
    before, after = PurePosixPath(origin.path), PurePosixPath(path)
    if before.name == after.name:
        return True
    if before.suffix != after.suffix or origin.title == before.stem:
        return False
    stem = redactor.redact(ParsedDocument("", before.stem, origin.mime_type)).document.title
    return origin.title != stem


def carried_mentions(mentions: Sequence[Mention], *, path: str) -> list[Mention] | None:
    """What a moved document mentions at its new path; None if there are pseudonyms in the path that it did not mention."""
    known = {mention.token: mention for mention in mentions}
    carried = [mention for mention in mentions if mention.where is not MentionField.PATH]
    shift = 0
    for found in TOKEN.finditer(path):
        mention = known.get(found[0])
        if mention is None:
            return None
        original_start = found.start() - shift
        carried.append(
            replace(
                mention,
                where=MentionField.PATH,
                start=found.start(),
                end=found.end(),
                original_start=original_start,
                original_end=original_start + len(mention.value),
            )
        )
        shift += len(found[0]) - len(mention.value)
    return carried


_Content = tuple[str, str | None, str | None]


def _by_content(records: Sequence[DocumentRecord]) -> dict[_Content, list[DocumentRecord]]:
    """Records by tenant, bytes and pipeline."""
    found: dict[_Content, list[DocumentRecord]] = defaultdict(list)
    for record in sorted(records, key=lambda row: (row.source_id, row.path)):
        if record.content_hash is not None:
            found[record.tenant, record.content_hash, record.fingerprint].append(record)
    return found


def _same_name(record: DocumentRecord, change: Change) -> bool:
    return PurePosixPath(record.path).name == PurePosixPath(change.candidate.path).name
