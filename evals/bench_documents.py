"""Index folders of real files into a fresh knowledge base and tell, per format, what became of them and how long it took.

python -m evals.bench_documents FOLDER... [--json]
"""

import argparse
import asyncio
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

import orjson

from core.config import Settings, load_settings
from core.documents import DocumentRecord, DocumentState
from core.runs import IngestReport
from folio.knowledge_base import KnowledgeBase

_PAGE_COUNT = 500


@dataclass(frozen=True, slots=True)
class FormatRow:
    """What became of the files of one format; `seconds` is the sum of the time each of them took."""

    file_format: str
    file_count: int
    indexed_count: int
    failed_count: int
    chunk_count: int
    seconds: float


def by_format(records: Sequence[DocumentRecord]) -> list[FormatRow]:
    """One row per file extension, the most frequent first."""
    groups: dict[str, list[DocumentRecord]] = defaultdict(list)
    for record in records:
        groups[PurePosixPath(record.path).suffix.lower().lstrip(".") or "(none)"].append(record)
    rows = [_row(name, members) for name, members in groups.items()]
    return sorted(rows, key=lambda row: (-row.file_count, row.file_format))


async def measure(settings: Settings, folders: Sequence[Path]) -> tuple[IngestReport, list[DocumentRecord]]:
    """Index the folders; the report and every document's record."""
    async with KnowledgeBase(settings) as kb:
        report = await kb.ingest(folders)
        records: list[DocumentRecord] = []
        while page := await kb.documents(limit=_PAGE_COUNT, after=records[-1].doc_id if records else None):
            records += page
    return report, records


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as home:
        report, records = asyncio.run(measure(load_settings(home=Path(home)), options.folders))
    rows = by_format(records)
    sys.stdout.write(_as_json(report, rows) if options.json else _as_text(report, rows))


def _row(file_format: str, records: Sequence[DocumentRecord]) -> FormatRow:
    indexed = [record for record in records if record.state is DocumentState.INDEXED]
    return FormatRow(
        file_format=file_format,
        file_count=len(records),
        indexed_count=len(indexed),
        failed_count=len(records) - len(indexed),
        chunk_count=sum(record.chunk_count for record in indexed),
        seconds=round(sum(record.seconds for record in records), 2),
    )


def _as_json(report: IngestReport, rows: Sequence[FormatRow]) -> str:
    failures = [asdict(failure) for failure in report.failed]
    table = [asdict(row) for row in rows]
    return orjson.dumps({"formats": table, "failed": failures, "seconds": report.seconds}).decode() + "\n"


def _as_text(report: IngestReport, rows: Sequence[FormatRow]) -> str:
    lines = ["| format | files | indexed | reported | chunks | seconds |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.file_format} | {row.file_count} | {row.indexed_count} | {row.failed_count} | {row.chunk_count} | {row.seconds} |"
        for row in rows
    ]
    lines += ["", f"{report.added} indexed, {report.chunk_count} chunks, {report.seconds:.1f} s in all", ""]
    lines += [f"- {failure.path}: {failure.reason}" for failure in report.failed]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
