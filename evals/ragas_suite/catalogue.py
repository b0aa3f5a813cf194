"""The RAGAS metrics by name. None may decide a gate, whatever a calibration says: what they measure is not ours to fix."""

from evals.metrics.catalogue import Metric


def _metric(name: str, title: str, description: str) -> Metric:
    return Metric(name, title, "higher", description, gates=False)


WITH_JUDGE: dict[str, Metric] = {
    one.name: one
    for one in (
        _metric(
            "ragas_faithfulness",
            "RAGAS faithfulness",
            "share of the answer's statements that its passages bear out",
        ),
        _metric(
            "ragas_answer_relevancy",
            "RAGAS answer relevancy",
            "likeness of the question to questions that the answer would answer",
        ),
        _metric(
            "ragas_context_precision",
            "RAGAS context precision",
            "mean precision at the passages that help to the gold answer",
        ),
        _metric(
            "ragas_context_recall",
            "RAGAS context recall",
            "share of the gold answer's statements that the passages bear out",
        ),
    )
}
"""Those that ask a language model."""

WITHOUT_JUDGE: dict[str, Metric] = {
    one.name: one
    for one in (
        _metric(
            "ragas_nonllm_context_precision",
            "RAGAS context precision (no model)",
            "mean precision at the passages that look like a gold passage (Levenshtein)",
        ),
        _metric(
            "ragas_nonllm_context_recall",
            "RAGAS context recall (no model)",
            "share of the gold passages that a passage looks like (Levenshtein)",
        ),
        _metric(
            "ragas_id_context_precision",
            "RAGAS context precision (ids)",
            "share of the found documents that are relevant",
        ),
        _metric(
            "ragas_id_context_recall",
            "RAGAS context recall (ids)",
            "share of the relevant documents that were found",
        ),
        _metric(
            "ragas_string_similarity",
            "RAGAS string similarity",
            "1 - normalised Levenshtein distance of answer and gold answer",
        ),
        _metric(
            "ragas_exact_match", "RAGAS exact match", "whether the answer is the gold answer, to the letter"
        ),
        _metric(
            "ragas_rouge_l",
            "RAGAS ROUGE-L",
            "F-measure of the longest common subsequence (needs rouge_score)",
        ),
        _metric("ragas_bleu", "RAGAS BLEU", "BLEU of answer and gold answer (needs sacrebleu)"),
    )
}
"""Those that ask nobody."""

RAGAS_METRICS: dict[str, Metric] = WITH_JUDGE | WITHOUT_JUDGE
