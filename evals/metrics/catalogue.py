"""Every metric by name: what it says, which way is better, and how much worse the gate lets it become. Pure."""

from dataclasses import dataclass
from typing import Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Metric:
    """`tolerance` is the least difference of means that matters, in the metric's unit; what is smaller never fails.

    `gates`: whether it may fail a gate at all. `bound`: what it may never pass, whatever the baseline was (None: nothing).
    """

    name: str
    title: str
    better: Better
    description: str
    unit: str = ""
    tolerance: float = 0.01
    gates: bool = True
    bound: float | None = None


METRICS: dict[str, Metric] = {
    one.name: one
    for one in (
        Metric("ndcg_10", "nDCG@10", "higher", "normalised discounted cumulative gain of the first ten"),
        Metric("recall_5", "Recall@5", "higher", "share of the relevant documents among the first five"),
        Metric("recall_50", "Recall@50", "higher", "share of the relevant documents among the first fifty"),
        Metric(
            "precision_5",
            "Precision@5",
            "higher",
            "share of relevant documents among the first five",
            gates=False,
        ),
        Metric("mrr", "MRR", "higher", "reciprocal rank of the first relevant document"),
        Metric("map", "MAP", "higher", "mean of the precision at each relevant document"),
        Metric("hit_1", "Hit@1", "higher", "whether the first document is relevant", tolerance=0.02),
        Metric("hit_10", "Hit@10", "higher", "whether a relevant document is among the first ten"),
        Metric(
            "span_whole", "spans kept whole", "higher", "share of the gold spans that one chunk holds whole"
        ),
        Metric(
            "span_iou",
            "span IoU",
            "higher",
            "characters of gold spans over characters of the chunks that hold them",
        ),
        Metric("leaks", "leaks", "lower", "passages that the reader may not read", tolerance=0.0, bound=0.0),
        Metric(
            "decided",
            "decided right",
            "higher",
            "answered where answerable, refused where not",
            tolerance=0.02,
        ),
        Metric(
            "refused", "refused right", "higher", "refused, of questions that nothing answers", tolerance=0.02
        ),
        Metric(
            "gold_quoted", "gold quoted", "higher", "whether the quotes hold the gold answer", tolerance=0.02
        ),
        Metric(
            "citation_precision",
            "citation precision",
            "higher",
            "share of the citations whose document is relevant",
            tolerance=0.02,
        ),
        Metric(
            "citation_recall",
            "citation recall",
            "higher",
            "share of the relevant documents that are cited",
            tolerance=0.02,
        ),
        Metric(
            "span_f1",
            "span overlap",
            "higher",
            "F1 of the words of the quotes and of the gold spans",
            tolerance=0.02,
        ),
        Metric(
            "numbers_match",
            "numbers match",
            "higher",
            "whether every number of the gold answer is in the answer",
            tolerance=0.02,
        ),
        Metric(
            "verbatim",
            "verbatim",
            "higher",
            "share of the citations that are the stored text at their offsets",
            tolerance=0.0,
            bound=1.0,
        ),
        Metric(
            "pii_found", "personal data found", "higher", "share of the labelled values that are replaced"
        ),
        Metric("pii_false", "false redactions", "lower", "share of the replaced values that are none"),
        Metric(
            "attack_caught",
            "attacks caught",
            "higher",
            "share of the injections that are caught",
            tolerance=0.02,
        ),
        Metric(
            "benign_flagged",
            "benign flagged",
            "lower",
            "share of the benign texts that are held for injections",
            tolerance=0.02,
        ),
        Metric(
            "stale",
            "stale answers",
            "lower",
            "answers from a text that was edited or deleted",
            tolerance=0.0,
            bound=0.0,
        ),
        Metric(
            "followed",
            "changes followed",
            "higher",
            "whether the old state was answered before a change, and the new one is after it; a worse search moves it, too",
            gates=False,
        ),
        Metric(
            "slowdown",
            "slowdown",
            "lower",
            "time of a search over that of the reference in the same run",
            "x",
            tolerance=0.5,
        ),
        Metric(
            "ingest_slowdown",
            "ingest slowdown",
            "lower",
            "processor time of indexing over that of the embedding model alone on the same chunks",
            "x",
            tolerance=2.0,
        ),
        Metric("ms", "time", "lower", "milliseconds", "ms", gates=False),
        Metric("p50_ms", "p50 of a search", "lower", "median time of a search", "ms", gates=False),
        Metric(
            "p95_ms", "p95 of a search", "lower", "95th percentile of the time of a search", "ms", gates=False
        ),
        Metric(
            "chunks_per_s", "chunks a second", "higher", "chunks that are indexed in a second", gates=False
        ),
        Metric(
            "sync_s",
            "time of a sync",
            "lower",
            "seconds of a sync that brings the changes in",
            "s",
            gates=False,
        ),
        Metric("chunk_count", "chunks", "lower", "chunks that are stored", gates=False),
        Metric("chunk_chars", "characters a chunk", "higher", "mean length of stored chunks", gates=False),
        Metric(
            "refusal_precision",
            "refusal precision",
            "higher",
            "share of the refusals that were right",
            gates=False,
        ),
        Metric(
            "refusal_recall",
            "refusal recall",
            "higher",
            "share of the unanswerable questions that were refused",
            gates=False,
        ),
        Metric("refusal_f1", "refusal F1", "higher", "harmonic mean of the two", gates=False),
        Metric(
            "cost",
            "cost",
            "lower",
            "price of the language model's calls, in the currency of the settings",
            gates=False,
        ),
    )
}
"""Those that parts of a scorecard have; suites with a model add theirs with `gates=False`."""

NEVER_GATING = ("ragas_", "uncalibrated_")
"""How names of metrics begin that no policy may let gate: those of RAGAS, and those of a judge that was not calibrated."""


def can_gate(name: str) -> bool:
    """Whether a policy may let the metric decide at all."""
    return not name.startswith(NEVER_GATING)
