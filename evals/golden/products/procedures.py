"""Procedures, the same for each family but for their figures, and questions that use none of their words."""

import random
from dataclasses import dataclass

from evals.datasets.model import EvalCase, EvalDocument
from evals.golden.products.pages import FAMILIES, Chapter, Family, asked, dice, spread

_NUMBER_QUESTIONS, _TASK_QUESTIONS = 16, 28


@dataclass(frozen=True, slots=True)
class _Kind:
    """`text` has a step with the figure {n}, which is `fact`; `ask` asks for it. `tasks` are what it is good for, in other words."""

    title: str
    text: str
    fact: str
    ask: str
    tasks: tuple[str, str]
    bounds: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Procedure:
    family: Family
    kind: _Kind
    figure: int
    document: EvalDocument


_KINDS = (
    _Kind("commissioning",
          "Commissioning of the {series} {noun}s.\n\n1. Compare the rating plate with the supply.\n2. Vent the housing.\n3. {fact}\n4. Enter date, "
          "language and site in the menu Start.\n5. Have the operator sign the report of acceptance.",
          "Run it without load for {n} minutes.", "How many minutes does a {noun} run without load at commissioning?",
          ("How do I bring a brand-new {noun} into service?", "The crate with the {noun} has arrived. What are the first steps until handover?"),
          (3, 45)),
    _Kind("decommissioning before winter",
          "Decommissioning of the {series} {noun}s before winter.\n\n1. Switch off and lock the isolator.\n2. Drain the housing and both lines.\n3. {fact}"
          "\n4. Leave the cocks half open.\n5. Hang the tag Drained on the isolator.",
          "Blow out the rest with air of {n} tenths of a bar.", "With which air pressure is a {noun} blown out before winter?",
          ("How does a {noun} get through the frost?", "Our cottage stays unheated from November on. What about the {noun} there?"), (4, 19)),
    _Kind("replacement of the bearings",
          "Replacement of the bearings of the {series} {noun}s.\n\n1. Take off the cover and mark the position of the rotor.\n2. Pull the old bearings.\n"
          "3. {fact}\n4. Push the new ones on without blows.\n5. Turn by hand: nothing may grind.",
          "Warm the new bearings to {n} degrees Celsius.", "To how many degrees are new bearings of a {noun} warmed?",
          ("The {noun} grinds. How do I renew what the shaft runs in?", "Which steps silence a worn {noun} for good?"), (60, 115)),
    _Kind("cleaning",
          "Cleaning of the {series} {noun}s.\n\n1. Close both cocks and release the pressure.\n2. Take out the insert.\n3. {fact}\n4. Rinse with clear "
          "water until it stays clear.\n5. Grease the gasket before you close the cover.",
          "Leave it in citric acid of {n} percent for an hour.", "Which strength has the citric acid for a {noun}?",
          ("There is a white crust in our {noun}. How does it come off?", "How is lime removed from a {noun}?"), (3, 12)),
    _Kind("check of accuracy",
          "Check of accuracy of the {series} {noun}s.\n\n1. Let it warm up for half an hour.\n2. Connect the reference.\n3. {fact}\n4. Note the largest "
          "deviation in the log of the unit.\n5. Above the limit, send it to the workshop.",
          "Compare {n} points, rising and falling.", "How many points are compared when the accuracy of a {noun} is checked?",
          ("I no longer trust what the {noun} shows. How do I find out?", "The auditor wants proof that our {noun} tells the truth. What is to be done?"),
          (3, 14)),
    _Kind("return to factory settings",
          "Return of the {series} {noun}s to factory settings.\n\n1. Write down the site data.\n2. Switch off.\n3. {fact}\n4. Wait for three flashes.\n5. "
          "Enter the site data again.",
          "Hold the key F and switch on; keep holding for {n} seconds.", "For how many seconds is the key F of a {noun} held?",
          ("Somebody has tampered with every option of the {noun}. How do I start over?", "We bought a used {noun} and want the former owner's values gone."),
          (4, 25)),
)  # fmt: skip


def procedures() -> Chapter:
    """One of each kind for each family."""
    rng = dice("procedures")
    found = [_procedure(family, kind, rng) for kind in _KINDS for family in FAMILIES]
    cases = [
        *(_number_case(n, one, found) for n, one in enumerate(spread(found, _NUMBER_QUESTIONS))),
        *(_task_case(n, one, found) for n, one in enumerate(spread(found[1:], _TASK_QUESTIONS))),
    ]
    return Chapter([one.document for one in found], cases)


def _procedure(family: Family, kind: _Kind, rng: random.Random) -> _Procedure:
    figure = rng.randint(*kind.bounds)
    text = kind.text.format(series=family.series, noun=family.noun, fact=kind.fact.format(n=figure))
    title = f"{family.series}: {kind.title}"
    document = EvalDocument(f"procedure/{family.prefix}-{kind.title.replace(' ', '-')}".lower(), title, text)
    return _Procedure(family, kind, figure, document)


def _near(one: _Procedure, found: list[_Procedure]) -> list[EvalDocument]:
    same_family = [other.document for other in found if other.family is one.family and other is not one]
    same_kind = [other.document for other in found if other.kind is one.kind and other is not one]
    return [*same_family[:3], *same_kind[:3]]


def _number_case(number: int, one: _Procedure, found: list[_Procedure]) -> EvalCase:
    return asked(
        f"step-{number:02}",
        one.kind.ask.format(noun=f"{one.family.models[number % 3]} {one.family.noun}"),
        gold=[one.document],
        tags=("kind:number", "search:both", "document:procedure"),
        answer=str(one.figure),
        quote=one.kind.fact.format(n=one.figure),
        wrong=_near(one, found),
    )


def _task_case(number: int, one: _Procedure, found: list[_Procedure]) -> EvalCase:
    return asked(
        f"task-{number:02}",
        one.kind.tasks[number % 2].format(noun=one.family.noun),
        gold=[one.document],
        tags=("kind:paraphrase", "search:meaning", "document:procedure"),
        quote=one.kind.fact.format(n=one.figure),
        wrong=_near(one, found),
    )
