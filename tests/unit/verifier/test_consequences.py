"""What each outcome of asking the State leads to."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, get_args

import pytest

from services.verifier.cases import (
    MOST_ATTEMPTS,
    MOST_FAILURES,
    TABLE,
    Case,
    Standing,
    Wake,
    case_of,
)
from services.verifier.consequences import (
    ASK_FILE_AGAIN,
    ASK_PROVIDER_AGAIN,
    SOON,
    Consequence,
    consequence,
    unasked,
)
from services.verifier.dates import LAST_DATE
from shared.evidence import (
    EAJE_SOURCE,
    QF_SOURCE,
    Busy,
    Certified,
    EajeFacts,
    FamilyFund,
    Forbidden,
    Inconsistent,
    InputRefused,
    NoChildUnderSeven,
    NoFile,
    NotIdentified,
    Outcome,
    Presence,
    Provenance,
    QfFacts,
    Unavailable,
    Unreadable,
)
from shared.states import MOVES, Reason, Status

_NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
_IN_AN_HOUR = _NOW + timedelta(hours=1)
_BIRTH = date(2026, 12, 10)
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
    (NoChildUnderSeven(None), Status.TO_REVIEW, Reason.NO_CHILD_UNDER_SEVEN),
    (NoChildUnderSeven(None, _BIRTH), Status.PARKED, Reason.BIRTH_AWAITED),
    (InputRefused(_FROM, ("/applicant",)), Status.TO_REVIEW, Reason.INPUT_REFUSED),
    (InputRefused(None, ("/tax_numbers",)), Status.TO_REVIEW, Reason.TAX_NUMBER_NEEDED),
    (InputRefused(_FROM, ("/tax_numbers/1",)), Status.TO_REVIEW, Reason.TAX_NUMBER_NEEDED),
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


@pytest.mark.parametrize("outcome", [_BUSY, _QUOTA, Forbidden(_FROM), _DOWN])
def test_whatever_is_due_again_has_a_last_date(outcome: Outcome) -> None:
    """Thirty days on; at that date a person looks, and a quota stops the others all the same."""
    first = _after(outcome)
    late = _after(outcome, Standing(2, _NOW))

    assert (Status.RECEIVED, _NOW + LAST_DATE) == (first.status, first.last_date)
    assert (Status.TO_REVIEW, first.reason, None, 0) == (
        late.status,
        late.reason,
        late.due_at,
        late.attempts,
    )
    assert first.pause_until == late.pause_until


def test_the_last_try_is_on_the_last_date() -> None:
    """A provider that says to come back later than that is asked once more, on that date."""
    soon = _NOW + timedelta(minutes=5)

    assert soon == _after(_QUOTA, Standing(0, soon)).due_at


def test_certified_data_is_priced_at_once() -> None:
    """Due now, and no longer bound to a last date."""
    assert Consequence(Status.VERIFIED, due_at=_NOW) == _after(Certified(_FACTS), _TRIED)


@_EACH
def test_only_a_whole_quota_pauses_the_habilitation(outcome: Outcome) -> None:
    """One family's trouble never stops the others' calls; a refused token is stopped by itself."""
    pauses: dict[Outcome, datetime] = {_QUOTA: _IN_AN_HOUR}

    assert pauses.get(outcome) == _after(outcome).pause_until


def test_what_a_refused_token_stopped_is_due_as_soon_as_the_token_is_mended() -> None:
    """It is the switch that makes it wait, not a date that nobody could bring forward."""
    after = _after(Forbidden(_FROM))

    assert after.due_at is not None
    assert after.due_at - _NOW <= timedelta(seconds=1)


@pytest.mark.parametrize(
    ("retry_at", "until"),
    [(None, _NOW + SOON), (_IN_AN_HOUR, _IN_AN_HOUR), (_NOW - timedelta(hours=1), _NOW)],
)
def test_a_busy_provider_is_asked_when_it_said(retry_at: datetime | None, until: datetime) -> None:
    """Within a tenth of the wait after its date, not all together; a date of the past is now."""
    dues = {_after(Busy(_FROM, retry_at, True), seed=seed).due_at for seed in range(20)}  # noqa: FBT003
    width = max(timedelta(seconds=1), (until - _NOW) / 10)

    assert len(dues) == 20
    assert all(due is not None and until < due <= until + width for due in dues)


def test_a_failing_provider_is_asked_ever_later_then_now_and_then() -> None:
    """Three times later each time, then every six hours; who still fails then is a person's."""
    pauses, standing, parked = [], _FRESH, 0
    for _ in range(MOST_FAILURES - 1):
        after = _after(_DOWN, standing)
        assert after.due_at is not None
        pauses.append((after.due_at - _NOW).total_seconds())
        parked += after.status is Status.PARKED
        standing = Standing(after.attempts, after.last_date)

    assert [10, 30, 90, 270, 810] == pauses[: MOST_ATTEMPTS - 1]
    assert all(6 <= pause / 3600 < 7 for pause in pauses[MOST_ATTEMPTS - 1 :])
    assert MOST_FAILURES - MOST_ATTEMPTS == parked
    assert Consequence(Status.TO_REVIEW, Reason.PROVIDER_UNAVAILABLE) == _after(_DOWN, standing)


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


