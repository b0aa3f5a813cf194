"""Notes on where products are used. The trade is in the document by its name, in the question by what is done there."""

import random
from dataclasses import dataclass

from evals.datasets.model import EvalCase, EvalDocument
from evals.golden.products.pages import FAMILIES, Chapter, Family, asked, dice, spread

_PLACES_PER_FAMILY = 7
_MODEL_QUESTIONS, _INTERVAL_QUESTIONS = 24, 12


@dataclass(frozen=True, slots=True)
class _Note:
    family: Family
    place: tuple[str, str]
    model: str
    months: int
    document: EvalDocument


_PLACES = (
    ("brewery", "where beer is made"),
    ("hospital", "where the sick are treated"),
    ("greenhouse", "where tomatoes grow under glass"),
    ("swimming pool", "where children learn to swim"),
    ("laundry", "where sheets and towels are washed"),
    ("ferry", "on board of a ship"),
    ("data centre", "where servers hum day and night"),
    ("quarry", "where stone is broken"),
    ("bakery", "where bread is made"),
    ("ice rink", "where people skate"),
)
_STRESSES = (
    "caustic cleaning agents", "fine dust", "vapour that condenses at night", "salt in the air", "loads that change by the minute",
    "heat below the roof", "long stand-stills",
)  # fmt: skip
_TEXT = (
    "Application note: the {noun} in a {place}.\n\nIn a {place} it is exposed to {stress}. We recommend the {model}. The smaller and the "
    "larger models of the {series} have been tried and were not as good: {reason}.\n\nService interval in a {place}: {months} months. "
    "Keep a spare {part} at hand."
)
_REASONS = (
    "they cycled too often",
    "they were oversized for most of the day",
    "their housings did not fit through the door",
    "they needed twice as much power",
)
_PARTS = ("shaft seal", "sensor cable", "filter cartridge", "cover gasket")


def applications() -> Chapter:
    """Notes by family and place."""
    rng = dice("applications")
    notes = [
        _note(family, place, rng) for family in FAMILIES for place in rng.sample(_PLACES, _PLACES_PER_FAMILY)
    ]
    cases = [
        *(_model_case(n, note, notes) for n, note in enumerate(spread(notes, _MODEL_QUESTIONS))),
        *(_interval_case(n, note, notes) for n, note in enumerate(spread(notes[1:], _INTERVAL_QUESTIONS))),
    ]
    return Chapter([note.document for note in notes], cases)


def _note(family: Family, place: tuple[str, str], rng: random.Random) -> _Note:
    model, months = rng.choice(family.models), rng.randrange(3, 37)
    text = _TEXT.format(
        noun=family.noun,
        place=place[0],
        stress=rng.choice(_STRESSES),
        model=model,
        series=family.series,
        reason=rng.choice(_REASONS),
        months=months,
        part=rng.choice(_PARTS),
    )
    doc_id = f"application/{family.prefix}-{place[0].replace(' ', '-')}".lower()
    document = EvalDocument(doc_id, f"{family.noun.capitalize()} in a {place[0]}", text)
    return _Note(family, place, model, months, document)


def _near(note: _Note, notes: list[_Note]) -> list[EvalDocument]:
    same_family = [one.document for one in notes if one.family is note.family and one is not note]
    same_place = [one.document for one in notes if one.place == note.place and one is not note]
    return [*same_family[:3], *same_place[:3]]


def _model_case(number: int, note: _Note, notes: list[_Note]) -> EvalCase:
    return asked(
        f"place-{number:02}",
        f"Which {note.family.noun} is right {note.place[1]}?",
        gold=[note.document],
        tags=("kind:paraphrase", "search:meaning", "document:application"),
        answer=note.model,
        quote=f"We recommend the {note.model}.",
        wrong=_near(note, notes),
    )


def _interval_case(number: int, note: _Note, notes: list[_Note]) -> EvalCase:
    return asked(
        f"interval-{number:02}",
        f"What is the service interval of a {note.family.noun} in a {note.place[0]}?",
        gold=[note.document],
        tags=("kind:number", "search:both", "document:application"),
        answer=f"{note.months} months",
        quote=f"Service interval in a {note.place[0]}: {note.months} months.",
        wrong=_near(note, notes),
    )
