"""Has the questions of a set answered, as the service would, and takes along what the answers were made of."""

import asyncio
from collections.abc import Callable, Sequence

from core.answers import AnswerStatus
from core.search import Hit
from evals.datasets.model import CorpusKind, EvalCase, EvalSet
from evals.judge.cases import JudgedCase
from evals.running.asking import Place, name_of
from folio.answering import OnSearch, Question, answered

_AT_A_TIME = 4


async def collected(
    place: Place, eval_set: EvalSet, *, provider_of: Callable[[str], str] = str
) -> list[JudgedCase]:
    """Each case as it was answered, in order. `provider_of` names provider and model of an answer's `model`.

    A refusal has an empty answer. Nothing is recorded of the answers; the calls of the model that writes them are.

    Raises:
        FolioError: A store or the model that writes does not answer.
    """
    rooms = asyncio.Semaphore(_AT_A_TIME)

    async def one(case: EvalCase) -> JudgedCase:
        async with rooms:
            return await _collected(place, case, eval_set.corpus, provider_of)

    return list(await asyncio.gather(*map(one, eval_set.cases)))


async def _collected(
    place: Place, case: EvalCase, corpus: CorpusKind, provider_of: Callable[[str], str]
) -> JudgedCase:
    hits: dict[tuple[str, int, int], Hit] = {}

    async def found(more: Sequence[Hit]) -> None:
        hits.update({(one.doc_id, one.version, one.ordinal): one for one in more})

    who = case.reader.principal if case.reader else place.parts.settings.principal("evaluation")
    told = OnSearch(shown=found)
    answer = await answered(place.parts, Question(case.question), principal=who, told=told)
    # An answer that is kept from before was searched for by nobody.
    passages = tuple(one.text for one in hits.values()) or tuple(one.quote for one in answer.citations)
    return JudgedCase(
        case.case_id,
        case.question,
        "" if answer.status is AnswerStatus.REFUSED else answer.text,
        passages,
        case.answers[0] if case.answers else "",
        tuple(span.quote for span in case.spans),
        tuple(dict.fromkeys(name_of(corpus, one) for one in hits.values())),
        tuple(case.grades),
        case.tags,
        provider_of(answer.model) if answer.model else "",
    )
