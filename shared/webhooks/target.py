"""Where a webhook may go: out to the internet over TLS, never back inside. Pure.

Whoever sets a portal's address could otherwise have us speak to what only we can reach: databases,
metadata of a cloud, this machine. So the address that a name resolves to is looked at, and the
connection is made to that very address (`services.notifier.sending`).
"""

import ipaddress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

LONGEST = 2_048
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_INSIDE_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carriers' NAT
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link-local, where clouds keep their secrets
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # old 6to4 relays
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_OUTSIDE_6 = ipaddress.IPv6Network("2000::/3")  # all that is routed on the internet
_INSIDE_6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: it carries an IPv4 address, any
            "3fff::/20",  # documentation
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """An address that deliveries may be sent to, as far as its text tells."""

    url: str
    host: str
    port: int
    secure: bool

    @classmethod
    def read(cls, url: str, *, loopback: bool = False) -> Self:
        """Read a webhook's address; `loopback` lets in this machine, over plain HTTP too.

        Raises:
            ValueError: in French, what is wrong with it and what to give.
        """
        if len(url) > LONGEST or not url.isascii() or any(c.isspace() or c < "!" for c in url):
            raise ValueError(f"donnez une adresse d'au plus {LONGEST} caractères ASCII sans espace")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise ValueError("n'est pas une adresse : donnez https://…") from None
        plain = parts.scheme == "http" and loopback and _is_loopback(host)
        if not host or (parts.scheme != "https" and not plain):
            raise ValueError("donnez une adresse qui commence par https://")
        if parts.username is not None or parts.password is not None or parts.fragment:
            raise ValueError("donnez-la sans identifiant, sans mot de passe et sans « # »")
        literal = literal_address(host)
        if literal is not None and not allowed(literal, loopback=loopback):
            raise ValueError("mène à un réseau privé : donnez une adresse de l'internet")
        secure = parts.scheme == "https"
        return cls(url, host, port or (443 if secure else 80), secure)


def literal_address(host: str) -> Address | None:
    """The address that a host is written as; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def allowed(address: Address, *, loopback: bool = False) -> bool:
    """Whether this address is out on the internet; or this machine's, where that is let in."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return loopback
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _INSIDE_4)
    if address.scope_id is not None or address not in _OUTSIDE_6:
        return False
    return not any(address in network for network in _INSIDE_6)


def _is_loopback(host: str) -> bool:
    literal = literal_address(host)
    return host == "localhost" or (literal is not None and literal.is_loopback)
