"""Numbers that states give to people. Presidio's patterns and check digits; bare runs of digits only in context.

One in ten numbers of nine to thirteen digits passes any one country's check, and there are many countries.
"""

import re
from typing import Any

from presidio_analyzer import LocalRecognizer, PatternRecognizer, RecognizerResult
from presidio_analyzer.predefined_recognizers import (
    AuMedicareRecognizer,
    AuTfnRecognizer,
    CaSinRecognizer,
    DeSocialSecurityRecognizer,
    DeTaxIdRecognizer,
    EsNieRecognizer,
    EsNifRecognizer,
    FiPersonalIdentityCodeRecognizer,
    InAadhaarRecognizer,
    InPanRecognizer,
    ItFiscalCodeRecognizer,
    KrRrnRecognizer,
    NgNinRecognizer,
    NhsRecognizer,
    PlPeselRecognizer,
    SePersonnummerRecognizer,
    SgFinRecognizer,
    ThTninRecognizer,
    TrNationalIdRecognizer,
    UkNinoRecognizer,
    UsItinRecognizer,
    ZaIdNumberRecognizer,
)

from ingest.pii.recognizers.rules import (
    CERTAIN,
    LIKELY,
    NEVER,
    POSSIBLE,
    Rule,
    RuleRecognizer,
    found_by,
    has_context,
    words,
)

ENTITY = "NATIONAL_ID"
_SSN = re.compile(r"(?<![\d-])(?!000|666)[0-8]\d\d([ .-])(?!00)\d\d\1(?!0000)\d{4}(?![\d-])")
_SSN_RUN = re.compile(r"(?<![\w.-])(?!000|666)[0-8]\d{8}(?![\w-]|\.\d)")
_SSN_CONTEXT = words("ssn", "social(?: security)?", "ss ?#", "ss no", "ssid")
# Numbers that nobody has: printed on sample cards, or everybody's example.
_SAMPLES = frozenset({"123456789", "987654320"})
_NIR = re.compile(r"(?<![\w])[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?!\w)")
_CPF = re.compile(r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\w)")
_BSN = re.compile(r"(?<![\w.-])\d{9}(?![\w-])")
# (recogniser, words that must stand near; none where shape and check digits are enough)
_STATES: tuple[tuple[type[PatternRecognizer], tuple[str, ...]], ...] = (
    (UkNinoRecognizer, ()),
    (ItFiscalCodeRecognizer, ()),
    (EsNifRecognizer, ("nif", "dni", "identidad", "id")),
    (EsNieRecognizer, ("nie", "identidad", "extranjero", "id")),
    (FiPersonalIdentityCodeRecognizer, ()),
    (InPanRecognizer, ("pan", "permanent account")),
    (InAadhaarRecognizer, ("aadh?aar", "uidai", "uid", "id")),
    (
        DeTaxIdRecognizer,
        ("steuer[ -]?id", "idnr", "tin", "tax", "identifikationsnummer", "steueridentifikationsnummer"),
    ),
    (
        DeSocialSecurityRecognizer,
        ("rentenversicherung", "versicherungsnummer", "sozialversicherung", "rvnr", "svnr"),
    ),
    (NhsRecognizer, ("nhs", "national health", "patient")),
    (CaSinRecognizer, ("sin", "social insurance")),
    (AuTfnRecognizer, ("tfn", "tax file")),
    (AuMedicareRecognizer, ("medicare",)),
    (PlPeselRecognizer, ("pesel",)),
    (SePersonnummerRecognizer, ("personnummer", "personal identity", "samordningsnummer")),
    (SgFinRecognizer, ("fin", "nric", "id")),
    (KrRrnRecognizer, ("rrn", "resident registration", "korea")),
    (ThTninRecognizer, ("thai", "tnin", "national id", "id card")),
    (TrNationalIdRecognizer, ("tc", "tckn", "kimlik", "turkish")),
    (ZaIdNumberRecognizer, ("south african?", "rsa", "id number", "id no")),
    (NgNinRecognizer, ("nin", "nigerian?", "national identification")),
    (UsItinRecognizer, ("itin", "individual taxpayer", "taxpayer", "tax id")),
)


