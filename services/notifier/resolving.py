"""Resolving: the addresses of a name, all looked at before any is used."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence

from shared.webhooks.outcomes import Failed, Failure
from shared.webhooks.target import Address, Target, allowed, literal_address

MOST_ADDRESSES = 4  # tried in turn
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]


async def system_lookup(host: str, port: int) -> Sequence[str]:
    """The addresses that this machine's resolver gives.

    Raises:
        OSError: it gives none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def addresses_of(
    target: Target, lookup: Lookup, *, loopback: bool
) -> Sequence[Address] | Failed:
    """The addresses to connect to; a name with one address that leads inwards is refused whole."""
    literal = literal_address(target.host)
    found = [literal] if literal else await _looked_up(target, lookup)
    if not found:
        return Failed(Failure.NAME_UNKNOWN)
    if not all(allowed(address, loopback=loopback) for address in found):
        return Failed(Failure.TARGET_REFUSED)
    return found[:MOST_ADDRESSES]


async def _looked_up(target: Target, lookup: Lookup) -> list[Address]:
    try:
        told = await lookup(target.host, target.port)
        return [ipaddress.ip_address(one) for one in dict.fromkeys(told)]
    except (OSError, UnicodeError, ValueError):
        return []
