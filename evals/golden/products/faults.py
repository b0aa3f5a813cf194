"""Pages about error codes. A code means something else in every family, and in one family the same with other limits."""

import random
from dataclasses import dataclass

from evals.datasets.model import EvalCase, EvalDocument
from evals.golden.products.pages import FAMILIES, Chapter, Family, asked, dice, refused, spread

_FAULTS_PER_FAMILY = 5
_CODES = range(11, 29)
_CODE_QUESTIONS, _LIMIT_QUESTIONS, _SYMPTOM_QUESTIONS, _UNKNOWN = 24, 16, 40, 8
_TEXTS = (
    "Message {code} on the {noun} {model} stands for {title}. {cause}\n\nWhat to do: {remedy} If the message comes back within {hours} hours, "
    "collect the log and open a ticket of class {grade}.\n\nThe {model} keeps the last {kept} messages. They are listed under Service, Log.",
    "{title_start}: this is what the {noun} {model} reports as {code}. {cause}\n\n{remedy} Acknowledge the message with the key OK. After "
    "{hours} hours without the message it leaves the list of the last {kept}.\n\nUnsolved cases go to the workshop as class {grade}.",
)


@dataclass(frozen=True, slots=True)
class Fault:
    """`symptoms` are how somebody tells of it who does not know the words of `cause`, which holds the limit {n}."""

    title: str
    cause: str
    remedy: str
    symptoms: tuple[str, str]
    limits: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Page:
    family: Family
    model: str
    code: str
    fault: Fault
    limit: int
    document: EvalDocument


_FAULTS = (
    Fault("overtemperature of the winding", "The sensor in the winding reads more than {n} degrees Celsius.",
          "Clean the air inlet and check that the fan turns.",
          ("gets too hot to touch and gives up by itself", "quits every summer afternoon when the sun heats the room"), (90, 150)),
    Fault("undervoltage", "The supply has stayed below {n} volts for more than two seconds.",
          "Measure the supply under load and shorten the feed line.",
          ("goes off whenever the lights in the hall flicker", "drops out when the big machine next door starts up"), (160, 210)),
    Fault("loss of bus communication", "No telegram has arrived from the master for {n} seconds.",
          "Check the terminating resistor and the address switch.",
          ("no longer answers the control room", "cannot be reached from the operator's desk any more"), (5, 90)),
    Fault("checksum error of the parameter memory", "The stored parameters failed {n} readings in a row.",
          "Load the factory parameters and enter the site data again.",
          ("has forgotten everything that we had set up", "came back after the thunderstorm as if it were brand new"), (2, 12)),
    Fault("low insulation resistance", "The insulation against the housing is below {n} kilohms.",
          "Dry the terminal box and replace its gasket.",
          ("was hosed down and has refused to come on since", "got wet inside when the cellar was flooded"), (100, 900)),
    Fault("bearing vibration", "The vibration at the bearing exceeds {n} tenths of a millimetre per second.",
          "Order a bearing set and reduce the speed until it is fitted.",
          ("rattles and hums a little more every week", "shakes so much that the mugs on the shelf clink"), (28, 95)),
    Fault("clogged strainer", "The pressure difference across the strainer exceeds {n} millibar.",
          "Close both cocks, take out the strainer and rinse it backwards.",
          ("lets less and less through although nobody touched it", "has to work harder every month for the same result"), (120, 600)),
    Fault("phase failure", "One phase of the supply has been missing for {n} milliseconds.",
          "Check the three fuses of the feeder and its contactor.",
          ("only growls when it is told to start", "tries to begin and then sits there buzzing"), (40, 400)),
    Fault("blocked movement", "The torque limit of {n} newton metres was reached without any travel.",
          "Release the brake, turn the shaft by hand and remove what jams it.",
          ("is stuck and will not budge", "seems to have something wedged inside"), (8, 75)),
    Fault("weak clock battery", "The buffer cell of the clock has less than {n} millivolts.",
          "Replace the cell with the unit switched on and set the time.",
          ("shows the wrong date after every weekend", "believes on Mondays that it is the year 2000"), (2100, 2900)),
    Fault("open sensor circuit", "The signal current is below {n} tenths of a milliampere.",
          "Check the plug of the probe and measure its loop.",
          ("has shown nothing but zero since the cable tray was moved", "went blind after the electricians had been there"), (30, 39)),
    Fault("excess pressure at the outlet", "The outlet has been above {n} bar for ten seconds.",
          "Open the bypass and look for a closed shut-off behind the unit.",
          ("makes the relief blow off again and again", "pushes so hard that the hoses swell"), (6, 40)),
    Fault("leakage into the housing", "The probe in the oil chamber has had contact for {n} minutes.",
          "Replace both shaft seals and refill the chamber.",
          ("stands in a puddle each morning", "drips from the bottom cover"), (3, 45)),
    Fault("zero drift", "The zero point has moved by more than {n} hundredths of a percent.",
          "Run the zero adjustment with closed cocks and without flow.",
          ("indicates something although everything stands still", "counts even at night when the plant is shut"), (15, 95)),
    Fault("earth fault", "The residual current exceeds {n} milliamperes.",
          "Disconnect the cable at both ends and measure each core.",
          ("trips the breaker in the cabinet as soon as it is switched on", "gave our fitter a tingle when he leaned on it"), (30, 300)),
    Fault("mismatch of firmware versions", "The display and the main board differ by {n} versions.",
          "Repeat the update with the cable, not by radio.",
          ("only says please wait since we updated it", "came out of the upgrade with a half empty screen"), (2, 6)),
)  # fmt: skip


