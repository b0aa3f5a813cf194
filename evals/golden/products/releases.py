"""Release notes of the firmware of each family, five versions that change the same settings again and again."""

import random
from dataclasses import dataclass

from evals.datasets.model import EvalCase, EvalDocument
from evals.golden.products.pages import FAMILIES, Chapter, Family, asked, dice, refused, spread

_VERSIONS = ("2.4", "2.5", "3.0", "3.1", "3.2")
_IN_VERSION, _CURRENT, _FEATURES, _UNKNOWN = 20, 16, 16, 6
_SETTINGS = (
    ("log interval", "seconds", (5, 600)),
    ("restart delay", "seconds", (2, 180)),
    ("alarm hysteresis", "percent", (1, 20)),
    ("display timeout", "minutes", (1, 60)),
    ("telegram timeout", "milliseconds", (50, 2000)),
    ("damping", "seconds", (1, 30)),
)
_FEATURES_BY_NAME = (
    ("remote restart", "switch it off and on again from home"),
    ("export of the log as CSV", "open the recorded messages in a spreadsheet"),
    ("encrypted telegrams", "keep others from listening in on the line"),
    ("user roles", "give the night shift fewer rights than the foreman"),
    ("automatic summer time", "stop changing the clock by hand every spring"),
    ("backup of parameters to the display", "get all settings back after a board has died"),
    ("trend curves", "see at a glance how the last days went"),
    ("messages in Polish and Czech", "let colleagues from Brno read the screen in their own tongue"),
)
_TEXT = (
    "Firmware {version} for the {noun}s of the {series}, published in {month} {year}.\n\nNew in {version}: {feature}.\n\nChanged: the default of the {first} is now "
    "{first_value} {first_unit}. The default of the {second} is now {second_value} {second_unit}.\n\nFixed: {fixed}.\n\nThe update takes "
    "{minutes} minutes. Units with a version before {oldest} are updated to {oldest} first."
)
_FIXES = (
    "the total was rounded after ten million",
    "a restart during the update left the display dark",
    "the address switch was read only once",
    "long names were cut in the log",
    "the relay stayed closed after a test",
)
_MONTHS = ("February", "May", "August", "November")


@dataclass(frozen=True, slots=True)
class _Change:
    setting: str
    value: int
    unit: str

    @property
    def sentence(self) -> str:
        """As the notes have it."""
        return f"default of the {self.setting} is now {self.value} {self.unit}."


@dataclass(frozen=True, slots=True)
class _Note:
    family: Family
    version: str
    changes: tuple[_Change, _Change]
    feature: tuple[str, str]
    document: EvalDocument


def releases() -> Chapter:
    """Notes by family and version."""
    rng = dice("releases")
    series = [_notes(family, rng) for family in FAMILIES]
    notes = [note for found in series for note in found]
    cases = [
        *(_version_case(n, note, notes) for n, note in enumerate(spread(notes, _IN_VERSION))),
        *(_current_case(n, series[n % len(series)], n // len(series)) for n in range(_CURRENT)),
        *(_feature_case(n, note, notes) for n, note in enumerate(spread(notes[2:], _FEATURES))),
        *(_unknown_case(n) for n in range(_UNKNOWN)),
    ]
    return Chapter([note.document for note in notes], cases)


def _notes(family: Family, rng: random.Random) -> list[_Note]:
    features = rng.sample(_FEATURES_BY_NAME, len(_VERSIONS))
    settings = rng.sample(_SETTINGS, 4)
    return [_note(family, place, features, settings, rng) for place in range(len(_VERSIONS))]


def _note(
    family: Family,
    place: int,
    features: list[tuple[str, str]],
    settings: list[tuple[str, str, tuple[int, int]]],
    rng: random.Random,
) -> _Note:
    first, second = (
        _Change(name, rng.randint(*bounds), unit) for name, unit, bounds in rng.sample(settings, 2)
    )
    version, earlier = _VERSIONS[place], [name for name, _ in features[:place]]
    improved = f"{rng.choice(earlier)} failed on the {rng.choice(family.models)}; " if earlier else ""
    text = _TEXT.format(
        version=version,
        series=family.series,
        noun=family.noun,
        month=rng.choice(_MONTHS),
        year=2021 + place,
        feature=features[place][0],
        first=first.setting,
        first_value=first.value,
        first_unit=first.unit,
        second=second.setting,
        second_value=second.value,
        second_unit=second.unit,
        fixed=improved + rng.choice(_FIXES),
        minutes=rng.randrange(3, 25),
        oldest=_VERSIONS[max(place - 2, 0)],
    )
    document = EvalDocument(
        f"firmware/{family.prefix}-{version}".lower(), f"{family.series}: firmware {version}", text
    )
    return _Note(family, version, (first, second), features[place], document)


def _others(note: _Note, notes: list[_Note]) -> list[EvalDocument]:
    return [one.document for one in notes if one.family is note.family and one is not note]


def _version_case(number: int, note: _Note, notes: list[_Note]) -> EvalCase:
    change = note.changes[number % 2]
    return asked(
        f"version-{number:02}",
        f"What is the default of the {change.setting} of a {note.family.models[number % 3]} with firmware {note.version}?",
        gold=[note.document],
        tags=("kind:changed", "kind:number", "search:both", "document:firmware"),
        answer=f"{change.value} {change.unit}",
        quote=change.sentence,
        wrong=_others(note, notes),
    )


def _current_case(number: int, notes: list[_Note], nth: int) -> EvalCase:
    """The last notes that change the setting are right; those before them say what was so."""
    setting = list(dict.fromkeys(change.setting for note in notes for change in note.changes))[nth]
    telling = [(note, change) for note in notes for change in note.changes if change.setting == setting]
    newest, latest = telling[-1]
    return asked(
        f"current-{number:02}",
        f"What is the current default of the {setting} of the {newest.family.series}?",
        gold=[newest.document],
        tags=("kind:changed", "kind:number", "search:both", "document:firmware"),
        answer=f"{latest.value} {latest.unit}",
        quote=latest.sentence,
        wrong=[note.document for note, _ in telling[:-1]],
    )


def _feature_case(number: int, note: _Note, notes: list[_Note]) -> EvalCase:
    """Later notes speak of the feature too, where it was mended."""
    return asked(
        f"feature-{number:02}",
        f"From which firmware on can I {note.feature[1]} with a {note.family.noun}?",
        gold=[note.document],
        tags=("kind:paraphrase", "search:meaning", "document:firmware"),
        answer=note.version,
        quote=f"New in {note.version}: {note.feature[0]}.",
        wrong=_others(note, notes),
    )


def _unknown_case(number: int) -> EvalCase:
    family = FAMILIES[number]
    setting = _SETTINGS[number % len(_SETTINGS)][0]
    return refused(
        f"noversion-{number:02}",
        f"What is the default of the {setting} of the {family.series} with firmware 4.{number}?",
        tags=("kind:changed", "document:firmware"),
    )
