"""IP addresses of machines somewhere: no version numbers, no loopback, no masks."""

import ipaddress
import re

from ingest.pii.recognizers.rules import LIKELY, NEVER, Rule, RuleRecognizer

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_V4 = re.compile(
    r"(?<![\w.-])(?<!version )(?<!release )(?<!build )(?<!§ )(?<!section )(?<!chapter )"
    rf"(?:{_OCTET}\.){{3}}{_OCTET}(?:/\d{{1,2}})?(?![\w-]|\.\w)"
)
_V6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3})?(?![\w:])"
)


def ip_recognizer() -> RuleRecognizer:
    """Finds `IP_ADDRESS`."""
    rules = (Rule(_V4, LIKELY, check=_rejected), Rule(_V6, NEVER, check=_v6))
    return RuleRecognizer("IP_ADDRESS", rules, gate=re.compile(r"\d\.\d{1,3}\.\d|[0-9A-Fa-f]?::?[0-9A-Fa-f]"))


def _rejected(value: str) -> bool | None:
    """Sure of a valid address; addresses that every machine has say nothing about anybody."""
    try:
        address = ipaddress.ip_address(value.partition("/")[0])
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified or value.startswith(("255.", "0.")))


def _v6(value: str) -> bool | None:
    # Two parts of a name in program text (`a::b`) are a valid address too.
    if len(value) < 6 or not any(character.isdigit() for character in value):
        return False
    return _rejected(value)
