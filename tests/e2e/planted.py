"""Sixty values that nobody has, the inputs that hold them, and a search for them in bytes.

Names are rare enough for a family name to be told from every other word; numbers have their check digits.
"""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

KEY_BODY = "MIIEowIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun"
_VALUES = {
    "PERSON": (
        "Ludmilla Quillfeather",
        "Octavia Cholmondeley",
        "Zbigniew Wojciechowski",
        "Hyacinth Featherstonehaugh",
        "Evangeline Thistlewood",
        "Bartholomew Szczepaniak",
        "Wilhelmina Vandersloot",
        "Leopold Papadimitriou",
        "Cordelia Abernathy",
        "Rosalind Bhattacharya",
        "Thaddeus Oyelaran",
        "Philippa Gunnarsdottir",
        "Cornelius Delacroix",
        "Genevieve Kowalczyk",
        # Names that no list has.
        "Quorvessa Thrimblewick",
        "Ysmerel Drakkenfjord",
    ),
    "EMAIL_ADDRESS": (
        "ludmilla.quillfeather@northwind-mail.com",
        "o.cholmondeley@harbourlight.org",
        "zbigniew77@silverbirch.net",
        "hyacinth@featherhaugh.co.uk",
        "desk.szczepaniak@oakmail.io",
        "wilma_v@lanternpost.eu",
    ),
    "PHONE_NUMBER": (
        "+49 30 90182037",
        "+1 415-555-2671",
        "+44 20 7946 0958",
        "+33 1 70 18 99 00",
        "(212) 736-5047",
        "+48 22 653 90 11",
    ),
    "CREDIT_CARD": ("4556 7375 8689 9855", "5425 2334 3010 9903", "374245455400126", "6011 0009 9013 9424"),
    "IBAN_CODE": (
        "DE75 5121 0800 1245 1261 99",
        "GB33BUKB20201555555555",
        "FR76 3000 6000 0112 3456 7890 189",
        "NL02ABNA0123456789",
    ),
    "US_SSN": ("536-22-8726", "219-46-3194", "401-81-7762"),
    "NATIONAL_ID": ("AB 12 34 56 C", "RSSMRA85T10A562S", "943 476 5919"),
    "PASSPORT": ("X4RTBPFW4", "533380006"),
    "DRIVER_LICENSE": ("D44198823607",),
    "MEDICAL_LICENSE": ("BB1388568",),
    "BANK_NUMBER": ("48291736405",),
    "SECRET": (
        "AKIAQ3EGRJK7XZP5T2NM",
        "ghp_Zq8RtY4uVb2NkL7mXc9Wd3Fg6Hj1Ps5QaTzE",
        "sk_live_7Hq2Zt9Xw4Kp8Rv3Nm6Yb1Lc",
        f"-----BEGIN RSA PRIVATE KEY-----\n{KEY_BODY}\n-----END RSA PRIVATE KEY-----",
    ),
    "STREET_ADDRESS": ("1742 Marigold Avenue", "Lindenblütenstraße 83", "29 Copperfield Crescent"),
    "DATE_OF_BIRTH": ("14 March 1971", "1968-11-23"),
    "IP_ADDRESS": ("203.0.113.77", "2001:db8:85a3::8a2e:370:7334"),
    "CRYPTO": (
        "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2",
        "0x52908400098527886E0F7030069857D2E4169EE7",
    ),
}
_SENTENCES = {
    "PERSON": "Dr. {} signed the contract in the presence of the board.",
    "EMAIL_ADDRESS": "Please write to {} about it.",
    "PHONE_NUMBER": "Call {} on weekdays.",
    "CREDIT_CARD": "The credit card number is {} and was charged.",
    "IBAN_CODE": "Transfer the deposit to IBAN {} by Friday.",
    "US_SSN": "The social security number is {} by the file.",
    "NATIONAL_ID": "National insurance number, codice fiscale or NHS number: {} as given.",
    "PASSPORT": "Passport number {} was shown at the desk.",
    "DRIVER_LICENSE": "Driver's license number {} was noted.",
    "MEDICAL_LICENSE": "The medical certificate has the DEA number {} on it.",
    "BANK_NUMBER": "Payments go to account number {} from now on.",
    "SECRET": "The key in use is\n{}\nuntil it is rotated.",
    "STREET_ADDRESS": "The parcel goes to the address {} today.",
    "DATE_OF_BIRTH": "Date of birth: {} according to the form.",
    "IP_ADDRESS": "The request came from {} at night.",
    "CRYPTO": "The bitcoin or ethereum wallet is {} for refunds.",
}
_LEAST_DIGITS = 9
# What stands in front of a value in a file name, where nothing else says what it is.
_IN_NAMES = {
    "NATIONAL_ID": "national id {}",
    "PASSPORT": "passport_{}",
    "DRIVER_LICENSE": "driver license {}",
    "MEDICAL_LICENSE": "dea {}",
    "BANK_NUMBER": "account_{}",
    "DATE_OF_BIRTH": "dob-{}",
}
_UNLISTED = frozenset({"Quorvessa Thrimblewick", "Ysmerel Drakkenfjord"})


