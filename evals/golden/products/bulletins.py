"""What not everybody may read: findings for the service, prices for the sales team; recalls are for all."""

import random
from dataclasses import dataclass

from core.access import AccessLabel, Tier
from evals.datasets.model import EvalCase, EvalDocument, Reader
from evals.golden.products.pages import (
    ENGINEER,
    FAMILIES,
    SALES,
    SELLER,
    SERVICE,
    Chapter,
    Family,
    asked,
    dice,
    refused,
)

_FINDINGS = AccessLabel(tier=Tier.CONFIDENTIAL, groups=frozenset({SERVICE}))
_PRICES = AccessLabel(tier=Tier.RESTRICTED, groups=frozenset({SALES}))
# The clearance without the group, the group without the clearance, neither.
_OUTSIDERS = (
    Reader(clearance="restricted"),
    Reader(clearance="internal", groups=(SERVICE, SALES)),
    Reader(),
    Reader(clearance="restricted", groups=("engineering",)),
)
_CAUSES = (
    "a solder joint that breaks after some thousand cycles", "a spring from a lot that was tempered too long",
    "glue that swells in warm water", "a cable that is bent too sharply in the cover", "a gasket that was punched off centre",
    "a counter that overflows", "flux that was not washed off", "a casting with pores",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Bulletin:
    """`fact` stands in the document and answers the question."""

    family: Family
    question: str
    answer: str
    fact: str
    document: EvalDocument


def bulletins() -> Chapter:
    """A finding, a price list and a recall for each family."""
    rng = dice("bulletins")
    findings = [_finding(family, rng) for family in FAMILIES]
    prices = [_price_list(family, rng) for family in FAMILIES]
    recalls = [_recall(family, rng) for family in FAMILIES]
    cases = [
        *(_case(f"finding-{n:02}", one, findings, reader=ENGINEER) for n, one in enumerate(findings)),
        *(_case(f"price-{n:02}", one, prices, reader=SELLER) for n, one in enumerate(prices)),
        *(_case(f"recall-{n:02}", one, recalls, reader=None) for n, one in enumerate(recalls)),
        *(_refused(n, one) for n, one in enumerate([*findings, *prices])),
    ]
    return Chapter([one.document for one in (*findings, *prices, *recalls)], cases)


def _finding(family: Family, rng: random.Random) -> _Bulletin:
    model, cause = rng.choice(family.models), rng.choice(_CAUSES)
    fact = f"The failures go back to {cause}."
    text = (
        f"Finding of the laboratory, {model}.\n\n{rng.randrange(20, 400)} units of the {model} came back within a year. {fact} "
        f"The repair takes {rng.randrange(20, 180)} minutes. Do not speak of it to customers before the recall is decided."
    )
    document = EvalDocument(
        f"finding/{family.prefix}".lower(), f"{model}: finding of the laboratory", text, _FINDINGS
    )
    return _Bulletin(
        family,
        f"What did the laboratory find to be behind the failures of the {model}?",
        cause,
        fact,
        document,
    )


def _price_list(family: Family, rng: random.Random) -> _Bulletin:
    prices = {model: rng.randrange(310, 4900) for model in family.models}
    model = rng.choice(family.models)
    lines = "\n".join(
        f"| {name} | {price} euros | {rng.randrange(12, 41)} percent |" for name, price in prices.items()
    )
    text = (
        f"Dealer prices of the {family.series}.\n\n| Model | Price | Discount |\n| --- | --- | --- |\n{lines}\n\nValid until the end of "
        "the year. The prices are not to be sent by mail."
    )
    document = EvalDocument(
        f"prices/{family.prefix}".lower(), f"{family.series}: dealer prices", text, _PRICES
    )
    price = f"{prices[model]} euros"
    return _Bulletin(
        family, f"What does a dealer pay for a {model}?", price, f"| {model} | {price} |", document
    )


def _recall(family: Family, rng: random.Random) -> _Bulletin:
    model, first = rng.choice(family.models), rng.randrange(10_000, 80_000)
    fact = f"Serial numbers from {first} to {first + rng.randrange(300, 4000)} are called back."
    text = (
        f"Recall of the {model}.\n\n{fact} Switch the {family.noun} off and ask for an exchange unit; it is sent within "
        f"{rng.randrange(2, 9)} working days. Later serial numbers have a new {rng.choice(('cover', 'cable', 'spring'))}."
    )
    document = EvalDocument(f"recall/{family.prefix}".lower(), f"{model}: recall", text)
    return _Bulletin(
        family, f"Which serial numbers of the {model} have to be exchanged?", fact, fact, document
    )


def _case(case_id: str, one: _Bulletin, kind: list[_Bulletin], *, reader: Reader | None) -> EvalCase:
    tags = ("kind:restricted",) if reader else ("kind:identifier",)
    return asked(
        case_id,
        one.question,
        gold=[one.document],
        tags=(*tags, "search:both", "document:bulletin"),
        answer=one.answer,
        quote=one.fact,
        wrong=[other.document for other in kind if other is not one][:4],
        reader=reader,
    )


def _refused(number: int, one: _Bulletin) -> EvalCase:
    return refused(
        f"closed-{number:02}",
        one.question,
        tags=("kind:restricted", "document:bulletin"),
        reader=_OUTSIDERS[number % len(_OUTSIDERS)],
    )
