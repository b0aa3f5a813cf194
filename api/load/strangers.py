"""How often an address may show a credential that opens nothing. In each process by itself, and in memory alone."""

import hashlib
import hmac
import ipaddress
import math
import os
from collections import OrderedDict

from starlette.types import Scope

from core.limit_ports import Quota, RateCounter, Standing

_MOST_FRIENDS = 10_000
# Whoever has an IPv6 address has as many of its network as it likes.
_NETWORK_BITS = 64


class Strangers:
    """Counts failures by address. Credentials that have opened are friends: what others of their address do is not held against them."""

    def __init__(self, amount: int, counter: RateCounter, *, share_count: int = 1) -> None:
        """`amount` failures a minute, of which this process has its part; 0: no limit."""
        self._quota = Quota("refusals", math.ceil(amount / share_count)) if amount else None
        self._counter = counter
        self._salt = os.urandom(32)
        self._friends: OrderedDict[bytes, None] = OrderedDict()

    async def kept_out(self, address: str, shown: str) -> Standing | None:
        """Where an address stands that has failed too often, unless it shows what has opened before; else None."""
        if self._quota is None or self._name(shown) in self._friends:
            return None
        # Nothing is taken by asking.
        standing = await self._counter.take(self._quota, address, cost=0)
        return standing if standing.remaining_count <= 0 else None

    async def failed(self, address: str) -> None:
        """Note that nothing was opened."""
        if self._quota is not None:
            await self._counter.take(self._quota, address)

    def opened(self, shown: str) -> None:
        """Note a credential that has opened."""
        if self._quota is None:
            return
        name = self._name(shown)
        self._friends[name] = None
        self._friends.move_to_end(name)
        if len(self._friends) > _MOST_FRIENDS:
            self._friends.popitem(last=False)

    def _name(self, shown: str) -> bytes:
        # Never the credential itself.
        return hmac.digest(self._salt, shown.encode(), hashlib.sha256)


def address_of(scope: Scope) -> str:
    """The client's address; of IPv6 its network. Empty where there is none, as of a socket file."""
    client = scope.get("client")
    if not client:
        return ""
    try:
        address = ipaddress.ip_address(client[0])
    except ValueError:
        return str(client[0])
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _NETWORK_BITS), strict=False))