@dataclass(frozen=True)
class Planted:
    """A value, and the sentence that it stands in."""

    entity: str
    value: str

    @property
    def sentence(self) -> str:
        return _SENTENCES[self.entity].format(self.value)

    @property
    def name(self) -> str:
        """As it may stand in a file name or a header."""
        return self.value.splitlines()[-1].replace("/", "-") if "\n" in self.value else self.value

    @property
    def as_named(self) -> str:
        """As a file or a record is called after it."""
        form = "letter to {}" if self.value in _UNLISTED else _IN_NAMES.get(self.entity, "{}")
        return form.format(self.name)

    @property
    def needles(self) -> set[str]:
        """The value, as addresses spell it, without separators, and the part that gives it away."""
        found = {self.value, quote(self.value), quote_plus(self.value)}
        if "\n" in self.value:
            return {KEY_BODY}
        if self.entity == "PERSON":
            found |= {self.value.split()[-1], "_".join(self.value.split()), ".".join(self.value.split())}
        elif len(re.sub(r"\D", "", self.value)) >= _LEAST_DIGITS and self.entity not in {"IP_ADDRESS"}:
            found.add(re.sub(r"[^A-Za-z0-9]", "", self.value))
        return found


PLANTED = tuple(Planted(entity, value) for entity, values in _VALUES.items() for value in values)


def of_type(entity: str) -> list[Planted]:
    return [one for one in PLANTED if one.entity == entity]


def _one_of_each() -> tuple[Planted, ...]:
    """The last value of each type: of people one whom no list has, of keys one of a single line."""
    lines = [one for one in PLANTED if "\n" not in one.value]
    return tuple({one.entity: one for one in lines}.values())


ONE_OF_EACH = _one_of_each()


class Detective:
    """Looks for all values at once, in bytes of any encoding that text has here."""

    def __init__(self, planted: Iterable[Planted] = PLANTED) -> None:
        self._owner: dict[bytes, Planted] = {}
        for one in planted:
            for needle in one.needles:
                for encoding in ("utf-8", "utf-16-le"):
                    self._owner[needle.casefold().encode(encoding)] = one
                # JSON spells other letters by their numbers.
                self._owner[
                    needle.casefold().encode("ascii", "backslashreplace").replace(b"\\x", b"\\u00")
                ] = one
        longest_first = sorted(self._owner, key=len, reverse=True)
        self._pattern = re.compile(b"|".join(map(re.escape, longest_first)))

    def found(self, data: bytes) -> set[Planted]:
        """The values in some bytes. Latin letters are compared without case, byte by byte."""
        text = data.lower().replace("ß".encode(), b"ss") if "ß".encode() in data else data.lower()
        return {self._owner[match] for match in self._pattern.findall(text)}

    def leaks(self, outputs: Iterable[tuple[str, bytes]]) -> dict[str, list[str]]:
        """Places with the values that are there; none, if all is well."""
        found: dict[str, set[str]] = {}
        for place, data in outputs:
            for one in self.found(data):
                found.setdefault(place, set()).add(one.value)
        return {place: sorted(values) for place, values in found.items()}


def files_of(home: Path) -> Iterator[tuple[str, bytes]]:
    """Every file under a home, and its name. Not: keys, and uploads, which are their owner's own files."""
    for path in sorted(home.rglob("*")):
        relative = path.relative_to(home)
        if relative.parts[0] == "uploads" or path.suffix == ".key":
            continue
        yield f"name of {relative}", str(relative).encode(errors="surrogateescape")
        if path.is_file():
            yield str(relative), path.read_bytes()