def _facts(**changes: Any) -> EajeFacts:
    return _FACTS.model_copy(update=changes)


def _quotient(value: int | None, presence: Presence, **changes: Any) -> QfFacts:
    return QfFacts(
        quotient_familial=presence,
        quotient_familial_euros=value,
        fund=FamilyFund.CNAF,
        asked=changes.get("asked"),
        answered=None,
        computed=None,
        child_listed=True,
        address_line=None,
        address_city=None,
        provenance=_FROM.model_copy(update={"source": QF_SOURCE}),
    )


_QF = Standing(0, None, QF_SOURCE)
_ROUND = Standing(0, None, EAJE_SOURCE, other_to_ask=True)
_OTHERS = Standing(0, None, EAJE_SOURCE, applicant_without_file=True)
_NULL = Certified(_quotient(None, Presence.NULL))
_JANUARY, _SPRING = datetime(2027, 1, 12, 9, tzinfo=UTC), datetime(2027, 3, 9, 9, tzinfo=UTC)
_BEFORE_THE_BATCH = datetime(2027, 3, 7, 22, tzinfo=UTC)  # the first Sunday, at night
_CASES: list[tuple[Outcome, Standing, datetime, Case]] = [
    (Certified(_facts(resources_year=2024)), _FRESH, _JANUARY, Case.RESOURCES_AWAITED),
    (Certified(_facts(resources_year=2025)), _FRESH, _JANUARY, Case.CERTIFIED),
    (Certified(_facts(resources_year=2027)), _FRESH, _JANUARY, Case.CERTIFIED),  # MSA
    (Certified(_facts(resources_year=None)), _FRESH, _JANUARY, Case.CERTIFIED),
    (Certified(_facts(resources_year=2024)), _FRESH, _SPRING, Case.CERTIFIED),  # a doubt, then
    (Certified(_quotient(0, Presence.GIVEN)), _QF, _BEFORE_THE_BATCH, Case.CERTIFIED),
    (Certified(_quotient(None, Presence.ABSENT)), _QF, _BEFORE_THE_BATCH, Case.CERTIFIED),
    (_NULL, _QF, _BEFORE_THE_BATCH, Case.QUOTIENT_AWAITED),
    (_NULL, _QF, _SPRING, Case.CERTIFIED),
    (NoFile(_FROM), _QF, _BEFORE_THE_BATCH, Case.QUOTIENT_AWAITED),
    (NoFile(_FROM), _QF, _JANUARY, Case.QUOTIENT_AWAITED),
    (NoFile(_FROM), _QF, _SPRING, Case.NO_FILE),
    (NoFile(_FROM), _FRESH, _BEFORE_THE_BATCH, Case.NO_FILE),
    (NoFile(_FROM), _ROUND, _NOW, Case.OTHER_TO_ASK),
    (NotIdentified(_FROM), _ROUND, _NOW, Case.OTHER_TO_ASK),
    (NoChildUnderSeven(_FROM), _ROUND, _NOW, Case.NO_CHILD_UNDER_SEVEN),
    (Inconsistent(_FROM, "sex_unconfirmed"), _ROUND, _NOW, Case.INCONSISTENT),
    (NotIdentified(_FROM), _OTHERS, _NOW, Case.NO_FILE),
    (Inconsistent(_FROM, "sex_unconfirmed"), _OTHERS, _NOW, Case.INCONSISTENT),
    (_DOWN, Standing(MOST_ATTEMPTS - 2, None), _NOW, Case.FAILED),
    (_DOWN, Standing(MOST_ATTEMPTS - 1, None), _NOW, Case.FAILED_OFTEN),
    (_DOWN, Standing(MOST_FAILURES - 2, None), _NOW, Case.FAILED_OFTEN),
    (_DOWN, Standing(MOST_FAILURES - 1, None), _NOW, Case.FAILED_TOO_OFTEN),
]


