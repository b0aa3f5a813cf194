"""Contracts, meeting notes and tickets about invented people, and questions that only their names decide. Deterministic.

Families share names and topics recur, so that neither a family name alone nor a topic alone leads to the document.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from faker import Faker

SEED = 20_240
_FAMILY_COUNT, _GIVEN_COUNT = 220, 160
_PEOPLE_PER_DOCUMENT = 3.0

_SUBJECTS = (
    "warehouse cleaning", "payroll migration", "the printer on floor three", "network cabling", "fleet insurance",
    "the annual audit", "catering for the summer party", "data centre cooling", "the visitor badges", "forklift training",
    "the supplier portal", "roof repairs", "the mobile phone contract", "translation services", "laboratory equipment",
    "the parking garage", "customer surveys", "the intranet search", "emergency lighting", "the travel policy",
)  # fmt: skip
_COMPANIES = (
    "Northwind Traders", "Contoso Logistics", "Fabrikam Industries", "Tailspin Systems", "Wingtip Retail",
    "Litware Consulting", "Proseware Media", "Adventure Freight",
)  # fmt: skip
_TOWNS = ("Hamburg", "Leeds", "Lyon", "Turin", "Boston", "Ghent", "Bergen", "Austin")
_CONTRACT = (
    "This agreement about {subject} is made between {company} and {a}. {a_short} will deliver the services described in "
    "annex {n} from the first of {month}. Invoices are approved by {b} ({b_mail}) within thirty days.\n\n"
    "Either party may terminate with a notice of {n} weeks. Notices to the contractor go to {a_mail}. "
    "Place of performance is {town}. For questions about the scope, ask {c}.",
    "Services contract: {subject}.\n\nClient: {company}, represented by {b}. Contractor: {a}, {a_mail}.\n\n"
    "{a_short} warrants that the work is done by qualified staff. The fee is {n},500 euros a month, payable to the "
    "contractor. {c} of the purchasing department keeps the signed original in {town}.",
)
_MEETING = (
    "Present: {a}, {b}, {c}. Place: {town}.\n\n{a_short} reported on {subject}: the budget is used up by {n} per cent and "
    "the supplier {company} asks for more time. {b} will send the revised plan to {c_mail} before {month}. "
    "No decision was taken on the remaining points.",
    "Minutes of the steering group, {town}.\n\nTopic one was {subject}. {a} presented three offers, among them one of "
    "{company}. {c} asked for references, {b_short} objected to the price. It was agreed to decide in {month} and to "
    "invite {a_short} again.",
)
_TICKET = (
    "Reported by {a} <{a_mail}>. Category: {subject}.\n\nSince {month} nothing works as agreed with {company}. "
    "{b} has tried to help and could not. Assigned to {c}, priority {n}. Please call back in {town}.",
    "Customer: {a} ({company}, {town}). Contact {a_mail}.\n\n{a_short} complains about {subject}; it is the second "
    "complaint since {month}. {b} promised an answer within {n} days and informed {c}.",
)
_KINDS = {"contract": _CONTRACT, "meeting": _MEETING, "ticket": _TICKET}
_TITLES = {"contract": "Contract {n}-{serial}", "meeting": "Minutes {serial}", "ticket": "Ticket {serial}"}
_MONTHS = ("January", "March", "May", "June", "September", "November")
_FULL = {
    "contract": ("Which contract about {subject} did {a} sign?", "contract of {a} for {subject}"),
    "meeting": ("What did {a} report on {subject}?", "minutes in which {a} presents {subject}"),
    "ticket": ("What does {a} complain about concerning {subject}?", "ticket of {a} about {subject}"),
}
_FAMILY = {
    "contract": "contract with {family} about {subject} and {company}",
    "meeting": "What did {family} say about {subject} in {town}?",
    "ticket": "{family}'s complaint about {subject} and {company}",
}
_MAIL = {
    "contract": "Where does {mail} deliver {subject}?",
    "meeting": "minutes about {subject} to be sent to {mail}",
    "ticket": "ticket from {mail} about {subject}",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    given: str
    family: str
    mail: str

    @property
    def full(self) -> str:
        """Given and family name."""
        return f"{self.given} {self.family}"


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document and what it is about."""

    doc_id: str
    kind: str
    title: str
    text: str
    subject: str
    company: str
    town: str
    people: tuple[Person, Person, Person]


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the documents that answer it. `style` says how it names somebody."""

    question_id: str
    style: str
    text: str
    relevant: tuple[str, ...]


@dataclass(slots=True)
class NamesCorpus:
    """Everything that is asked and searched."""

    documents: list[NamedDocument] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)


def names_corpus(document_count: int, question_count: int, *, seed: int = SEED) -> NamesCorpus:
    """So many documents, and questions about them, a third of each style: full name (also in small letters), family name, e-mail."""
    rng = random.Random(seed)  # noqa: S311 - a corpus, not a secret
    people = _people(rng, max(round(document_count * _PEOPLE_PER_DOCUMENT / 6), 3))
    documents = [_document(number, rng, people) for number in range(document_count)]
    asked = rng.sample(documents, min(question_count, len(documents)))
    return NamesCorpus(
        documents, [_question(number, one, documents, rng) for number, one in enumerate(asked)]
    )


def _people(rng: random.Random, count: int) -> list[Person]:
    faker = Faker(["en_US", "en_GB", "de_DE", "es_ES"])
    faker.seed_instance(rng.randrange(2**32))
    families = sorted({faker["en_US" if n % 2 else "en_GB"].last_name() for n in range(_FAMILY_COUNT)})
    families += sorted({faker["de_DE" if n % 2 else "es_ES"].last_name() for n in range(_FAMILY_COUNT // 4)})
    givens = sorted({faker["en_US"].first_name() for _ in range(_GIVEN_COUNT)})
    names: set[tuple[str, str]] = set()
    while len(names) < count:
        names.add((rng.choice(givens), rng.choice(families)))
    return [_person(*name, rng) for name in sorted(names)]


def _person(given: str, family: str, rng: random.Random) -> Person:
    local = rng.choice(
        (
            f"{given}.{family}",
            f"{given[0]}{family}",
            f"{family}{rng.randrange(100)}",
            f"{given[:2]}{rng.randrange(9999)}",
        )
    )
    plain = "".join(sign for sign in local.lower() if sign.isascii() and (sign.isalnum() or sign == "."))
    return Person(given, family, f"{plain}@{rng.choice(('example.com', 'mail.example.org', 'example.net'))}")


def _document(number: int, rng: random.Random, people: Sequence[Person]) -> NamedDocument:
    kind = rng.choice(sorted(_KINDS))
    a, b, c = rng.sample(people, 3)
    subject, company, town = rng.choice(_SUBJECTS), rng.choice(_COMPANIES), rng.choice(_TOWNS)
    values = {
        "subject": subject, "company": company, "town": town, "n": rng.randrange(2, 95), "month": rng.choice(_MONTHS),
        "a": a.full, "b": b.full, "c": c.full, "a_mail": a.mail, "b_mail": b.mail, "c_mail": c.mail,
        "a_short": rng.choice((f"Ms. {a.family}", f"Mr. {a.family}", a.full)), "b_short": f"Mr. {b.family}",
        "serial": 10_000 + number,
    }  # fmt: skip
    text = rng.choice(_KINDS[kind]).format(**values)
    return NamedDocument(
        f"d{number:05}", kind, _TITLES[kind].format(**values), text, subject, company, town, (a, b, c)
    )


def _question(
    number: int, one: NamedDocument, documents: Sequence[NamedDocument], rng: random.Random
) -> Question:
    style = ("full", "family", "mail")[number % 3]
    a, _, c = one.people
    written = [person.mail for person in (a, c) if person.mail in one.text]
    style = style if written or style != "mail" else "full"
    values = {
        "subject": one.subject.removeprefix("the "), "company": one.company, "town": one.town,
        "a": a.full, "family": a.family, "mail": next(iter(written), ""),
    }  # fmt: skip
    pattern = {"full": rng.choice(_FULL[one.kind]), "family": _FAMILY[one.kind], "mail": _MAIL[one.kind]}[
        style
    ]
    text = pattern.format(**values)
    if style == "full" and number % 2:
        text = text.lower()
    relevant = tuple(other.doc_id for other in documents if _answers(other, one, values["mail"], style))
    return Question(f"q{number:04}", style, text, relevant)


def _answers(other: NamedDocument, one: NamedDocument, mail: str, style: str) -> bool:
    if (other.kind, other.subject) != (one.kind, one.subject):
        return False
    if style == "mail":
        return mail in other.text
    who, its = other.people[0], one.people[0]
    if style == "full":
        return who == its
    place = other.town == one.town if one.kind == "meeting" else other.company == one.company
    return place and who.family == its.family
