"""Which recognisers there are, and the cheap test that says whether a text is worth one's time."""

import re
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerRegistry
from presidio_analyzer.predefined_recognizers import (
    CryptoRecognizer,
    DateRecognizer,
    MacAddressRecognizer,
    MedicalLicenseRecognizer,
    SpacyRecognizer,
)

from core.config import RedactionSettings
from ingest.pii.custom import custom_recognizers
from ingest.pii.recognizers import accounts, identity_papers
from ingest.pii.recognizers.addresses import address_recognizer
from ingest.pii.recognizers.cards import card_recognizer
from ingest.pii.recognizers.emails import email_recognizer
from ingest.pii.recognizers.ip_addresses import ip_recognizer
from ingest.pii.recognizers.national_ids import national_id_recognizers, ssn_recognizer
from ingest.pii.recognizers.people import PersonRecognizer
from ingest.pii.recognizers.phones import phone_recognizer
from ingest.pii.recognizers.secrets import secret_recognizer
from ingest.pii.recognizers.urls import url_recognizer
from ingest.pii.recognizers.wallets import wallet_recognizer

_STOCK = (CryptoRecognizer, MedicalLicenseRecognizer, DateRecognizer, MacAddressRecognizer)
# What the language model names besides people; `PersonRecognizer` reads its people.
_MODEL_ENTITIES = ["ORGANIZATION", "LOCATION", "DATE_TIME", "NRP"]
# A text without any of this has no finding of the stock recogniser.
_STOCK_GATES: dict[str, re.Pattern[str]] = {
    "CryptoRecognizer": re.compile(r"[a-zA-Z0-9]{25}"),
    "MedicalLicenseRecognizer": re.compile(r"[a-zA-Z]{2}\d{7}|[a-zA-Z]9\d{7}"),
    "DateRecognizer": re.compile(r"\d"),
    "MacAddressRecognizer": re.compile(r"[0-9a-fA-F]{2}[:.-]?[0-9a-fA-F]{2}"),
}


def create_registry(settings: RedactionSettings) -> RecognizerRegistry:
    """Every recogniser for the first language, and those that read a language model for the others.

    Raises:
        SettingsError: The file with further recognisers cannot be used.
    """
    first = settings.languages[0]
    found: list[EntityRecognizer] = [
        *_own(first),
        *(_in(kind, first) for kind in _STOCK),
        *(row for language in settings.languages for row in _of_model(language)),
    ]
    if settings.recognizers_file:
        found += custom_recognizers(settings.recognizers_file, language=first)
    return RecognizerRegistry(recognizers=found, supported_languages=list(settings.languages))


def gate_of(recognizer: EntityRecognizer) -> re.Pattern[str] | None:
    """A pattern that every text with a finding of this recogniser contains; `None`: look at every text."""
    own: re.Pattern[str] | None = getattr(recognizer, "gate", None)
    return own or _STOCK_GATES.get(type(recognizer).__name__)


def _own(language: str) -> list[EntityRecognizer]:
    found: list[EntityRecognizer] = [
        email_recognizer(),
        phone_recognizer(),
        card_recognizer(),
        accounts.iban_recognizer(),
        accounts.bank_recognizer(),
        ssn_recognizer(),
        *national_id_recognizers(),
        ip_recognizer(),
        identity_papers.licence_recognizer(),
        identity_papers.passport_recognizer(),
        identity_papers.birth_date_recognizer(),
        wallet_recognizer(),
        url_recognizer(),
        address_recognizer(),
        secret_recognizer(),
    ]
    for recognizer in found:
        recognizer.supported_language = language
    return found


def _of_model(language: str) -> list[EntityRecognizer]:
    return [
        PersonRecognizer(language),
        SpacyRecognizer(supported_language=language, supported_entities=list(_MODEL_ENTITIES)),
    ]


def _in(kind: Any, language: str) -> EntityRecognizer:
    made: EntityRecognizer = kind(supported_language=language)
    return made
