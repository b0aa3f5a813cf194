"""Whether anything is told to readers who may not read it: searches, answers and the graph, by each case's reader and random ones."""

import random
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial

from core.access import Principal, Tier
from core.errors import NotFoundError
from evals.datasets.model import EvalCase
from evals.runs import CaseScores, Part, Stage
from evals.scorecard.indexing import SetIndex
from evals.scorecard.together import together
from evals.scorecard.world import World
from folio.graph_names import AmbiguousNameError

_SEED = 20_261
_STRANGERS = 8
_QUESTIONS_EACH = 8
_ENTITIES = 15
_LIMIT = 50
_ANSWERED_EACH = 5


async def measure(world: World) -> list[Part]:
    """A part for each set. A case with a reader of its own is asked by the operator of a knowledge base that is open to all, too."""
    return [await part_of(index) for index in await world.indexes()]


async def part_of(index: SetIndex) -> Part:
    """The part of one set: its cases, strangers who ask some of its questions, and what each kind of reader sees of the graph."""
    readers = strangers(labels_of(index), count=_STRANGERS, seed=_SEED)
    known = sorted({index.reader(case) for case in index.data.cases}, key=repr)
    rows = [
        *await together(partial(_case, index), enumerate(index.data.cases)),
        *await together(partial(_stranger, index), enumerate(readers)),
        *await together(partial(_graph, index), enumerate([*known, *readers])),
    ]
    return Part(Stage.ACCESS, index.data.name, index.data.version, tuple(rows))


def labels_of(index: SetIndex) -> list[str]:
    """The groups that any document demands, sorted."""
    return sorted({group for one in index.documents.values() for group in one.label.groups})


def strangers(groups: Sequence[str], *, count: int, seed: int) -> list[Principal]:
    """Readers drawn at random: of the tenant and of another, with every clearance, with groups that documents demand or do not."""
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    known = [*groups, "somebody-elses"]
    return [
        Principal(
            chance.choice(("default", "default", "default", "another-tenant")),
            f"stranger-{number}",
            chance.choice(list(Tier)),
            frozenset(chance.sample(known, k=chance.randrange(len(known)))),
        )
        for number in range(count)
    ]


async def _case(index: SetIndex, numbered: tuple[int, EvalCase]) -> CaseScores:
    """A case's search, and its answer; of sets of which no answers are measured, every fifth answer."""
    number, case = numbered
    who, told = index.reader(case), list(await index.served(case))
    if index.has_answers or number % _ANSWERED_EACH == 0:
        answer = await index.answer(case)
        told += [one.doc_id for one in answer.citations]
    return CaseScores(case.case_id, {"leaks": float(_leaks(index, who, told))}, ("by:case", *case.tags))


async def _stranger(index: SetIndex, numbered: tuple[int, Principal]) -> CaseScores:
    number, who = numbered
    cases = index.data.cases
    count = min(_QUESTIONS_EACH, len(cases))
    asked = [cases[(number + step * _STRANGERS) % len(cases)] for step in range(count)]
    found = [doc_id for case in asked for doc_id in await _found(index, case.question, who)]
    answer = await index.kb.answer(asked[0].question, principal=who)
    leaks = _leaks(index, who, [*found, *(one.doc_id for one in answer.citations)])
    return CaseScores(f"stranger-{number:02}", {"leaks": float(leaks)}, ("by:stranger",))


async def _found(index: SetIndex, question: str, who: Principal) -> list[str]:
    found = await index.kb.search(question, limit=_LIMIT, principal=who)
    return [hit.doc_id for hit in found.hits]


async def _graph(index: SetIndex, numbered: tuple[int, Principal]) -> CaseScores:
    number, who = numbered
    desk = await index.kb.graph(principal=who)
    told: list[str] = []
    for entity in (await desk.entities(limit=_ENTITIES)).entities:
        # Two entities may have the name of which one is the key.
        with suppress(NotFoundError, AmbiguousNameError):
            told += [hit.doc_id for hit in await desk.evidence(entity.key, limit=_LIMIT)]
    leaks = float(_leaks(index, who, told))
    return CaseScores(f"graph-{number:02}", {"leaks": leaks}, ("by:graph",))


def _leaks(index: SetIndex, who: Principal, doc_ids: Iterable[str]) -> int:
    """How many of these passages the reader may not read. One of no document that is known counts, too."""
    known = index.documents
    return sum(one not in known or not known[one].label.readable_by(who) for one in doc_ids)
