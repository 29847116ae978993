"""The legal clock: months of the calendar, suspensions, and what silence then means."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.legal_clock import Clock, Request, clock, months_after
from shared.scheme_rules import Silence, SilenceEffect

_NO = Silence(effect=SilenceEffect.REJECTION, months=2)
_YES = Silence(effect=SilenceEffect.ACCEPTANCE, months=2)
_RECEIVED = date(2026, 11, 23)
_days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
_spans = st.integers(0, 90).map(lambda days: timedelta(days=days))


@st.composite
def _requests(draw: st.DrawFn) -> list[Request]:
    """Pieces asked for after a reception, some answered, some before their day."""
    asked = [_RECEIVED + span for span in draw(st.lists(_spans, max_size=4))]
    return [
        Request(
            on,
            on + draw(_spans),
            draw(st.none() | _spans.map(lambda span, on=on: on + span)),  # type: ignore[misc]
        )
        for on in asked
    ]


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 15), 2, date(2026, 3, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
        (date(2026, 8, 31), 1, date(2026, 9, 30)),
    ],
)
def test_months_end_on_the_day_of_the_same_number(day: date, months: int, expected: date) -> None:
    """Or on the last day of a month that has none."""
    assert expected == months_after(day, months)


@given(_days, st.integers(0, 48))
def test_months_are_counted_on_the_calendar(day: date, months: int) -> None:
    """The month is exactly so many further; the number is the same, or the month's last."""
    later = months_after(day, months)

    assert months == (later.year - day.year) * 12 + later.month - day.month
    is_last = (later + timedelta(days=1)).month != later.month
    assert later.day == day.day or (later.day < day.day and is_last)


@given(_days, _days, st.integers(0, 24))
def test_a_later_reception_never_ends_earlier(one: date, other: date, months: int) -> None:
    """Though two may end on one day."""
    first, last = sorted([one, other])

    assert months_after(first, months) <= months_after(last, months)


def test_silence_runs_from_the_reception() -> None:
    """Two months, whichever its effect."""
    for silence in (_NO, _YES):
        assert Clock(silence, date(2027, 1, 23)) == clock(_RECEIVED, silence, [], _RECEIVED)


@pytest.mark.parametrize(
    ("asked", "today", "expected", "waiting"),
    [
        # ten days until the pieces came
        (Request(date(2026, 12, 1), date(2026, 12, 31), date(2026, 12, 11)), 40, 33, False),
        # they never came: the thirty days that were set
        (Request(date(2026, 12, 1), date(2026, 12, 31)), 60, 53, False),
        # they came too late: thirty days all the same
        (Request(date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 20)), 60, 53, False),
        # still waiting, on the last day that was set
        (Request(date(2026, 12, 1), date(2026, 12, 31)), 38, 53, True),
        (Request(date(2026, 12, 1), date(2026, 12, 31)), 39, 53, False),
        # asked once it was over
        (Request(date(2027, 1, 24), date(2027, 2, 24)), 63, 23, False),
    ],
)
def test_what_would_be_rejected_is_suspended(
    asked: Request, today: int, expected: int, *, waiting: bool
) -> None:
    """From the day of asking until the pieces come, or the day that was set (CRPA L.114-5)."""
    on = date(2026, 12, 31) + timedelta(days=expected)

    found = clock(_RECEIVED, _NO, [asked], _RECEIVED + timedelta(days=today))

    assert Clock(_NO, on, waiting) == found


def test_days_suspended_twice_count_once() -> None:
    """Two requests that overlap, in whichever order they are given."""
    requests = [
        Request(date(2026, 12, 10), date(2026, 12, 30)),
        Request(date(2026, 12, 1), date(2026, 12, 21)),
    ]

    assert date(2027, 1, 23) + timedelta(days=29) == clock(_RECEIVED, _NO, requests, _RECEIVED).on


@pytest.mark.parametrize(
    ("requests", "expected"),
    [
        ([Request(date(2026, 12, 1), date(2026, 12, 31))], None),
        ([Request(date(2026, 12, 1), date(2026, 12, 31), date(2027, 2, 10))], date(2027, 4, 10)),
        ([Request(date(2027, 1, 24), date(2027, 2, 24))], date(2027, 1, 23)),
        (
            [
                Request(date(2026, 12, 1), date(2026, 12, 31), date(2026, 12, 5)),
                Request(date(2027, 1, 20), date(2027, 2, 20)),
            ],
            None,
        ),
    ],
)
def test_what_would_be_accepted_runs_from_the_last_piece(
    requests: list[Request], expected: date | None
) -> None:
    """It has no day while one is missing; asked once it was over, it changes nothing."""
    assert expected == clock(_RECEIVED, _YES, requests, date(2027, 3, 1)).on


@given(_requests(), _days)
def test_asking_never_brings_the_day_forward(requests: list[Request], today: date) -> None:
    """Nor does the order in which requests are told change it."""
    for silence in (_NO, _YES):
        found = clock(_RECEIVED, silence, requests, today)

        assert found == clock(_RECEIVED, silence, requests[::-1], today)
        assert found.on is None or found.on >= date(2027, 1, 23)


@given(_requests(), _days)
def test_a_rejection_always_has_a_day(requests: list[Request], today: date) -> None:
    """And it is put off by no more days than were asked for."""
    found = clock(_RECEIVED, _NO, requests, today)

    most = sum((max(one.until - one.asked_on, timedelta(0)) for one in requests), timedelta(0))
    assert found.on is not None
    assert found.on - date(2027, 1, 23) <= most


def test_the_days_left_are_none_while_nothing_runs() -> None:
    """Zero on the day itself, below after it."""
    assert [1, 0, -1] == [
        Clock(_NO, date(2027, 1, 23)).days_left(date(2027, 1, day)) for day in (22, 23, 24)
    ]
    assert Clock(_YES, None, waiting=True).days_left(date(2027, 1, 22)) is None
