"""Judges that ask no model: Folio's own check of citations, and shared words. What a model has to beat to be worth its price."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core import ids
from evals.judge.cases import JudgedCase
from generation.checking.numbers import figures_stand
from generation.checking.support import LEAST_SUPPORT, support

_WORDS = re.compile(r"[^\W_]{3,}")
CHECKER, WORDS = "folio-checker", "shared-words"


@dataclass(frozen=True, slots=True)
class CheckerMetric:
    """Implements JudgedMetric: the weighted share of the statement's words in the passages, 0 where a figure or a name differs."""

    name: str = CHECKER
    model: str = ""
    version: str = ids.fingerprint({"least_support": LEAST_SUPPORT})

    def inputs(self, case: JudgedCase) -> Mapping[str, object]:
        """What is compared."""
        return {"statement": case.answer, "passages": list(case.passages)}

    async def score(self, case: JudgedCase, *, repeat: int) -> float:  # noqa: ARG002 - of the protocol
        """See `generation.checking.support`."""
        context, evidence = case.passages[0], "\n".join(case.passages[1:])
        if not figures_stand(case.answer, f"{evidence}\n{context}"):
            return 0.0
        return support(case.answer, evidence, context=context).score


@dataclass(frozen=True, slots=True)
class WordsMetric:
    """Implements JudgedMetric: the share of the statement's words that the passages have."""

    name: str = WORDS
    model: str = ""
    version: str = "1"

    def inputs(self, case: JudgedCase) -> Mapping[str, object]:
        """What is compared."""
        return {"statement": case.answer, "passages": list(case.passages)}

    async def score(self, case: JudgedCase, *, repeat: int) -> float:  # noqa: ARG002 - of the protocol
        """Words of three letters and more, each once."""
        wanted = set(_WORDS.findall(case.answer.lower()))
        found = set(_WORDS.findall("\n".join(case.passages).lower()))
        return len(wanted & found) / len(wanted) if wanted else 0.0