def faults() -> Chapter:
    """A page for each code of each model."""
    rng = dice("faults")
    pages = [page for family in FAMILIES for page in _family_pages(family, rng)]
    known = {page.code for page in pages}
    cases = [
        *(_code_case(number, page, pages) for number, page in enumerate(spread(pages, _CODE_QUESTIONS))),
        *(
            _limit_case(number, page, pages)
            for number, page in enumerate(spread(pages[1:], _LIMIT_QUESTIONS))
        ),
        *(_symptom_case(number, page, pages) for number, page in enumerate(_by_fault(pages))),
        *(_unknown_case(number, known) for number in range(_UNKNOWN)),
    ]
    return Chapter([page.document for page in pages], cases)


def _family_pages(family: Family, rng: random.Random) -> list[_Page]:
    codes = rng.sample(_CODES, _FAULTS_PER_FAMILY)
    chosen = rng.sample(_FAULTS, _FAULTS_PER_FAMILY)
    pattern = rng.choice(_TEXTS)
    return [
        _page(family, model, f"E{code}", fault, pattern, rng)
        for code, fault in zip(codes, chosen, strict=True)
        for model in family.models
    ]


def _page(family: Family, model: str, code: str, fault: Fault, pattern: str, rng: random.Random) -> _Page:
    limit = rng.randint(*fault.limits)
    text = pattern.format(
        code=code,
        model=model,
        noun=family.noun,
        title=fault.title,
        title_start=fault.title[0].upper() + fault.title[1:],
        cause=fault.cause.format(n=limit),
        remedy=fault.remedy,
        hours=rng.choice((8, 12, 24, 48, 72)),
        grade=rng.choice("ABC"),
        kept=rng.choice((20, 40, 50, 64, 100)),
    )
    document = EvalDocument(f"fault/{model}-{code}".lower(), f"{model}: message {code}", text)
    return _Page(family, model, code, fault, limit, document)


def _siblings(page: _Page, pages: list[_Page]) -> list[EvalDocument]:
    """The same code elsewhere: what exact words lead to, if the model does not count."""
    return [one.document for one in pages if one.code == page.code and one is not page][:5]


def _code_case(number: int, page: _Page, pages: list[_Page]) -> EvalCase:
    patterns = (
        "What does {code} mean on a {model}?",
        "{model} {code}",
        "The {model} reports {code}. What should be done?",
    )
    return asked(
        f"code-{number:02}",
        patterns[number % len(patterns)].format(code=page.code, model=page.model),
        gold=[page.document],
        tags=("kind:identifier", "search:exact", "document:fault"),
        answer=page.fault.remedy if number % len(patterns) == 2 else page.fault.title,
        quote=page.fault.remedy if number % len(patterns) == 2 else page.fault.cause.format(n=page.limit),
        wrong=_siblings(page, pages),
    )


def _limit_case(number: int, page: _Page, pages: list[_Page]) -> EvalCase:
    """Siblings say the same with another number."""
    siblings = [
        one.document
        for one in pages
        if one.fault is page.fault and one.family is page.family and one is not page
    ]
    return asked(
        f"limit-{number:02}",
        f"From which value on does the {page.model} report {page.fault.title}?",
        gold=[page.document],
        tags=("kind:number", "search:both", "document:fault"),
        answer=str(page.limit),
        quote=page.fault.cause.format(n=page.limit),
        wrong=siblings,
    )


def _by_fault(pages: list[_Page]) -> list[_Page]:
    """Pages to be asked for by their symptoms: one a family and fault, of changing models."""
    groups = [pages[start : start + 3] for start in range(0, len(pages), 3)]
    return spread([group[place % 3] for place, group in enumerate(groups)], _SYMPTOM_QUESTIONS)


def _symptom_case(number: int, page: _Page, pages: list[_Page]) -> EvalCase:
    """Half of them name the model, half only say what kind of thing it is: then each model's page is right."""
    symptom = page.fault.symptoms[number // 2 % 2]
    same = [one for one in pages if one.fault is page.fault and one.family is page.family]
    names_model = number % 2 == 0
    others = [one.document for one in pages if one.fault is not page.fault and one.model == page.model]
    return asked(
        f"symptom-{number:02}",
        f"Our {page.model if names_model else page.family.noun} {symptom}. What helps?",
        gold=[page.document] if names_model else [one.document for one in same],
        tags=("kind:paraphrase", "search:meaning", "document:fault"),
        answer=page.fault.remedy,
        quote=page.fault.remedy,
        wrong=[*others, *(one.document for one in same if names_model and one is not page)],
    )


def _unknown_case(number: int, known: set[str]) -> EvalCase:
    family = FAMILIES[number % len(FAMILIES)]
    code = f"E{60 + 3 * number}"
    if code in known:
        msg = f"{code} is a code of a page"
        raise ValueError(msg)
    return refused(
        f"nocode-{number:02}",
        f"What does {code} mean on a {family.models[number % 3]}?",
        tags=("kind:identifier", "document:fault"),
    )
