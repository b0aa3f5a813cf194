"""Makes cases of a knowledge base: drafts by rules, a choice of them, and what Folio's own search says of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.access import AccessLabel
from core.errors import InvalidInputError
from evals.datasets.model import EvalCase, Reader
from evals.making.access import is_open, may_case, may_not_case, readable
from evals.making.choosing import chosen
from evals.making.distinct import Corpus
from evals.making.drafts import Draft, GraphNotes, ReadDocument, case_of, made_id, tags_of
from evals.making.negatives import with_negatives
from evals.making.questions import all_drafts
from evals.making.unanswerable import unanswerable_drafts
from evals.making.verifying import Probe

if TYPE_CHECKING:
    from evals.making.headings import Parse

_TRIES_PER_CASE = 6


@dataclass(frozen=True, slots=True)
class MakeOptions:
    """How many cases are wanted, and of what.

    Attributes:
        count: Cases, those for readers who may not read included on top.
        per_document: Most of one document.
        unanswerable_share: Which share of them nothing is to answer.
        negative_count: Most hard negatives of a case.
        seed: Another one chooses others.
    """

    count: int = 100
    per_document: int = 8
    unanswerable_share: float = 0.2
    negative_count: int = 3
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Made:
    """Cases, how many drafts there were by kind, and how many unanswerable ones Folio took for answered."""

    cases: tuple[EvalCase, ...]
    draft_counts: Mapping[str, int]
    answered_count: int = 0
    other_language_count: int = 0


class Maker:
    """Makes cases over documents that were read."""

    def __init__(
        self, documents: Sequence[ReadDocument], prober: Probe, *, usual: Reader, options: MakeOptions
    ) -> None:
        """`usual` is whoever asks where a case names nobody: the operator."""
        self._corpus = Corpus(documents)
        self._documents = documents
        self._labels: dict[str, AccessLabel] = {one.doc_id: one.access for one in documents}
        self._texts = {one.doc_id: one.text for one in documents}
        self._prober = prober
        self._usual = usual
        self._options = options

    async def made(self, *, parse: "Parse | None", notes: GraphNotes) -> Made:
        """The cases, in the order in which they were chosen.

        Raises:
            InvalidInputError: Nothing can be asked about these documents.
        """
        drafts = all_drafts(self._documents, self._corpus, parse=parse, notes=notes)
        if not drafts:
            raise InvalidInputError(
                "no question could be made of the documents: rules need headings, tables or sentences in English; "
                "write cases by hand, see docs/golden-sets.md"
            )
        wanted = self._options
        empty_count = round(wanted.count * wanted.unanswerable_share)
        picked = chosen(
            drafts, count=wanted.count - empty_count, per_document=wanted.per_document, seed=wanted.seed
        )
        answerable = [case for draft in picked for case in await self._cases(draft)]
        empty, answered_count = await self._unanswerable(drafts, empty_count)
        counts = {
            kind: sum(one.kind == kind for one in drafts) for kind in sorted({one.kind for one in drafts})
        }
        others = sum(one.language not in {"en", "de"} for one in self._documents)
        return Made((*answerable, *empty), counts, answered_count, others)

    async def _cases(self, draft: Draft) -> list[EvalCase]:
        document = self._corpus.documents[draft.doc_id]
        same = sorted(self._corpus.having(draft.quote) - {draft.doc_id}) if draft.quote else []
        case = case_of(draft, document, more=tuple(same))
        if is_open(document.access, self._usual):
            open_grades = readable(case.grades, self._labels, self._usual)
            return [await self._with_negatives(replace(case, grades=open_grades))]
        may = may_case(case, document.access)
        reader = may.reader or self._usual
        cases = [await self._with_negatives(replace(may, grades=readable(may.grades, self._labels, reader)))]
        may_not = may_not_case(case, document.access)
        if not await self._prober.is_answered(may_not.question, may_not.reader):
            cases.append(may_not)
        return cases

    async def _unanswerable(self, drafts: Sequence[Draft], count: int) -> tuple[list[EvalCase], int]:
        found: list[EvalCase] = []
        answered = 0
        readable_drafts = [one for one in drafts if is_open(self._labels[one.doc_id], self._usual)]
        candidates = unanswerable_drafts(readable_drafts, self._corpus, seed=self._options.seed)
        for draft in _by_turns(candidates)[: count * _TRIES_PER_CASE]:
            if len(found) >= count:
                break
            if await self._prober.is_answered(draft.question):
                answered += 1
                continue
            case = EvalCase(
                made_id(draft.kind, draft.question),
                draft.question,
                tags=tags_of(draft.kind, draft.language, self._corpus.documents[draft.doc_id].path),
                answerable=False,
                origin="unanswerable",
            )
            found.append(await self._with_negatives(case))
        return found, answered

    async def _with_negatives(self, case: EvalCase) -> EvalCase:
        hits = await self._prober.hits(case.question, case.reader)
        return with_negatives(case, hits, self._texts, count=self._options.negative_count)


def _by_turns(drafts: Sequence[Draft]) -> list[Draft]:
    """One of each kind after the other, as long as there are some."""
    kinds = {
        kind: [one for one in drafts if one.kind == kind] for kind in sorted({one.kind for one in drafts})
    }
    most = max((len(some) for some in kinds.values()), default=0)
    return [some[turn] for turn in range(most) for some in kinds.values() if turn < len(some)]
