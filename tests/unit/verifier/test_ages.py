"""Ages: the EAJE endpoint is asked about children under seven who are born, and about no other."""

from datetime import UTC, date, datetime

import httpx
import pytest

from services.verifier.provider.ages import seventh_birthday, unless_under_seven
from services.verifier.provider.asked import Asked
from services.verifier.provider.endpoint import EAJE_BY_FRANCE_CONNECT, EAJE_WITH_PROOF, QF
from services.verifier.provider.particulier import ByFranceConnect
from shared.application import Application
from shared.civil_status import Child
from shared.evidence import NoChildUnderSeven
from tests.unit.verifier.particulier import Counter, api, client

_BIRTHDAY = date(2019, 11, 23)  # seven on the day of the tests
_TO_COME = NoChildUnderSeven(None, date(2026, 11, 24))
_SEVEN = NoChildUnderSeven(None)


def _born(birth: date) -> Child:
    return Child(birth_name="Marchetti-Lô", first_names=("Zoé",), birth=birth)


@pytest.mark.parametrize(
    ("birth", "outcome"),
    [
        (date(2026, 11, 24), _TO_COME),
        (date(2026, 11, 23), None),
        (date(2019, 11, 24), None),
        (_BIRTHDAY, _SEVEN),
        (date(2012, 1, 1), _SEVEN),
    ],
)
def test_a_child_is_asked_about_from_birth_to_seven(
    birth: date, outcome: NoChildUnderSeven | None
) -> None:
    """The day of birth is in, the seventh birthday is out."""
    assert outcome == unless_under_seven(_born(birth), date(2026, 11, 23))


def test_who_was_born_on_a_29th_of_february_is_seven_on_the_1st_of_march() -> None:
    """Seven years after a leap year none is."""
    assert date(2031, 3, 1) == seventh_birthday(date(2024, 2, 29))


def _of(application: Application, birth: date) -> Application:
    return application.model_copy(update={"child": _born(birth)})


@pytest.mark.parametrize(
    ("now", "asked"),
    [
        (datetime(2026, 11, 22, 22, 59, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 23, 0, tzinfo=UTC), False),
    ],
)
async def test_the_day_is_that_of_paris(
    application: Application, now: datetime, *, asked: bool
) -> None:
    """At midnight there, an hour before that in UTC, the child is seven and nobody is asked."""
    counter = Counter(httpx.Response(404))
    asks = client(httpx.MockTransport(counter), EAJE_WITH_PROOF)

    outcome = await asks.verify(_of(application, _BIRTHDAY), now)

    assert asked is (len(counter.requests) == 1)
    assert asked is (outcome != _SEVEN)


async def test_nobody_is_asked_before_the_birth(application: Application, now: datetime) -> None:
    """By neither way; what is known is the day from which to ask."""
    counter = Counter(httpx.Response(404))
    to_come = _of(application, date(2026, 11, 24))
    transport = httpx.MockTransport(counter)

    by_civil_status = await client(transport).verify(to_come, now)
    bearer = ByFranceConnect(api(transport, EAJE_BY_FRANCE_CONNECT))
    by_france_connect = await bearer.verify("t", Asked.about(to_come), now)

    assert [_TO_COME, _TO_COME] == [by_civil_status, by_france_connect]
    assert [] == counter.requests


async def test_a_quotient_is_asked_for_at_any_age(application: Application, now: datetime) -> None:
    """Canteens and holiday camps have their elder children."""
    counter = Counter(httpx.Response(404))

    await client(httpx.MockTransport(counter), QF).verify(_of(application, _BIRTHDAY), now)

    assert 1 == len(counter.requests)
