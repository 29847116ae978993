"""Since when the State knows the figures of a day."""

from datetime import UTC, date, datetime

import pytest

from shared.renewals import known_from


@pytest.mark.parametrize(
    ("profile", "day", "since"),
    [
        ("eaje", date(2027, 1, 1), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("eaje", date(2027, 9, 1), datetime(2026, 12, 31, 23, tzinfo=UTC)),
        ("qf", date(2027, 1, 1), datetime(2027, 2, 8, 5, tzinfo=UTC)),
        ("qf", date(2027, 2, 1), datetime(2027, 2, 8, 5, tzinfo=UTC)),
        ("qf", date(2027, 9, 15), datetime(2027, 9, 6, 4, tzinfo=UTC)),
        ("qf", date(2026, 12, 31), datetime(2026, 12, 7, 5, tzinfo=UTC)),
        ("tax", date(2027, 1, 1), None),
        ("paquet", date(2027, 1, 1), None),
    ],
)
def test_a_day_s_figures_are_known_from(profile: str, day: date, since: datetime | None) -> None:
    """Resources from January on, quotients from the month's batch, January's from February's."""
    assert since == known_from(profile, day)
