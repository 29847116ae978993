"""Pauses: what each switch stops, and for whom."""

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from services.verifier.habilitations import Rights
from shared.maintenance import Calendar, Window
from shared.protocol import switching
from shared.protocol.pauses import Paused, Turn, paused
from shared.states import Lane, Step

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_SOON = timedelta(hours=1)


def _pause(record: "Record", name: str, *, ends_in: timedelta | None = None) -> None:
    until = None if ends_in is None else datetime.now(UTC) + ends_in
    switching.pause(record.engine, name, until=until, reason="essai", by="test")


def _turn(record: "Record", lane: Lane = Lane.BULK) -> Turn:
    founded = record.founded
    return Turn(founded.authority, founded.scheme, founded.habilitation, lane)


def _stopped(record: "Record", lane: Lane = Lane.BULK) -> set[Step]:
    now = paused(record.engine)
    return {step for step in Step if now.stops(step, _turn(record, lane))}


@pytest.mark.parametrize(
    ("switch", "stopped"),
    [
        ("queue:price.bulk", {Step.PRICE}),
        ("queue:price.now", set()),
        ("endpoint:eaje", {Step.VERIFY}),
        ("endpoint:qf", set()),
        ("provider:api-particulier", {Step.VERIFY}),
        ("provider:dgfip", set()),
        ("breaker:eaje", {Step.VERIFY}),
        ("authority:{authority}", set(Step)),
        ("authority:00000000-0000-0000-0000-000000000001", set()),
        ("habilitation:{habilitation}", set()),  # its permits are stopped, in Redis
        ("ringing", set()),
        ("what nobody knows", set()),
    ],
)
def test_a_switch_stops_what_it_names(record: "Record", switch: str, stopped: set[Step]) -> None:
    """Calls of an endpoint or provider, everything of an authority, one queue; no more."""
    founded = record.founded
    _pause(record, switch.format(authority=founded.authority, habilitation=founded.habilitation))

    assert stopped == _stopped(record)


def test_another_town_is_not_stopped(record: "Record") -> None:
    """One authority's pause is its own; an endpoint's is everybody's."""
    other = record.found_another("saintes")
    _pause(record, f"authority:{other.authority}")
    assert set() == _stopped(record)

    _pause(record, "endpoint:eaje")
    assert {record.founded.scheme, other.scheme} == paused(record.engine).schemes


def test_what_has_ended_stops_nothing(record: "Record") -> None:
    """A breaker's time has come: it may be tried, and is not forgotten."""
    _pause(record, "endpoint:eaje", ends_in=-_SOON)
    _pause(record, "breaker:eaje", ends_in=-_SOON)

    assert set() == _stopped(record)
    assert ["breaker:eaje"] == list(paused(record.engine).trials)


def test_announced_maintenance_stops_as_a_switch_does(record: "Record") -> None:
    """By the record's clock; what it does not name goes on."""
    all_day = {"begins": time(0), "ends": time(23, 59, 59)}
    calendar = Calendar(
        (Window(name="essai", endpoints=frozenset({"eaje"}), **all_day),), timedelta(minutes=1)
    )
    other = Calendar((Window(name="essai", endpoints=frozenset({"tax"}), **all_day),))

    assert {record.founded.scheme} == paused(record.engine, calendar).schemes
    assert Paused() == paused(record.engine, other)


def test_a_refused_token_stops_its_habilitation_until_it_is_replaced(record: "Record") -> None:
    """The fingerprint is the same here and there, and another token or recipient has another."""
    habilitation = record.founded.habilitation
    refused = Rights(record.engine, record.ring).of(habilitation).stop
    _pause(record, refused, ends_in=_SOON)

    now = paused(record.engine)
    assert (frozenset({habilitation}), [refused]) == (now.refused, list(now.trials))

    change = text("UPDATE habilitations SET recipient = '21130000900027' WHERE id = :id")
    with record.owner.begin() as connection:
        connection.execute(change, {"id": habilitation})

    assert Paused() == paused(record.engine)
    assert refused != Rights(record.engine, record.ring).of(habilitation).stop


def test_a_refused_token_may_be_tried_at_its_time(record: "Record") -> None:
    """It rings again then, and is still known as refused."""
    refused = Rights(record.engine, record.ring).of(record.founded.habilitation).stop
    _pause(record, refused, ends_in=-_SOON)

    now = paused(record.engine)
    assert (frozenset(), [refused]) == (now.refused, list(now.trials))
