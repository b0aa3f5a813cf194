"""The types of personal data by how much a pseudonym of theirs says: where two claim a text, the first one has it."""

IRREVERSIBLE = "SECRET"
"""The one type that nothing is kept of: a placeholder stands for it."""

_ORDER = (
    "DENIED",
    IRREVERSIBLE,
    "EMAIL_ADDRESS",
    "IBAN_CODE",
    "CREDIT_CARD",
    "CRYPTO",
    "US_SSN",
    "NATIONAL_ID",
    "PASSPORT",
    "DRIVER_LICENSE",
    "MEDICAL_LICENSE",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "DATE_OF_BIRTH",
    "BANK_NUMBER",
    "STREET_ADDRESS",
    "PHONE_NUMBER",
    "PERSON",
    "URL",
    "ORGANIZATION",
    "LOCATION",
    "NRP",
    "DATE_TIME",
)
PRIORITY = {entity: rank for rank, entity in enumerate(_ORDER)}

TORN = frozenset({"CREDIT_CARD", "IBAN_CODE", "US_SSN", "PHONE_NUMBER"})
"""Types that check digits, prefixes or words near them confirm, and so may be looked for over line ends."""
