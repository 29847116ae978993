"""What a habilitation spent of its pace is that of the last sixty seconds."""

import pytest

from shared.queue.spent import LAST_S, spent

NOW = 1_000_000


@pytest.mark.parametrize(
    ("age_s", "counted"), [(0, 7), (LAST_S - 1, 7), (LAST_S, 0), (LAST_S + 3_600, 0), (-1, 0)]
)
def test_a_second_counts_for_a_minute(age_s: int, counted: int) -> None:
    """From its own to the fifty-ninth after it, and not when its slot holds an older minute's."""
    assert counted == spent({b"3": f"{NOW - age_s} 7".encode()}, NOW)


def test_what_was_given_back_is_not_spent() -> None:
    """Also when it was taken more than a minute ago: never less than none."""
    counts = {b"1": b"999999 5", b"2": b"1000000 -3"}

    assert [2, 0] == [spent(counts, NOW), spent(counts, NOW + LAST_S - 1)]
