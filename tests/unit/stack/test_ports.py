"""Ports that are ours until we let go of them."""

import socket

import pytest

from services.command.stack.ports import HOST, reserve


def test_a_reserved_port_is_nobody_elses() -> None:
    """While a port is reserved, binding it fails; once released, it succeeds."""
    port = reserve()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((HOST, port.number))
    port.release()
    with socket.socket() as other:
        other.bind((HOST, port.number))


def test_the_preferred_port_is_given_when_free() -> None:
    """A free preferred port is the one reserved."""
    free = reserve().release()
    with reserve(free) as port:
        assert free == port.number


def test_a_taken_preferred_port_is_replaced() -> None:
    """A preferred port that is taken gives way to another."""
    with reserve() as taken, reserve(taken.number) as other:
        assert taken.number != other.number


def test_ports_lie_below_those_lent_to_outgoing_connections() -> None:
    """No port drawn can be the local port of a client, on Linux or macOS."""
    for _ in range(50):
        with reserve() as port:
            assert 20_000 <= port.number < 30_000
