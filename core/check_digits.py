"""Check digits of numbers that are personal data."""

import hashlib

_BASE_58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ADDRESS_BYTES = 25


def passes_luhn(number: str) -> bool:
    """Whether the check digit of a card number is right (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in reversed(number) if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def passes_mod_97(iban: str) -> bool:
    """Whether the check digits of an IBAN are right: rearranged as a number, 1 modulo 97 (ISO 13616-1)."""
    compact = iban.replace(" ", "")
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(sign, 36)) for sign in rearranged)) % 97 == 1


def passes_base58_check(address: str) -> bool:
    """Whether a Bitcoin address is one: its last 4 of 25 bytes are the start of the others' double SHA-256 (Base58Check)."""
    number = 0
    for sign in address:
        digit = _BASE_58.find(sign)
        if digit < 0:
            return False
        number = number * len(_BASE_58) + digit
    if number.bit_length() > _ADDRESS_BYTES * 8:
        return False
    raw = number.to_bytes(_ADDRESS_BYTES, "big")
    return hashlib.sha256(hashlib.sha256(raw[:-4]).digest()).digest()[:4] == raw[-4:]
