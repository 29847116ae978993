"""Where a webhook may go, address by address, and what an address may look like."""

import ipaddress

import pytest

from shared.webhooks.target import LONGEST, Target, allowed

_INSIDE = [
    "0.0.0.0",  # noqa: S104 - an address that is refused
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.8.8.8",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.254",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
]
_OUTSIDE = [
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "::ffff:1.1.1.1",
    "2606:4700:4700::1111",
    "2a01:e0a::1",
]


@pytest.mark.parametrize("address", _INSIDE)
def test_what_leads_inwards_is_refused(address: str) -> None:
    """Private, loopback, link-local, carriers' NAT, multicast, and what carries one of them."""
    assert not allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", _OUTSIDE)
def test_what_leads_outside_is_let_through(address: str) -> None:
    """To the last address before each range, and the first after it."""
    assert allowed(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_let_in_where_it_is_asked_for(address: str) -> None:
    """And no other private address with it."""
    assert allowed(ipaddress.ip_address(address), loopback=True)
    assert not allowed(ipaddress.ip_address("10.0.0.1"), loopback=True)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "portail.example",
        "//portail.example/x",
        "http://portail.example/",
        "ftp://portail.example/",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://user:secret@portail.example/",
        "https://user@portail.example/",
        "https://portail.example/#x",
        "https://portail.example:99999/",
        "https://portail.example/ x",
        "https://portail.example/\n",
        "https://écoles.example/",
        "https://127.0.0.1/",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[fe80::1%25eth0]/",
        "https://[",
        "http://127.0.0.1/",
        f"https://portail.example/{'x' * LONGEST}",
    ],
)
def test_an_address_that_may_not_be_used_is_refused(url: str) -> None:
    """With a sentence, and before anybody connects."""
    with pytest.raises(ValueError, match=r"donnez"):
        Target.read(url)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://portail.example", "portail.example", 443),
        ("https://portail.example:8443/b?x=1", "portail.example", 8443),
        ("HTTPS://PORTAIL.example/", "portail.example", 443),
        ("https://1.1.1.1/", "1.1.1.1", 443),
        ("https://[2606:4700:4700::1111]/", "2606:4700:4700::1111", 443),
    ],
)
def test_an_address_is_read(url: str, host: str, port: int) -> None:
    """Host in lower case, port by default."""
    assert Target(url, host, port, secure=True) == Target.read(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://localhost:9/x"])
def test_plain_http_is_for_this_machine_only(url: str) -> None:
    """And only where it is let in."""
    assert not Target.read(url, loopback=True).secure
    with pytest.raises(ValueError, match="https"):
        Target.read(url)
    with pytest.raises(ValueError, match="https"):
        Target.read("http://portail.example/", loopback=True)
