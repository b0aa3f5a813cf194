"""What is counted of answers: sentences by kind, and citations that lead to their words. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.answers import Answer, AnswerStatus
from evals.answer_eval.adversary import Lie


@dataclass(slots=True)
class Counts:
    """Over all answers. `written`, `kept` and `is_true` are by kind of sentence."""

    answers: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    is_true: dict[str, bool] = field(default_factory=dict)
    sentence_count: int = 0
    unknown_count: int = 0
    unborne_count: int = 0
    citation_count: int = 0
    resolved_count: int = 0

    def add_written(self, lies: Mapping[str, Lie]) -> None:
        """Count what a model wrote for a question."""
        for lie in lies.values():
            self.written[lie.kind] += 1
            self.is_true[lie.kind] = lie.is_true

    def add(self, answer: Answer, lies: Mapping[str, Lie], stored: Mapping[str, str]) -> None:
        """Count an answer. `stored` are the texts of the documents, by the id that they have in the set."""
        self.answers[answer.status] += 1
        resolved = [
            stored[one.external_id or ""][one.start : one.end] == one.quote and bool(one.quote.strip())
            for one in answer.citations
        ]
        self.citation_count += len(resolved)
        self.resolved_count += sum(resolved)
        for sentence in answer.sentences:
            self.sentence_count += 1
            self.unborne_count += not any(resolved[number - 1] for number in sentence.citations)
            lie = lies.get(sentence.text)
            if lie is None:
                self.unknown_count += 1
            else:
                self.kept[lie.kind] += 1

    @property
    def false_kept_count(self) -> int:
        """Sentences that were shown and must not be."""
        return sum(count for kind, count in self.kept.items() if not self.is_true[kind]) + self.unknown_count

    @property
    def false_count(self) -> int:
        """Sentences that must not be shown."""
        return sum(count for kind, count in self.written.items() if not self.is_true[kind])


def table(name: str, counts: Counts) -> str:
    """The counts as Markdown."""
    lines = [f"## {name}", "", "| a sentence that is | written | shown | share |", "|---|---|---|---|"]
    for kind in sorted(counts.written, key=lambda one: (not counts.is_true[one], one)):
        written, kept = counts.written[kind], counts.kept[kind]
        lines.append(f"| {kind} | {written} | {kept} | {kept / written:.3f} |")
    statuses = ", ".join(f"{counts.answers[status]} {status}" for status in AnswerStatus)
    return "\n".join(
        [
            *lines,
            "",
            f"{counts.answers.total()} answers: {statuses}; {counts.sentence_count} sentences shown.",
            f"Citations that are the stored words at their offsets: {counts.resolved_count} of {counts.citation_count}.",
            f"Sentences shown without such a citation: {counts.unborne_count}.",
            f"False sentences shown: {counts.false_kept_count} of {counts.false_count} that were written.",
        ]
    )
