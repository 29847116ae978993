"""What each outcome of asking the State leads to."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import get_args

import pytest

from services.verifier.consequences import (
    ASK_FILE_AGAIN,
    ASK_PROVIDER_AGAIN,
    FORBIDDEN_FOR,
    LAST_DATE,
    MOST_ATTEMPTS,
    SOON,
    Consequence,
    Standing,
    consequence,
)
from shared.evidence import (
    EAJE_SOURCE,
    Busy,
    Certified,
    EajeFacts,
    Forbidden,
    Inconsistent,
    InputRefused,
    NoChildUnderSeven,
    NoFile,
    NotIdentified,
    Outcome,
    Provenance,
    Unavailable,
    Unreadable,
)
from shared.states import MOVES, Reason, Status

_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_IN_AN_HOUR = _NOW + timedelta(hours=1)
_FIRST_RETRY = timedelta(seconds=10)
_FRESH = Standing(attempts=0, last_date=None)
_TRIED = Standing(attempts=3, last_date=_NOW + timedelta(days=12))
_FROM = Provenance(source=EAJE_SOURCE, fetched_at=_NOW, http_status=200)
_FACTS = EajeFacts(
    children=1,
    aeeh_children=0,
    annual_resources_cents=1,
    resources_year=2024,
    child_listed=True,
    address_line=None,
    address_city=None,
    provenance=_FROM,
)
_BUSY = Busy(_FROM, None, whole_habilitation=False)
_QUOTA = Busy(_FROM, _IN_AN_HOUR, whole_habilitation=True)
_DOWN = Unavailable(None, "reset")
_TABLE: list[tuple[Outcome, Status, Reason | None]] = [
    (Certified(_FACTS), Status.VERIFIED, None),
    (NotIdentified(_FROM), Status.TO_REVIEW, Reason.NOT_IDENTIFIED),
    (NoFile(_FROM), Status.PARKED, Reason.NO_FILE),
    (NoChildUnderSeven(_FROM), Status.TO_REVIEW, Reason.NO_CHILD_UNDER_SEVEN),
    (InputRefused(_FROM, ("/applicant",)), Status.TO_REVIEW, Reason.INPUT_REFUSED),
    (Inconsistent(_FROM, "applicant"), Status.TO_REVIEW, Reason.INCONSISTENT),
    (Forbidden(_FROM), Status.RECEIVED, Reason.ACCESS_FORBIDDEN),
    (_BUSY, Status.RECEIVED, Reason.PROVIDER_BUSY),
    (_QUOTA, Status.RECEIVED, Reason.PROVIDER_BUSY),
    (_DOWN, Status.RECEIVED, Reason.PROVIDER_UNAVAILABLE),
    (Unreadable(_FROM), Status.TO_REVIEW, Reason.ANSWER_UNREADABLE),
]
_EACH = pytest.mark.parametrize("outcome", [row[0] for row in _TABLE])


class Steady(Random):
    """Chance that always falls in the middle."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def _after(
    outcome: Outcome, standing: Standing = _FRESH, *, now: datetime = _NOW, seed: int | None = None
) -> Consequence:
    chance = Steady() if seed is None else Random(seed)
    return consequence(outcome, standing, now, first_retry=_FIRST_RETRY, chance=chance)


def test_the_table_is_whole() -> None:
    """Every class of outcome has its row here, hence its consequence."""
    assert set(get_args(Outcome)) == {type(outcome) for outcome, _, _ in _TABLE}


@pytest.mark.parametrize(("outcome", "status", "reason"), _TABLE)
def test_each_outcome_has_its_state_and_reason(
    outcome: Outcome, status: Status, reason: Reason | None
) -> None:
    """By a move that the store accepts from where the application stands."""
    after = _after(outcome)

    assert (status, reason) == (after.status, after.reason)
    assert (Status.RECEIVED, after.status) in MOVES


@_EACH
def test_only_what_a_person_settles_is_never_due(outcome: Outcome) -> None:
    """Whatever a machine takes up again has its date, not before now; the rest has none."""
    after = _after(outcome)

    assert (after.status is Status.TO_REVIEW) == (after.due_at is None)
    assert after.due_at is None or after.due_at >= _NOW


@_EACH
def test_only_a_failing_provider_counts_an_attempt(outcome: Outcome) -> None:
    """A quota or a refused token is no attempt of ours; an answer makes the count start again."""
    attempts = {Unavailable: 4, Busy: 3, Forbidden: 3}

    assert attempts.get(type(outcome), 0) == _after(outcome, _TRIED).attempts


