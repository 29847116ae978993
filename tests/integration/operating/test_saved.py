"""Filters that are kept, and acts on other things than applications, which are noted."""

from typing import TYPE_CHECKING

import pytest

from shared.protocol.operating import saved, switches
from shared.protocol.operating.noting import MOST_NOTED, last_noted, note
from shared.protocol.pauses import paused
from shared.seeking.sought import Sought
from shared.seeking.writing import SoughtError, read_text
from shared.states import Status
from shared.watching import reading
from shared.watching.words import switch_words

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_AWA, _PARKED = "person:awa", Sought(state=(Status.PARKED,))


def test_a_filter_is_kept_for_a_person_or_a_team(record: "Record") -> None:
    """By name, and what is kept later under the same name takes its place."""
    with record.engine.begin() as connection:
        saved.save(connection, _AWA, "à relancer", _PARKED, by=_AWA)
        saved.save(connection, _AWA, " à relancer ", read_text("older=3d"), by=_AWA)
        saved.save(connection, saved.TEAM, "parqués", _PARKED, by=_AWA)
        saved.save(connection, "person:leo", "à moi", _PARKED, by="person:leo")
        kept = saved.saved_of(connection, [_AWA, saved.TEAM])

    assert [("à relancer", "older=3d"), ("parqués", "state=PARKED")] == [
        (one.name, one.text) for one in kept
    ]
    assert _PARKED == kept[1].sought


def test_one_of_a_later_release_is_shown_and_not_used(record: "Record") -> None:
    """What it asks for is not known here."""
    with record.engine.begin() as connection:
        saved.save(connection, _AWA, "futur", _PARKED, by=_AWA)
    with record.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE saved_filters SET sought = 'mood=blue'")
    with record.engine.begin() as connection:
        [kept] = saved.saved_of(connection, [_AWA])

    assert ("mood=blue", None) == (kept.text, kept.sought)


def test_one_keeps_so_many(record: "Record") -> None:
    """One more is refused; one that is kept already may change."""
    with record.engine.begin() as connection:
        for number in range(saved.MOST_SAVED):
            saved.save(connection, _AWA, f"n° {number}", _PARKED, by=_AWA)
        saved.save(connection, _AWA, "n° 0", Sought(), by=_AWA)
        with pytest.raises(SoughtError, match="filtres au plus"):
            saved.save(connection, _AWA, "de trop", _PARKED, by=_AWA)
        assert [True, False] == [saved.forget(connection, _AWA, "n° 1") for _ in range(2)]


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "deux\nlignes"])
def test_a_name_is_one_short_line(record: "Record", name: str) -> None:
    """Another is refused by its field."""
    with record.engine.begin() as connection, pytest.raises(SoughtError, match="nom"):
        saved.save(connection, _AWA, name, _PARKED, by=_AWA)


def test_a_scheme_is_paused_and_resumed(record: "Record") -> None:
    """Nothing is called for it; who did it and why is noted, each time."""
    with record.engine.begin() as connection:
        switches.pause(connection, "scheme:arles/creches", until=None, reason="barème", actor=_AWA)
    stopped = paused(record.engine).schemes
    with record.engine.connect() as connection:
        shown = connection.execute(reading._SWITCHES, {"most_listed": 20}).one()[0]
    with record.engine.begin() as connection:
        switches.resume(connection, "scheme:arles/creches", actor=_AWA, comment="barème publié")
        noted = last_noted(connection)

    assert {record.founded.scheme} == stopped
    assert "Le dispositif « arles/creches » est suspendu" == switch_words(shown, None)
    assert frozenset() == paused(record.engine).schemes
    assert [("resume", "barème publié"), ("pause", "barème")] == [
        (one.act, one.comment) for one in noted
    ]


def test_so_many_acts_are_shown(record: "Record") -> None:
    """The newest."""
    with record.engine.begin() as connection:
        for number in range(MOST_NOTED + 1):
            note(connection, "replay", str(number), actor=_AWA, comment="essai")
        shown = last_noted(connection, most=MOST_NOTED + 1)

    assert (MOST_NOTED, str(MOST_NOTED)) == (len(shown), shown[0].target)