@pytest.mark.parametrize(("outcome", "standing", "now", "case"), _CASES)
def test_an_outcome_comes_to_a_case_on_its_day(
    outcome: Outcome, standing: Standing, now: datetime, case: Case
) -> None:
    """The same answer means to wait in January or before a batch, and something else after it."""
    assert case is case_of(outcome, standing, now)


def test_every_case_leads_somewhere() -> None:
    """By a move that there is, with a reason unless it is the plain path, and it can come about."""
    met = {case for *_, case in _CASES} | {case_of(o, _FRESH, _NOW) for o, _, _ in _TABLE}

    assert set(Case) == set(TABLE) == met
    assert all((Status.RECEIVED, row.status) in MOVES for row in TABLE.values())
    assert [Case.CERTIFIED] == [case for case, row in TABLE.items() if row.reason is None]
    assert {Status.TO_REVIEW} == {r.status for r in TABLE.values() if r.wake is Wake.NEVER}


@pytest.mark.parametrize(
    ("now", "after_batch"),
    [
        (_BEFORE_THE_BATCH, datetime(2027, 3, 8, 5, tzinfo=UTC)),
        (datetime(2026, 10, 31, 23, 30, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)),
        (datetime(2027, 6, 1, 9, tzinfo=UTC), datetime(2027, 6, 7, 4, tzinfo=UTC)),  # summer time
        (_JANUARY, datetime(2027, 2, 8, 5, tzinfo=UTC)),
    ],
)
def test_a_quotient_is_asked_for_after_its_batch(now: datetime, after_batch: datetime) -> None:
    """On the Monday after the month's first Sunday; that of a new year in February."""
    after = _after(NoFile(_FROM), _QF, now=now, seed=1)

    assert (Status.PARKED, Reason.QUOTIENT_AWAITED) == (after.status, after.reason)
    assert after.due_at
    assert after_batch < after.due_at <= after_batch + timedelta(days=1)
    assert after.last_date
    assert after.last_date - after.due_at > timedelta(days=6)


def test_a_birth_is_waited_for_however_far() -> None:
    """From its first hours in Paris; a person looks a week after, or in thirty days."""
    far = _after(NoChildUnderSeven(None, date(2027, 4, 20)), seed=3)
    near = _after(NoChildUnderSeven(None, _BIRTH), seed=3)

    born = datetime(2027, 4, 19, 22, tzinfo=UTC)
    assert far.due_at
    assert born < far.due_at < born + timedelta(days=1)
    assert (born + timedelta(days=7), _NOW + LAST_DATE) == (far.last_date, near.last_date)


