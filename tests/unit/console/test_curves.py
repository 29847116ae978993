"""Curves: what is drawn, and what is said to whoever sees no line."""

from datetime import UTC, datetime, timedelta

from services.console.curves import HEIGHT, HOUR, MEASURES, WIDTH, draw
from shared.watching.overview import Point

_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_DUE, _WITHIN = MEASURES[0], MEASURES[3]


def _points(*values: tuple[int, int, float | None]) -> list[Point]:
    """Minutes ago, due, share within the target."""
    return [
        Point(_AT - timedelta(minutes=ago), due, 0, None, 0, within=within)
        for ago, due, within in values
    ]


def test_a_curve_says_its_range_and_its_end() -> None:
    """The least, the most, and what it is now, in words."""
    curve = draw(_DUE, _points((60, 4, None), (30, 1200, None), (0, 8, None)), _AT - HOUR, _AT, "x")

    assert "Dossiers dus, x : de 4 à 1\u202f200, maintenant 8" == curve.text


def test_time_goes_across_and_the_most_is_at_the_top() -> None:
    """The hour's beginning is at the left, its end at the right, nothing at the bottom."""
    curve = draw(_DUE, _points((60, 0, None), (30, 50, None), (0, 100, None)), _AT - HOUR, _AT, "x")

    assert (f"0.0,{HEIGHT - 3}.0 {WIDTH // 2}.0,20.0 {WIDTH}.0,3.0",) == curve.lines


def test_a_curve_is_broken_where_nothing_is_known() -> None:
    """A minute without a decision is no zero."""
    points = _points((50, 0, 1.0), (40, 0, 0.5), (30, 0, None), (10, 0, 0.75))

    curve = draw(_WITHIN, points, _AT - HOUR, _AT, "x")

    assert [2, 1] == [len(line.split()) for line in curve.lines]
    assert "75\u00a0%" == curve.last


def test_nothing_sampled_is_said() -> None:
    """An empty curve has its sentence too."""
    assert "Dossiers dus, x : rien de relevé" == draw(_DUE, [], _AT - HOUR, _AT, "x").text
