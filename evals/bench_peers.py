"""Folio beside LlamaIndex, txtai and the textbook stack: the same texts, questions and embedding model, in one run.

python -m evals.bench_peers [--data FOLDER] [--sets NAME ...] [--quick] [--reranker FOLDER] [--write FILE]

Every system runs on every set in a process of its own, one after the other; peers under an interpreter with their own packages
(`make bench-peers` makes one). Measured are quality, seconds to index, seconds to answer and memory.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.clock import SystemClock
from core.errors import FolioError, SettingsError
from evals.peers.corpora import Corpus, corpora, reduced
from evals.peers.exchange import Job, Outcome, read_outcome, write_job
from evals.peers.page import Page, as_markdown, machine_line, readme_table, written_between
from evals.peers.process import FOLIO_SYSTEMS, PEERS
from evals.peers.results import Result

_ROOT = Path(__file__).parents[1]
_PEERS_PYTHON = _ROOT / ".venv-peers" / "bin" / "python"
# The most that Folio embeds at once with the default settings: 230 tokens of text, with title and headings 254.
CHUNK_TOKENS = 254
_QUICK_QUESTIONS, _QUICK_DOCUMENTS = 20, 60
_ERROR_LINES = 15


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured. `systems`: by default all."""

    peers_python: Path = _PEERS_PYTHON
    data: Path | None = None
    sets: Sequence[str] = ()
    systems: Sequence[str] = field(default=(*FOLIO_SYSTEMS, *PEERS))
    reranker: str = ""
    quick: bool = False


def results(plan: Plan) -> Iterator[Result]:
    """What came of each system on each set, one after the other.

    Raises:
        SettingsError: The peers are not installed, or a set cannot be read.
        FolioError: A system's process failed; the message has its last lines.
    """
    check_peers(plan)
    for corpus in corpora(plan.data, plan.sets):
        asked = _reduced(corpus) if plan.quick else corpus
        for system in plan.systems:
            yield Result(system, asked, run(job_of(system, asked, plan), peers_python=plan.peers_python))


def check_peers(plan: Plan) -> None:
    """Raise SettingsError where a peer is to be measured and has no interpreter."""
    if set(plan.systems) & set(PEERS) and not plan.peers_python.exists():
        msg = f"'{plan.peers_python}' does not exist: `make bench-peers` installs the peers, or name their Python with --peers-python"
        raise SettingsError(msg)


def job_of(system: str, corpus: Corpus, plan: Plan) -> Job:
    """What a system's process is told."""
    return Job(system, corpus.documents, corpus.questions, CHUNK_TOKENS, plan.reranker)


def run(job: Job, *, peers_python: Path) -> Outcome:
    """The outcome of a job in a process of its own.

    Raises:
        FolioError: The process failed.
    """
    python = sys.executable if job.system in FOLIO_SYSTEMS else str(peers_python)
    with tempfile.TemporaryDirectory() as folder:
        told, heard = Path(folder) / "job.json", Path(folder) / "outcome.json"
        write_job(job, told)
        command = [python, "-m", "evals.peers.process", str(told), str(heard)]
        ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if ended.returncode:
            lines = "\n".join(ended.stderr.splitlines()[-_ERROR_LINES:])
            raise FolioError(f"{job.system} failed with exit code {ended.returncode}:\n{lines}")
        return read_outcome(heard)


def _reduced(corpus: Corpus) -> Corpus:
    return reduced(corpus, question_count=_QUICK_QUESTIONS, document_count=_QUICK_DOCUMENTS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the page if one is named."""
    options = _parser().parse_args(arguments)
    plan = Plan(
        options.peers_python,
        options.data,
        tuple(options.sets),
        tuple(options.systems),
        str(options.reranker or ""),
        options.quick,
    )
    measured: list[Result] = []
    machine = machine_line()
    try:
        for result in results(plan):
            measured.append(result)
            sys.stderr.write(result.line() + "\n")
    except FolioError as error:
        sys.stderr.write(f"{error}\n")
        if measured:
            # What was measured before may have taken an hour; it is shown, and no page is written.
            sys.stdout.write(as_markdown(_page(measured, machine, plan)))
        return 2
    return _show(_page(measured, machine, plan), options)


def _page(measured: Sequence[Result], machine: str, plan: Plan) -> Page:
    return Page(tuple(measured), machine, SystemClock().now().date(), CHUNK_TOKENS, bool(plan.reranker))


def _show(page: Page, options: argparse.Namespace) -> int:
    text, table = as_markdown(page), readme_table(page)
    sys.stdout.write(f"{text}\n{table}\n")
    try:
        if options.write:
            options.write.write_text(text, encoding="utf-8")
        if options.readme:
            written_between(options.readme, table)
    except (FolioError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.bench_peers", description=(__doc__ or "").split("\n", 1)[0]
    )
    parser.add_argument(
        "--data", type=Path, help="folder with retrieval sets, measured beside the packaged ones"
    )
    parser.add_argument("--sets", nargs="+", default=[], help="names of sets; default: all")
    parser.add_argument(
        "--systems", nargs="+", default=[*FOLIO_SYSTEMS, *PEERS], choices=[*FOLIO_SYSTEMS, *PEERS]
    )
    parser.add_argument("--quick", action="store_true", help="20 questions over 60 documents: does it run?")
    parser.add_argument("--reranker", type=Path, help="folder of a cross-encoder, for LlamaIndex and Folio")
    parser.add_argument(
        "--peers-python", type=Path, default=_PEERS_PYTHON, help="interpreter that has the peers"
    )
    parser.add_argument("--write", type=Path, help="the page to write, docs/peers.md")
    parser.add_argument(
        "--readme", type=Path, help="a page with the marks `<!-- peers -->` and `<!-- /peers -->`"
    )
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
