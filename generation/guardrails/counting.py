"""How often rules apply: counts in this process, and a log line for each. Neither has a word of the text."""

import logging
import threading
from collections import Counter

from core import metrics
from core.answer_notes import note_decision
from core.guardrails import Action, GuardrailCount, Point

_log = logging.getLogger(__name__)


class GuardrailCounts:
    """Counts by point, rule and action. Rules are named by the policy alone, so there are no more counts than it has rules."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[Point, str, Action]] = Counter()
        self._lock = threading.Lock()

    def add(self, point: Point, rule: str, action: Action, *, score: float, count: int = 1) -> None:
        """A rule has applied `count` times."""
        with self._lock:
            self._counts[point, rule, action] += count
        note_decision(point, rule, action)
        metrics.guardrail(point.value, rule, action.value, count=count)
        _log.info(
            "guardrail: rule '%s' applied to %s, action %s, score %.2f",
            *(rule, point.value, action.value, score),
        )

    def snapshot(self) -> tuple[GuardrailCount, ...]:
        """All counts, by point, rule and action."""
        with self._lock:
            counted = sorted(self._counts.items())
        return tuple(GuardrailCount(*key, count) for key, count in counted)
