"""Sheets of spare parts in two variants each, which differ in a letter of the number, the material and the figures."""

import random
from dataclasses import dataclass
from typing import NamedTuple

from evals.datasets.model import EvalCase, EvalDocument
from evals.golden.products.pages import FAMILIES, Chapter, Family, asked, dice, refused, spread

_TORQUE_QUESTIONS, _MATERIAL_QUESTIONS, _FOLLOWER_QUESTIONS, _TRAIT_QUESTIONS, _UNKNOWN = 20, 12, 10, 24, 8
_VARIANTS = "BC"
_KINDS = ("shaft seal", "bearing set", "main board", "sensor cable", "filter cartridge", "cover gasket")
_MATERIALS = (
    "EPDM",
    "FKM",
    "NBR",
    "PTFE",
    "bronze",
    "stainless steel 1.4404",
    "polyamide",
    "silicone",
    "ceramic",
)
_TRAITS = (
    ("is approved for drinking water", "may touch what people drink"),
    ("is resistant to mineral oil", "survives greasy surroundings"),
    ("is certified for explosive atmospheres of zone 2", "is allowed where the air may catch fire"),
    ("stays elastic down to minus 40 degrees Celsius", "does not turn brittle in an arctic winter"),
    ("is attenuated against structure-borne sound", "suits a ward where patients sleep"),
    ("resists chlorine up to 3 milligrams per litre", "can be used at a swimming bath"),
    ("withstands steam sterilisation", "can be cooked clean in a laboratory"),
    ("is fitted without any tool", "can be swapped with bare hands"),
)
_TEXT = (
    "{number} is the {kind} of the {series} {noun}s. It fits the models {models}.\n\nMaterial: {material}. Tightening torque: {torque} newton "
    "metres. Weight: {weight} grams. Shelf life: {years} years.\n\nThis variant {trait}. {history} It is packed in units of {pack}."
)


class _Variant(NamedTuple):
    """What two variants of a part differ in; `trait` as the sheet says it, and in other words."""

    number: str
    material: str
    torque: str
    trait: tuple[str, str]
    history: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    family: Family
    kind: str
    variant: _Variant
    document: EvalDocument

    @property
    def number(self) -> str:
        """The part number."""
        return self.variant.number


def parts() -> Chapter:
    """A sheet for each variant of each part of each family."""
    rng = dice("parts")
    pairs = [_pair(family, kind, rng) for family in FAMILIES for kind in _KINDS]
    sheets = [sheet for pair in pairs for sheet in pair]
    cases = [
        *(_torque_case(n, sheet, sheets) for n, sheet in enumerate(spread(sheets, _TORQUE_QUESTIONS))),
        *(
            _material_case(n, sheet, sheets)
            for n, sheet in enumerate(spread(sheets[3:], _MATERIAL_QUESTIONS))
        ),
        *(_follower_case(n, pair) for n, pair in enumerate(spread(pairs, _FOLLOWER_QUESTIONS))),
        *(_trait_case(n, sheet, sheets) for n, sheet in enumerate(spread(sheets[1:], _TRAIT_QUESTIONS))),
        *(_unknown_case(n, sheets) for n in range(_UNKNOWN)),
    ]
    return Chapter([sheet.document for sheet in sheets], cases)


def _pair(family: Family, kind: str, rng: random.Random) -> tuple[_Sheet, _Sheet]:
    """The older variant and its follower, of different material and trait."""
    stem = f"{family.prefix}{rng.randrange(1000, 9999)}"
    materials, traits = rng.sample(_MATERIALS, 2), rng.sample(_TRAITS, 2)
    torques = rng.sample(range(12, 180), 2)
    older, newer = (f"{stem}-{letter}" for letter in _VARIANTS)
    histories = ("It is delivered until stocks are used up.", f"It takes the place of {older}.")
    first, second = (
        _sheet(family, kind, _Variant(number, material, f"{torque / 10:.1f}", trait, history), rng)
        for number, material, torque, trait, history in zip(
            (older, newer), materials, torques, traits, histories, strict=True
        )
    )
    return first, second


def _sheet(family: Family, kind: str, variant: _Variant, rng: random.Random) -> _Sheet:
    text = _TEXT.format(
        number=variant.number,
        kind=kind,
        series=family.series,
        noun=family.noun,
        models=", ".join(family.models),
        material=variant.material,
        torque=variant.torque,
        weight=rng.randrange(5, 900),
        years=rng.randrange(2, 15),
        trait=variant.trait[0],
        history=variant.history,
        pack=rng.choice((1, 2, 5, 10, 20)),
    )
    document = EvalDocument(f"part/{variant.number}".lower(), f"Part {variant.number}", text)
    return _Sheet(family, kind, variant, document)


def _near(sheet: _Sheet, sheets: list[_Sheet]) -> list[EvalDocument]:
    """The other variant, and the same part of other families."""
    stem = sheet.number[:-1]
    other = [one.document for one in sheets if one.number[:-1] == stem and one is not sheet]
    return [*other, *(one.document for one in sheets if one.kind == sheet.kind and one.number[:-1] != stem)][
        :4
    ]


def _torque_case(number: int, sheet: _Sheet, sheets: list[_Sheet]) -> EvalCase:
    return asked(
        f"torque-{number:02}",
        f"With which torque is {sheet.number} tightened?",
        gold=[sheet.document],
        tags=("kind:identifier", "kind:number", "search:exact", "document:part"),
        answer=f"{sheet.variant.torque} newton metres",
        quote=f"Tightening torque: {sheet.variant.torque} newton metres.",
        wrong=_near(sheet, sheets),
    )


def _material_case(number: int, sheet: _Sheet, sheets: list[_Sheet]) -> EvalCase:
    return asked(
        f"material-{number:02}",
        f"{sheet.number} material",
        gold=[sheet.document],
        tags=("kind:identifier", "search:exact", "document:part"),
        answer=sheet.variant.material,
        quote=f"Material: {sheet.variant.material}.",
        wrong=_near(sheet, sheets),
    )


def _follower_case(number: int, pair: tuple[_Sheet, _Sheet]) -> EvalCase:
    """The sheet that has the number in its title does not answer."""
    older, newer = pair
    return asked(
        f"follower-{number:02}",
        f"Which part replaces {older.number}?",
        gold=[newer.document],
        tags=("kind:identifier", "kind:changed", "search:exact", "document:part"),
        answer=newer.number,
        quote=f"It takes the place of {older.number}.",
        wrong=[older.document],
    )


def _trait_case(number: int, sheet: _Sheet, sheets: list[_Sheet]) -> EvalCase:
    right = [
        one.document
        for one in sheets
        if (one.family, one.kind, one.variant.trait) == (sheet.family, sheet.kind, sheet.variant.trait)
        and one is not sheet
    ]
    return asked(
        f"trait-{number:02}",
        f"Which {sheet.kind} of a {sheet.family.noun} {sheet.variant.trait[1]}?",
        gold=[sheet.document, *right],
        tags=("kind:paraphrase", "search:both", "document:part"),
        answer=sheet.number,
        quote=f"This variant {sheet.variant.trait[0]}.",
        wrong=[one for one in _near(sheet, sheets) if one not in right],
    )


def _unknown_case(number: int, sheets: list[_Sheet]) -> EvalCase:
    """The number of a part in a variant that there is not."""
    stem = spread(sheets, _UNKNOWN)[number].number[:-1]
    return refused(
        f"nopart-{number:02}",
        f"With which torque is {stem}F tightened?",
        tags=("kind:identifier", "document:part"),
    )
