"""Sessions: known again for a while, then forgotten."""

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from shared.people import register, sessions
from shared.roles import Role

if TYPE_CHECKING:
    from tests.console_record import Consoles

pytestmark = pytest.mark.stack

_MINUTE = timedelta(minutes=1)


def test_a_session_ends_after_silence(consoles: "Consoles") -> None:
    """Each look puts the end off; two silent hours are the end."""
    page = consoles.signed_in(Role.AGENT)
    start, seen = consoles.clock.now, []
    for wait in (sessions.LONGEST_SILENCE - _MINUTE, sessions.LONGEST_SILENCE - _MINUTE):
        consoles.clock.now += wait
        with consoles.at_the_door() as connection:
            seen.append(sessions.find(connection, page.token, now=consoles.clock()))
    consoles.clock.now += sessions.LONGEST_SILENCE
    with consoles.at_the_door() as connection:
        gone = sessions.find(connection, page.token, now=consoles.clock())

    assert [page.person.id] * 2 == [one.person.id for one in seen if one]
    assert consoles.clock.now > start
    assert gone is None


def test_a_session_ends_after_a_day_s_work(consoles: "Consoles") -> None:
    """However busy."""
    page = consoles.signed_in(Role.OPS)
    end = consoles.clock.now + sessions.LONGEST_SESSION
    seen = []
    while consoles.clock.now < end:
        with consoles.at_the_door() as connection:
            seen.append(sessions.find(connection, page.token, now=consoles.clock()) is not None)
        consoles.clock.now += timedelta(hours=1)
    with consoles.at_the_door() as connection:
        gone = sessions.find(connection, page.token, now=consoles.clock())

    assert [True] * 12 == seen
    assert gone is None


def test_a_person_has_so_many_browsers(consoles: "Consoles") -> None:
    """The oldest gives way to the newest."""
    person = consoles.add(Role.AGENT)
    tokens = []
    for _ in range(sessions.MOST_SESSIONS + 1):
        consoles.clock.now += _MINUTE
        tokens.append(consoles.sign_in(person).token)
    with consoles.at_the_door() as connection:
        known = [sessions.find(connection, one, now=consoles.clock()) for one in tokens]

    assert [False] + [True] * sessions.MOST_SESSIONS == [one is not None for one in known]


def test_who_is_disabled_is_out_at_once(consoles: "Consoles") -> None:
    """Every browser of theirs, and no other person's."""
    gone, other = consoles.signed_in(Role.AGENT), consoles.signed_in(Role.AGENT)
    with consoles.at_the_door() as connection:
        register.disable(connection, gone.person, now=consoles.clock(), by="test")
        known = [
            sessions.find(connection, page.token, now=consoles.clock()) is not None
            for page in (gone, other)
        ]

    assert [False, True] == known