def tables_of(home: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of every table of every database under a home: pages of a file may cut a value in two."""
    for path in sorted(home.rglob("*")):
        if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3":
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
                names = [
                    row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                ]
                for name in names:
                    rows = database.execute(f'SELECT * FROM "{name}"')
                    place = f"{path.relative_to(home)} table {name}"
                    for row in rows:
                        for cell in row:
                            if isinstance(cell, str | bytes):
                                yield (
                                    place,
                                    cell if isinstance(cell, bytes) else cell.encode(errors="replace"),
                                )


def write_inputs(docs: Path) -> None:
    """A watched folder in which the values stand in texts, titles, headings, tables, mails, metadata and names."""
    docs.mkdir(parents=True, exist_ok=True)
    everything = "\n\n".join(one.sentence for one in PLANTED)
    (docs / "directory.md").write_text(f"# Directory\n\n{everything}\n")
    (docs / "directory.txt").write_text(everything)
    (docs / "page.html").write_text(_html())
    (docs / "people.csv").write_text(_csv())
    (docs / "message.eml").write_text(_mail())
    (docs / "contract.docx").write_bytes(_word())
    (docs / "headings.md").write_text(_headings())
    folder = docs / "Zbigniew Wojciechowski"
    folder.mkdir(exist_ok=True)
    (folder / "Octavia Cholmondeley.md").write_text("# Notes\n\nThe meeting took place.\n")
    (docs / "o.cholmondeley@harbourlight.org.txt").write_text("A letter about the lease of the flat.")
    (docs / "card 4556 7375 8689 9855.txt").write_text("A statement of the account in May.")
    named = docs / "letter to Quorvessa Thrimblewick"
    named.mkdir(exist_ok=True)
    for number, one in enumerate(ONE_OF_EACH):
        (named / f"{one.as_named}.txt").write_text(f"Note {number} about the lease of the flat.")
    broken = b"%PDF-1.7 no document; " + everything.encode()
    (docs / "Hyacinth Featherstonehaugh.pdf").write_bytes(broken)
    (docs / "archive.docx").write_bytes(b"PK\x03\x04 not really " + everything.encode())
    mistaken = docs / "mistaken"
    mistaken.mkdir(exist_ok=True)
    (mistaken / ".folio.yaml").write_text(
        "tier: Evangeline Thistlewood\ngroups: desk.szczepaniak@oakmail.io\n"
    )
    (mistaken / "file.md").write_text("# Kept back\n\nNobody can say who may read this.\n")


def _html() -> str:
    rows = "".join(f"<tr><td>{number}</td><td>{one.sentence}</td></tr>" for number, one in enumerate(PLANTED))
    paragraphs = "".join(f"<p>{one.sentence}</p>" for one in PLANTED)
    title = "Letter to Dr. Rosalind Bhattacharya"
    return f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{paragraphs}<table>{rows}</table></body></html>"


def _csv() -> str:
    people, mails, phones = of_type("PERSON"), of_type("EMAIL_ADDRESS"), of_type("PHONE_NUMBER")
    rows = [
        f'"{person.value}","{mails[number % 6].value}","{phones[number % 6].value}"'
        for number, person in enumerate(people)
    ]
    return "\n".join(["Name,E-mail,Phone", *rows])


def _mail() -> str:
    return (
        "From: Thaddeus Oyelaran <zbigniew77@silverbirch.net>\nTo: Philippa Gunnarsdottir <wilma_v@lanternpost.eu>\n"
        "Subject: Call Cornelius Delacroix at +49 30 90182037\nDate: Mon, 02 Mar 2026 10:00:00 +0000\n"
        "Content-Type: text/plain; charset=utf-8\n\nDear Ms. Gunnarsdottir,\n\n"
        + "\n".join(one.sentence for one in PLANTED)
        + "\n\nKind regards,\nThaddeus Oyelaran\n"
    )


def _word() -> bytes:
    from examples.renderers import blocks, word

    text = "\n\n".join(one.sentence.replace("\n", " ") for one in PLANTED if "\n" not in one.value)
    head = "---\ntitle: Contract of Dr. Genevieve Kowalczyk\nauthor: Legal\ndate: 2026-01-02\n---\n\n"
    return word.render(blocks.parse(f"{head}# Contract\n\n{text}\n"))


def _headings() -> str:
    parts = [f"## Agreement with Dr. {one.value}\n\nThe terms are as before.\n" for one in of_type("PERSON")]
    return "# File of Dr. Leopold Papadimitriou\n\n" + "\n".join(parts)


def corpus_lines() -> str:
    """A JSONL corpus: ids, titles, texts and metadata."""
    import json

    rows = [
        {
            "id": f"crm {number} {one.as_named}",
            "title": f"About Dr. {one.value}" if one.entity == "PERSON" else "A record",
            "text": one.sentence,
            "metadata": {"owner": one.value, "contact": "hyacinth@featherhaugh.co.uk"},
        }
        for number, one in enumerate(PLANTED)
    ]
    return "\n".join(map(json.dumps, rows)) + "\n"
