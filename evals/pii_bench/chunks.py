"""Generated chunks of a company's documents, the same on every machine."""

import random

_WORD_COUNT = 130
_PLAIN = (
    "The release of the billing service was moved to the second week of the quarter because the export job still failed.",
    "Employees may carry over up to five days of leave, which they have to take before the end of March.",
    "Every change to the production database needs a review by the platform team and an entry in the change log.",
    "The new office in Rotterdam opens in autumn, and the lease of the old building ends three months later.",
    "If the alert fires twice within ten minutes, restart the worker and look at the queue depth first.",
    "Travel costs are paid back within fourteen days if the receipts are complete and the form is signed.",
    "The customer asked for a discount on the yearly plan, which the sales team at Northwind Traders had offered.",
    "Version 4.2.1 of the client library fixes a memory leak and raises the default timeout to 30 seconds.",
    "Invoices above 10,000 euros are approved by the head of finance, smaller ones by the manager of the team.",
    "The backup runs every night at 02:30 and keeps 35 daily and 12 monthly copies in two regions.",
)
_PERSONAL = (
    "Please send the signed contract to maria.keller@halverne.example.com or call +49 30 901820 before Friday.",
    "The incident was reported by Daniel Whitfield, who noticed the failed payment with card 4111 1111 1111 1111.",
    "Dr. Anna Petrova joined the review, and her notes are stored with the minutes of the meeting.",
    "Deliveries go to 742 Evergreen Terrace, Springfield, IL 62704, between eight and noon.",
    "The refund was sent to DE89 3704 0044 0532 0130 00, and the client at 203.0.113.77 got a confirmation.",
)


def generated_chunks(count: int, *, seed: int = 7, personal_share: float = 0.1) -> list[str]:
    """Texts of about 130 words; `personal_share` of their sentences hold personal data."""
    dice = random.Random(seed)  # noqa: S311 - repeatable filler, nothing secret
    return [_chunk(dice, personal_share) for _ in range(count)]


def _chunk(dice: random.Random, personal_share: float) -> str:
    sentences: list[str] = []
    words = 0
    while words < _WORD_COUNT:
        sentences.append(dice.choice(_PERSONAL if dice.random() < personal_share else _PLAIN))
        words += sentences[-1].count(" ") + 1
    return " ".join(sentences)