@pytest.mark.parametrize("outcome", [_BUSY, _QUOTA, Forbidden(_FROM), _DOWN, NoFile(_FROM)])
def test_the_last_date_outlives_every_new_try(outcome: Outcome) -> None:
    """Set when the application was first parked, it is never put off."""
    assert _TRIED.last_date == _after(outcome, _TRIED).last_date


def test_certified_data_is_priced_at_once() -> None:
    """Due now, and no longer bound to a last date."""
    assert Consequence(Status.VERIFIED, due_at=_NOW) == _after(Certified(_FACTS), _TRIED)


@_EACH
def test_only_a_refused_token_and_a_whole_quota_stop_the_habilitation(outcome: Outcome) -> None:
    """One family's trouble never stops the others' calls."""
    pauses: dict[Outcome, datetime] = {
        Forbidden(_FROM): _NOW + FORBIDDEN_FOR,
        _QUOTA: _IN_AN_HOUR,
    }

    assert pauses.get(outcome) == _after(outcome).pause_until


@pytest.mark.parametrize(
    ("retry_at", "until"),
    [(None, _NOW + SOON), (_IN_AN_HOUR, _IN_AN_HOUR), (_NOW - timedelta(hours=1), _NOW)],
)
def test_a_busy_provider_is_asked_when_it_said(retry_at: datetime | None, until: datetime) -> None:
    """Within a second after its date, not all together; a date of the past is now."""
    dues = {_after(Busy(_FROM, retry_at, True), seed=seed).due_at for seed in range(20)}  # noqa: FBT003

    assert len(dues) == 20
    assert all(due is not None and until < due <= until + timedelta(seconds=1) for due in dues)


def test_a_failing_provider_is_asked_ever_later_then_parked() -> None:
    """Three times later each time; the sixth failure parks, with the attempts forgotten."""
    pauses, standing = [], _FRESH
    for _ in range(MOST_ATTEMPTS):
        after = _after(_DOWN, standing)
        if after.status is Status.RECEIVED and after.due_at is not None:
            pauses.append((after.due_at - _NOW).total_seconds())
        standing = Standing(after.attempts, after.last_date)

    assert [10, 30, 90, 270, 810] == pauses
    assert MOST_ATTEMPTS == len(pauses) + 1
    assert (Status.PARKED, Reason.PROVIDER_UNAVAILABLE, 0) == (
        after.status,
        after.reason,
        after.attempts,
    )


@pytest.mark.parametrize("attempts", range(MOST_ATTEMPTS - 1))
def test_the_pause_is_spread_within_half_of_itself(attempts: int) -> None:
    """What failed together does not come back together."""
    middle = _FIRST_RETRY * 3**attempts
    standing = Standing(attempts, None)
    dues = [_after(_DOWN, standing, seed=seed).due_at or _NOW for seed in range(50)]

    assert all(middle / 2 <= due - _NOW <= middle * 1.5 for due in dues)
    assert max(dues) - min(dues) > middle / 2


@pytest.mark.parametrize(
    ("outcome", "standing", "wait"),
    [
        (NoFile(_FROM), _FRESH, ASK_FILE_AGAIN),
        (_DOWN, Standing(MOST_ATTEMPTS - 1, None), ASK_PROVIDER_AGAIN),
    ],
)
def test_the_parked_wake_a_little_apart(
    outcome: Outcome, standing: Standing, wait: timedelta
) -> None:
    """After their wait and a tenth of it at most, with thirty days before a person looks."""
    parked = [_after(outcome, standing, seed=seed) for seed in range(50)]
    dues = [after.due_at or _NOW for after in parked]

    assert all(wait <= due - _NOW <= wait * 1.1 for due in dues)
    assert len(set(dues)) == 50
    assert {_NOW + LAST_DATE} == {after.last_date for after in parked}


def test_an_absent_file_is_asked_for_until_the_last_date() -> None:
    """Over several parkings the last date stays; the last wake is that day, then a person looks."""
    now, standing = _NOW, _FRESH
    for _ in range(5):
        after = _after(NoFile(_FROM), standing, now=now)
        assert (Status.PARKED, _NOW + LAST_DATE) == (after.status, after.last_date)
        standing = Standing(after.attempts, after.last_date)
        now = after.due_at or now

    assert _NOW + LAST_DATE == now
    after = _after(NoFile(_FROM), standing, now=now)
    assert Consequence(Status.TO_REVIEW, Reason.NO_FILE) == after


def test_after_the_last_date_a_person_looks_at_a_provider_that_still_fails() -> None:
    """The reason stays that of the last failure."""
    late = Standing(MOST_ATTEMPTS - 1, _NOW)

    assert Consequence(Status.TO_REVIEW, Reason.PROVIDER_UNAVAILABLE) == _after(_DOWN, late)
