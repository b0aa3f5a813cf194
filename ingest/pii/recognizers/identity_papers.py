"""Driving licences, passports and dates of birth: shapes that many things have, so only where a word says what they are."""

import re

from ingest.pii.recognizers.paper_shapes import DATE, PASSPORT, PASSPORT_WORDS
from ingest.pii.recognizers.rules import CERTAIN, NEVER, Rule, RuleRecognizer

_LICENCE = re.compile(
    r"(?<![\w.@/-])(?=[A-Z0-9 -]{0,20}\d{3})[A-Z0-9]{1,8}(?:[ -]?[A-Z0-9]{2,12}){1,4}(?![\w@/])"
)
_LICENCE_CUE = re.compile(
    r"(?i)(?:driv(?:er|ing)'?s?[ -]?(?:licen[cs]e|permit)|(?<![a-z])d[/.]?l\.? ?(?=no|num|#|:)|permis de conduire|f\u00fchrerschein|"
    r"(?:carnet|licencia|permiso) de conduci?r|rijbewijs|patente di guida)(?:[^.!?\n]|n[or]\.){0,30}$"
)
_PASSPORT = re.compile(rf"(?<![\w.@/-]){PASSPORT}(?![\w@/-])")
_PASSPORT_CUE = re.compile(rf"(?i)(?:{PASSPORT_WORDS})(?:[^.!?\n]|n[or]\.){{0,40}}$")
# The first line of a machine-readable passport page (ICAO 9303-4).
_MACHINE_READABLE = re.compile(r"(?<![A-Z<])P[A-Z<][A-Z]{3}[A-Z]+<[A-Z<]{10,38}(?:\s+[A-Z0-9<]{44})?")
_BIRTH = re.compile(
    r"(?i)(?:(?<![a-z])d\.?o\.?b\b\.?|date of birth|birth[- ]?date|birth ?day|(?<![a-z])born|geboren|geburtsdatum|geb\.|"
    r"(?<![a-z])n\u00e9e?(?![a-z])|date de naissance|fecha de nacimiento|nacid[oa]|data di nascita|nat[oa] il|geboortedatum)"
    rf"[\"'*_|)]{{0,3}}[ :=|]{{0,4}}(?:is|was|on|in|the|am|le|el|il|[ :|*_])*(?P<value>{DATE})(?!\d)"
)


def licence_recognizer() -> RuleRecognizer:
    """Finds `DRIVER_LICENSE`."""
    rule = Rule(_LICENCE, NEVER, context=_LICENCE_CUE)
    return RuleRecognizer("DRIVER_LICENSE", [rule], gate=re.compile(r"\d{3}"))


def passport_recognizer() -> RuleRecognizer:
    """Finds `PASSPORT`."""
    rules = (Rule(_PASSPORT, NEVER, context=_PASSPORT_CUE), Rule(_MACHINE_READABLE, CERTAIN))
    return RuleRecognizer("PASSPORT", rules, gate=re.compile(r"\d{5}|<<|[A-Z]\d[A-Z0-9]{7}"))


def birth_date_recognizer() -> RuleRecognizer:
    """Finds `DATE_OF_BIRTH`; other dates stay."""
    return RuleRecognizer("DATE_OF_BIRTH", [Rule(_BIRTH, 0.85)], gate=re.compile(r"\d\d"))