def ssn_recognizer() -> RuleRecognizer:
    """Finds `US_SSN`: with hyphens anywhere, with other marks or none where the text says so."""
    rules = (
        Rule(_SSN, NEVER, check=_sample, context=_SSN_CONTEXT),
        Rule(
            re.compile(_SSN.pattern.replace("([ .-])", "(-)")), POSSIBLE, check=_sample, context=_SSN_CONTEXT
        ),
        Rule(_SSN_RUN, NEVER, check=_sample, context=_SSN_CONTEXT),
    )
    return RuleRecognizer("US_SSN", rules, gate=re.compile(r"\d{3}\D?\d\d\D?\d{4}"))


def national_id_recognizers() -> list[LocalRecognizer]:
    """Find `NATIONAL_ID`: 25 kinds of 21 states."""
    own = (
        Rule(
            _NIR,
            NEVER,
            check=_nir,
            context=words("insee", "nir", "s\u00e9curit\u00e9 sociale", "securite sociale"),
        ),
        Rule(_CPF, NEVER, check=_cpf),
        Rule(_BSN, NEVER, check=_not_bsn, context=words("bsn", "burgerservicenummer", "sofinummer")),
    )
    rules = RuleRecognizer(ENTITY, own, gate=re.compile(r"\d(?:\D?\d){7}"))
    return [rules, *(InContext(kind, cues) for kind, cues in _STATES)]


class InContext(LocalRecognizer):
    """One of Presidio's recognisers, which finds its type by check digits or only near certain words."""

    def __init__(self, kind: type[PatternRecognizer], cues: tuple[str, ...]) -> None:
        self._inner = kind(supported_language="en", supported_entity=ENTITY)
        self._cues = words(*cues) if cues else None
        self.gate = self._cues or re.compile(r"\d\D?\d")
        super().__init__(supported_entities=[ENTITY], supported_language="en", name=kind.__name__)

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """The inner recogniser's findings that have their context, as sure as that makes them."""
        inner = self._inner.analyze(text, entities, nlp_artifacts)
        return [
            found_by(self, ENTITY, (row.start, row.end), CERTAIN if row.score == CERTAIN else LIKELY)
            for row in inner
            if self._stands(text, row)
        ]

    def _stands(self, text: str, row: RecognizerResult) -> bool:
        if self._cues is None:
            return bool(row.score >= POSSIBLE)
        return has_context(self._cues, text, row.start, row.end)


def _sample(value: str) -> bool | None:
    digits = re.sub(r"\D", "", value)
    return False if digits in _SAMPLES or len(set(digits)) == 1 else None


def _nir(value: str) -> bool | None:
    """The French social security number: 97 minus the first 13 digits modulo 97 (INSEE), Corsica as 19 and 18."""
    compact = value.replace(" ", "")
    number = int(compact[:13].replace("2A", "19").replace("2B", "18"))
    return True if 97 - number % 97 == int(compact[13:]) else None


def _cpf(value: str) -> bool:
    """The Brazilian number: two digits, each 11 minus a weighted sum modulo 11 (Receita Federal)."""
    digits = [int(digit) for digit in value if digit.isdigit()]
    return len(set(digits)) > 1 and all(digits[size] == _cpf_digit(digits[:size]) for size in (9, 10))


def _cpf_digit(digits: list[int]) -> int:
    rest = (
        sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True)) % 11
    )
    return 0 if rest < 2 else 11 - rest


def _not_bsn(value: str) -> bool | None:
    """The Dutch number: digits weighted 9 to 2, the last -1, divisible by 11. Wrong ones are none even in context."""
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(int(digit) * weight for digit, weight in zip(value, weights, strict=True))
    return None if total % 11 == 0 else False
