"""One system on one set, in the process that this is: `python -m evals.peers.process JOB OUTCOME`.

The benchmark starts it under Folio's interpreter for Folio and under that of the peers for them.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from evals.peers.exchange import Job, Outcome, read_job, write_outcome
from evals.peers.measuring import System, measured

FOLIO, FOLIO_SEARCH = "Folio", "Folio, search alone"
LLAMA_INDEX, LLAMA_INDEX_SCORES = "LlamaIndex", "LlamaIndex, scores"
TXTAI, TEXTBOOK = "txtai", "textbook"
FOLIO_SYSTEMS = (FOLIO, FOLIO_SEARCH)
PEERS = (LLAMA_INDEX, LLAMA_INDEX_SCORES, TXTAI, TEXTBOOK)


async def outcome_of(job: Job) -> Outcome:
    """What the job's system does on the job's set."""
    if job.system in FOLIO_SYSTEMS:
        from evals.peers.systems.folio_served import measured_folio

        return await measured_folio(job, search_alone=job.system == FOLIO_SEARCH)
    return await measured(_peer(job), job)


def _peer(job: Job) -> System:
    if job.system == TXTAI:
        from evals.peers.systems.txtai_hybrid import TxtaiHybrid

        return TxtaiHybrid(chunk_tokens=job.chunk_tokens)
    if job.system == TEXTBOOK:
        from evals.peers.systems.textbook_stack import TextbookStack

        return TextbookStack(chunk_tokens=job.chunk_tokens)
    from evals.peers.systems.llama_index_fusion import RANKS, SCORES, LlamaIndexFusion

    mode = SCORES if job.system == LLAMA_INDEX_SCORES else RANKS
    return LlamaIndexFusion(chunk_tokens=job.chunk_tokens, reranker=job.reranker, mode=mode)


def main(arguments: Sequence[str]) -> int:
    """Read the job, write the outcome."""
    job_file, outcome_file = map(Path, arguments)
    write_outcome(asyncio.run(outcome_of(read_job(job_file))), outcome_file)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