@pytest.mark.parametrize(
    ("outcome", "standing", "now"),
    [(NoChildUnderSeven(None, date(2027, 4, 20)), _FRESH, _NOW), (NoFile(_FROM), _QF, _JANUARY)],
    ids=["birth", "batch"],
)
def test_what_held_it_up_before_does_not_cut_short_what_the_calendar_sets(
    outcome: Outcome, standing: Standing, now: datetime
) -> None:
    """A provider that was busy first leaves a last date; a birth or a batch beyond it counts."""
    busy = _after(_BUSY, standing, now=now)
    held_up = replace(standing, last_date=busy.last_date)

    assert busy.last_date == now + LAST_DATE
    assert _after(outcome, standing, now=now) == _after(outcome, held_up, now=now)


def test_the_files_of_a_new_year_are_waited_for() -> None:
    """What is missing in December is looked for through January; a last date beyond stays."""
    december, february = (
        datetime(2026, 12, 10, 9, tzinfo=UTC),
        datetime(2027, 1, 31, 23, tzinfo=UTC),
    )

    assert february == _after(NoFile(_FROM), now=december).last_date
    assert _NOW + LAST_DATE == _after(NoFile(_FROM), now=_NOW).last_date
    assert _JANUARY + LAST_DATE == _after(NoFile(_FROM), now=_JANUARY).last_date
    assert december + LAST_DATE == _after(_DOWN, Standing(5, None), now=december).last_date
    assert (
        february == _after(NoFile(_FROM), Standing(0, december + LAST_DATE), now=december).last_date
    )


def test_the_other_representative_is_asked_about_at_once() -> None:
    """In a call of its own, with the last date that already stands, and no attempt counted."""
    standing = Standing(2, _IN_AN_HOUR, EAJE_SOURCE, other_to_ask=True)

    assert Consequence(
        Status.RECEIVED, Reason.OTHER_REPRESENTATIVE_ASKED, due_at=_NOW, last_date=_IN_AN_HOUR
    ) == _after(NoFile(_FROM), standing)


@pytest.mark.parametrize(
    ("outcome", "standing", "now"),
    [
        (Busy(_FROM, _NOW + timedelta(minutes=45), whole_habilitation=False), _FRESH, _NOW),
        (_DOWN, Standing(MOST_ATTEMPTS - 1, None), _NOW),
        (_DOWN, Standing(MOST_ATTEMPTS - 2, None), _NOW),
        (NoFile(_FROM), _FRESH, _NOW),
        (NoFile(_FROM), _QF, _BEFORE_THE_BATCH),
        (NoFile(_FROM), _QF, _JANUARY),
        (NoChildUnderSeven(None, _BIRTH), _FRESH, _NOW),
        (Certified(_facts(resources_year=2024)), _FRESH, _JANUARY),
    ],
    ids=lambda value: type(value).__name__,
)
def test_ten_thousand_who_waited_together_come_back_apart(
    outcome: Outcome, standing: Standing, now: datetime
) -> None:
    """Evenly: cut in a hundred equal parts, no part of the time holds more than twice its share."""
    chance = Random(20261123)
    dues = sorted(
        consequence(outcome, standing, now, first_retry=_FIRST_RETRY, chance=chance).due_at or now
        for _ in range(10_000)
    )
    width = dues[-1] - dues[0]
    parts = Counter(int((due - dues[0]) / width * 100) for due in dues)

    assert all(due > now for due in dues)
    assert width >= min((dues[0] - now) / 11, timedelta(hours=23))
    assert max(parts.values()) < 200
    assert len(parts) >= 100


def test_who_may_not_be_asked_about_waits_for_the_records_or_for_a_person() -> None:
    """A right that has ended is looked at daily until the last date; the rest goes to a person."""
    waits = unasked(Reason.HABILITATION_EXPIRED, _FRESH, _NOW, chance=Steady())

    assert (Status.PARKED, Reason.HABILITATION_EXPIRED) == (waits.status, waits.reason)
    assert waits.due_at
    assert timedelta(days=1) < waits.due_at - _NOW < timedelta(days=1.2)
    assert Consequence(Status.TO_REVIEW, Reason.PROVIDER_MISSING) == unasked(
        Reason.PROVIDER_MISSING, _FRESH, _NOW, chance=Steady()
    )
