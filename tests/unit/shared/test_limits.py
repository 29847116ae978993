"""The State's limits as buckets: what any window sees, wherever it begins."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.endpoints import API_PARTICULIER, DGFIP
from shared.queue.limits import Bucket, Limit, Limits


@given(st.integers(10, 10_000), st.sampled_from([1, 60, 3_600]), st.integers(5, 90))
def test_no_window_sees_more_than_its_limit(calls: int, seconds: int, percent: int) -> None:
    """All that has gathered and all that flows in meanwhile: whole permits, at most the limit."""
    bucket = Limit(calls, seconds).bucket("x", headroom=percent / 100)

    assert int(Fraction(bucket.pace) * seconds + Fraction(bucket.burst)) <= calls


def test_a_call_takes_of_its_providers_buckets() -> None:
    """The address for API Particulier, everybody's for the DGFiP, none for who is added."""
    limits = Limits(egress="rouen")

    assert (Bucket("api-particulier@rouen", 15.0, 50.0),) == limits.of(API_PARTICULIER)
    assert (Bucket("dgfip", 0.75, 2.5),) == limits.of(DGFIP)
    assert () == limits.of("registre")


def test_an_introspected_token_takes_of_both_its_windows() -> None:
    """30 a minute and 600 an hour: the hour is what holds in the long run."""
    minute, hour = Limits().introspection()

    assert ("franceconnect-60s@default", "franceconnect-3600s@default") == (minute.name, hour.name)
    assert pytest.approx([0.45, 1.5]) == [minute.pace, minute.burst]
    assert pytest.approx([0.15, 30.0]) == [hour.pace, hour.burst]


def test_more_headroom_is_slower() -> None:
    """An address that is shared with another program leaves it its part."""
    [bucket] = Limits(headroom=0.5).of(API_PARTICULIER)

    assert pytest.approx(500 / 60) == bucket.pace
