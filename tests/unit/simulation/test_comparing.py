"""Comparing: every family is counted once everywhere, and small groups tell nothing."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.command.simulation.comparing import FEWEST, Amounts, Group, compare

_CENTS = st.integers(min_value=0, max_value=200_000)
_FAMILY = st.tuples(_CENTS, _CENTS, st.booleans(), _CENTS, st.integers(0, 9))


def _amounts(families: list[tuple[int, int, bool, int, int]]) -> Amounts:
    columns = [np.array(column) for column in zip(*families, strict=True)]
    return Amounts(*columns)


def test_who_gains_and_who_loses() -> None:
    """A family gains when it would pay less; the mean is half-up to the cent."""
    families = [(1000, 900, True, n, 1) for n in range(4)] + [(1000, 1003, False, 9, 2)] * 2
    found = compare(_amounts(families))

    assert Group("toutes", 6, gain=4, lose=2, mean_cents=-66) == found.all
    assert (4000, 3600, 4) == (found.revenue_before, found.revenue_after, found.with_month)
    assert [("1", 4), ("2", 2)] == [(g.name, g.families) for g in found.by_children]


def test_a_tenth_is_a_tenth() -> None:
    """In the order of the measure, whatever that of the families."""
    families = [(100, 100, True, 1000 - n, 1) for n in range(100)]
    found = compare(_amounts(families))

    assert [10] * 10 == [group.families for group in found.deciles]
    assert (901, 910) == (found.deciles[0].lowest, found.deciles[0].highest)
    assert (991, 1000) == (found.deciles[-1].lowest, found.deciles[-1].highest)


@given(st.lists(_FAMILY, min_size=1, max_size=60))
def test_every_family_is_counted_once(families: list[tuple[int, int, bool, int, int]]) -> None:
    """By tenth, by children and in the histogram, whose bars are few and touch."""
    found = compare(_amounts(families))

    for groups in (found.deciles, found.by_children):
        assert len(families) == sum(group.families for group in groups)
        assert found.all.gain == sum(group.gain for group in groups)
        assert found.all.lose == sum(group.lose for group in groups)
    assert len(families) == sum(bar.families for bar in found.bars)
    assert len(found.bars) <= 25
    assert all(one.high == other.low for one, other in pairwise(found.bars))
    [still] = [bar for bar in found.bars if bar.low == bar.high]
    assert (0, found.all.same) == (still.low, still.families)


@pytest.mark.parametrize(("families", "told"), [(FEWEST - 1, False), (FEWEST, True)])
def test_a_small_group_tells_no_amount(families: int, *, told: bool) -> None:
    """Of four families, a mean tells too much of each."""
    found = compare(_amounts([(1000, 900, True, 5, 3)] * families))

    assert told == (found.all.mean_cents is not None)
    assert told == (found.by_children[0].mean_cents is not None)


def test_nobody() -> None:
    """No family known: nothing is shown, nothing breaks."""
    nothing = np.zeros(0, dtype=np.int64)
    found = compare(Amounts(nothing, nothing, nothing.astype(bool), nothing, nothing))

    assert (0, (), (), ()) == (found.all.families, found.deciles, found.by_children, found.bars)
