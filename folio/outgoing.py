"""Where messages may be sent. A webhook's address comes from outside: it must not reach what only this network can.

The name is resolved for each message, and the connection goes to the address that was checked: a name that points to
somewhere else a moment later does not help.
"""

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass

import httpx

from core.errors import InvalidInputError

MAX_URL_CHARS = 2000
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9a-fA-F:.]+")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_ADVICE = "the setting webhooks.allow_private permits it"


class RefusedTargetError(InvalidInputError):
    """Nothing may be sent there."""

    code = "refused_target"


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was checked, and how to send to it while still naming the host."""

    url: httpx.URL
    host_header: str
    sni_hostname: str


def checked_url(text: str, *, allow_private: bool) -> httpx.URL:
    """The URL, as far as it can be judged without asking for its name's address.

    Raises:
        RefusedTargetError: It is no http(s) URL, has a user name, or names this machine or a private network.
    """
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError):
        raise RefusedTargetError("the webhook's url cannot be read as a URL") from None
    if (
        len(text) > MAX_URL_CHARS
        or not _HOST.fullmatch(url.raw_host)
        or not 0 < (url.port or 443) < 65_536
        or url.scheme not in {"http", "https"}
        or not url.host
        or url.userinfo
        or url.fragment
    ):
        raise RefusedTargetError(
            f"a webhook's url is http(s)://host/..., without user name and fragment, up to {MAX_URL_CHARS} characters"
        )
    if url.scheme == "http" and not allow_private:
        raise RefusedTargetError(f"a webhook's url must begin with https:// ({_ADVICE})")
    address = _literal(url.host)
    if address is not None:
        _check(address, allow_private=allow_private)
    return url


async def resolved(text: str, *, allow_private: bool) -> Target:
    """Where to send a message for this URL now.

    Raises:
        RefusedTargetError: As for `checked_url`; one of the name's addresses counts for all.
        OSError: The name cannot be resolved.
    """
    url = checked_url(text, allow_private=allow_private)
    rows = await asyncio.get_running_loop().getaddrinfo(url.host, url.port or 0, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(row[4][0]).split("%", maxsplit=1)[0]) for row in rows]
    for address in addresses:
        _check(address, allow_private=allow_private)
    return Target(
        url.copy_with(host=str(addresses[0])), url.netloc.decode("ascii"), url.raw_host.decode("ascii")
    )


def is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address belongs to the internet at large, also one that is wrapped in an IPv6 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if address.teredo:
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _check(address: ipaddress.IPv4Address | ipaddress.IPv6Address, *, allow_private: bool) -> None:
    if not allow_private and not is_public(address):
        raise RefusedTargetError(f"a webhook must not point to this machine or a private network ({_ADVICE})")


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
