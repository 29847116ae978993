"""What is found of a habilitation: what stops calls, what is missing, what ends soon."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from services.command.habilitation.catalogue import EAJE
from services.command.habilitation.checks import Gravity, Standing, Token, findings
from services.command.records.kinds import Kind
from services.command.records.models import Habilitation, Scheme, read

if TYPE_CHECKING:
    from tests.unit.habilitation.conftest import Makes

_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
_NAMES = frozenset(scope.name for scope in EAJE.scopes)


def _scheme(**changes: str) -> Scheme:
    given = {"code": "creches", "authority": "loire", "habilitation": "loire", "name": "Crèches"}
    record = read(Kind.SCHEME, given | changes)
    assert isinstance(record, Scheme)
    return record


def _standing(right: Habilitation, **changes: Any) -> Standing:
    standing = Standing(
        right=right,
        authority="21130000900019",
        schemes=[_scheme()],
        token=Token.OPENED,
        ends_at=_AT + timedelta(days=400),
    )
    return replace(standing, **changes)


def _found(standing: Standing) -> list[tuple[Gravity, str | None]]:
    return [(one.gravity, one.field) for one in findings(standing, _AT)]


def test_there_is_nothing_to_do_when_all_is_well(right: "Makes") -> None:
    """A whole dossier, a token that lasts, a scheme that is covered; asked online or not."""
    assert [] == _found(_standing(right()))
    assert [] == _found(_standing(right(), granted=_NAMES))


@pytest.mark.parametrize(
    ("left", "warned_at"),
    [
        (timedelta(days=91), None),
        (timedelta(days=90, seconds=1), None),
        (timedelta(days=90), 90),
        (timedelta(days=60), 60),
        (timedelta(days=59), 60),
        (timedelta(days=30), 30),
        (timedelta(days=15), 15),
        (timedelta(hours=1), 15),
    ],
)
def test_an_end_is_told_when_the_state_writes_of_it(
    right: "Makes", left: timedelta, warned_at: int | None
) -> None:
    """At 90, 60, 30 and 15 days: each end is told once, with the threshold that it has passed."""
    found = findings(_standing(right(), ends_at=_AT + left), _AT)

    assert ([] if warned_at is None else [(Gravity.SOON, warned_at, left.days)]) == [
        (one.gravity, one.warned_at, one.days_left) for one in found
    ]


def test_every_end_is_looked_at(right: "Makes") -> None:
    """The token's, the habilitation's and the convention's; an ended convention stops no call."""
    day = "2026-12-01"
    ends = right({"ends_at": day, "convention": {"date": "2024-01-01", "ends_on": day}})
    past = right(
        {"ends_at": "2026-11-24", "convention": {"date": "2024-01-01", "ends_on": "2026-11-24"}}
    )

    fields = ["token_expires_at", "dossier.ends_at", "dossier.convention.ends_on"]
    assert [(Gravity.SOON, field) for field in fields] == _found(
        _standing(ends, ends_at=_AT + timedelta(days=7))
    )
    assert [
        (Gravity.STOPS, fields[0]),
        (Gravity.STOPS, fields[1]),
        (Gravity.MISSING, fields[2]),
    ] == _found(_standing(past, ends_at=_AT))


@pytest.mark.parametrize(
    ("token", "ends_at", "gravity", "field"),
    [
        (Token.NONE, None, Gravity.STOPS, "token"),
        (Token.SHUT, None, Gravity.STOPS, "token"),
        (Token.OPENED, None, Gravity.MISSING, "token_expires_at"),
    ],
)
def test_a_token_is_there_and_opens_and_says_its_end(
    right: "Makes", token: Token, ends_at: datetime | None, gravity: Gravity, field: str
) -> None:
    """Or it is said what is missing."""
    assert [(gravity, field)] == _found(_standing(right(), token=token, ends_at=ends_at))


def test_what_stops_calls_comes_first(right: "Makes") -> None:
    """A scheme or a recipient that is not covered, before a title that is missing."""
    standing = _standing(
        right({"title": ""}, recipient="35600000049837"), schemes=[_scheme(profile="qf")]
    )

    assert [
        (Gravity.STOPS, "endpoints"),
        (Gravity.STOPS, "recipient"),
        (Gravity.MISSING, "dossier.title"),
    ] == _found(standing)


def test_what_the_state_grants_is_compared_with_what_is_recorded(right: "Makes") -> None:
    """A scope that is needed and not granted stops; one too many, or untold, is to be mended."""
    needed = "cnav_participation_familiale_eaje_enfants"
    address = "cnav_participation_familiale_eaje_adresse"

    assert [(Gravity.STOPS, "dossier.scopes")] == _found(
        _standing(right(), granted=_NAMES - {needed})
    )
    assert [(Gravity.MISSING, "dossier.scopes")] == _found(
        _standing(right(), granted=_NAMES - {address})
    )
    [extra] = findings(_standing(right(), granted=_NAMES | {"prime_activite"}), _AT)
    assert "faites-le retirer" in extra.what


def test_a_token_that_the_state_refuses_is_told(right: "Makes") -> None:
    """And so is a State that does not answer, which is no refusal."""
    assert [(Gravity.STOPS, "token")] == _found(_standing(right(), refused=401))
    assert [(Gravity.MISSING, None)] == _found(_standing(right(), unanswered="timeout"))


def test_a_packages_right_has_no_form_in_datapass(right: "Makes") -> None:
    """Its dossier is nobody's business; its token and its end are."""
    own = right({"title": ""}, provider="registre")
    standing = _standing(own, schemes=[_scheme(profile="registre")])

    assert [] == _found(standing)
    assert [(Gravity.STOPS, "token")] == _found(replace(standing, token=Token.NONE))
