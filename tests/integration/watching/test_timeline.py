"""The timeline of one application, from a journal that the services wrote and others touched."""

from typing import TYPE_CHECKING, Any

from shared.states import Reason, Status
from shared.watching.timeline import MOST_LINES, read_timeline

if TYPE_CHECKING:
    from tests.integration.watching.conftest import Stand

_RECEIVED: dict[str, Any] = {"actor": "portal:arles", "was": None, "now": Status.RECEIVED}
_PARKED: dict[str, Any] = {
    "actor": "service:verifier",
    "was": Status.RECEIVED,
    "now": Status.PARKED,
    "reason": Reason.NO_FILE,
}
_WOKEN: dict[str, Any] = {
    "actor": "service:scheduler",
    "was": Status.PARKED,
    "now": Status.RECEIVED,
}


def test_an_unknown_reference_has_no_timeline(stand: "Stand") -> None:
    """Nothing is guessed."""
    assert read_timeline(stand.engine, "NULLE-PART") is None


def test_each_transition_is_told_in_order(stand: "Stand") -> None:
    """Who, from, to and why; the chain holds."""
    (application,) = stand.plant()
    stand.tell(application, _RECEIVED, _PARKED, _WOKEN)

    seen = read_timeline(stand.engine, "TEST-0001")

    assert seen is not None
    assert (None, False) == (seen.broken_at, seen.cut)
    assert [
        ("portal:arles", None, "RECEIVED", None),
        ("service:verifier", "RECEIVED", "PARKED", "no_file"),
        ("service:scheduler", "PARKED", "RECEIVED", None),
    ] == [(one.actor, one.was, one.now, one.reason) for one in seen.entries]


def test_a_line_changed_in_the_database_is_told(stand: "Stand") -> None:
    """From the changed line on, nothing is sound."""
    (application,) = stand.plant()
    stand.tell(application, _RECEIVED, _PARKED, _WOKEN)
    stand.run("UPDATE journal SET actor = 'agent:1' WHERE sequence = 2")

    seen = read_timeline(stand.engine, "TEST-0001")

    assert seen is not None
    assert 2 == seen.broken_at
    assert [True, False, False] == [entry.sound for entry in seen.entries]


def test_a_line_deleted_from_the_end_is_told(stand: "Stand") -> None:
    """The application's row knows its last line."""
    (application,) = stand.plant()
    stand.tell(application, _RECEIVED, _PARKED)
    stand.run("DELETE FROM journal WHERE sequence = 2")

    seen = read_timeline(stand.engine, "TEST-0001")

    assert seen is not None
    assert 2 == seen.broken_at


def test_a_long_journal_is_cut_and_says_so(stand: "Stand") -> None:
    """The page has a bound, whatever happened to an application."""
    (application,) = stand.plant()
    stand.tell(application, _RECEIVED, *([_PARKED, _WOKEN] * (MOST_LINES // 2)))

    seen = read_timeline(stand.engine, "TEST-0001")

    assert seen is not None
    assert (MOST_LINES, True, None) == (len(seen.entries), seen.cut, seen.broken_at)
