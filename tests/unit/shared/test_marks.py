"""Marks: what is written is read again, and nothing else is."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from shared.marks import Mark

_ID = UUID(int=7)


def test_a_mark_is_read_as_it_was_written() -> None:
    """To the microsecond, in UTC wherever it came from."""
    paris = timezone(timedelta(hours=1))
    mark = Mark(datetime(2026, 11, 26, 21, 0, 0, 42, tzinfo=paris), _ID)

    assert f"2026-11-26T20:00:00.000042Z_{_ID}" == str(mark)
    assert Mark(mark.at.astimezone(UTC), _ID) == Mark.read(str(mark))


@pytest.mark.parametrize(
    "written",
    ["", "2026-11-26T20:00:00Z", f"yesterday_{_ID}", f"0001-01-01T00:00:00+14:00_{_ID}"],
)
def test_what_is_no_mark_is_refused(written: str) -> None:
    """A moment before all years as well."""
    with pytest.raises(ValueError, match=r".*"):
        Mark.read(written)
