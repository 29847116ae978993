"""Columns of fractions give, row by row, what Python's own fractions give."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.tariff.engine.many.exact import Exact
from shared.money import Rounding, round_to_cents

_TOPS = st.integers(min_value=-(2**62) + 1, max_value=2**62 - 1)
_BOTTOMS = st.integers(min_value=1, max_value=2**40)
_ROWS = st.lists(st.tuples(_TOPS, _BOTTOMS), min_size=1, max_size=20)
_NUMBERS = st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=10**9)


def _exact(rows: list[tuple[int, int]]) -> Exact:
    tops, bottoms = zip(*rows, strict=True)
    return Exact(np.array(tops, dtype=np.int64), np.array(bottoms, dtype=np.int64))


def _fractions(column: Exact) -> list[Fraction]:
    return [
        Fraction(int(top), int(bottom))
        for top, bottom in zip(column.top, column.bottom, strict=True)
    ]


@given(_ROWS, _NUMBERS)
def test_each_operation_is_that_of_fractions(rows: list[tuple[int, int]], number: Fraction) -> None:
    """Whatever the size: beyond 64 bits, Python's integers take over."""
    column, own = _exact(rows), [Fraction(*row) for row in rows]

    assert [one * number for one in own] == _fractions(column.times(number))
    assert [one + number for one in own] == _fractions(column.plus(number))
    assert [one + one for one in own] == _fractions(column.plus_rows(column))
    assert [one * one for one in own] == _fractions(column.times_rows(column))
    assert [max(one, number) for one in own] == _fractions(column.at_least(number))
    assert [min(one, number) for one in own] == _fractions(column.at_most(number))
    assert [Fraction(one // 1) for one in own] == _fractions(column.whole())
    assert [one < number for one in own] == list(column.below(number))
    assert [one > number for one in own] == list(column.above(number))


@given(_ROWS, st.sampled_from(Rounding))
def test_rounding_is_the_one_that_money_has(rows: list[tuple[int, int]], mode: Rounding) -> None:
    """Each mode, on both sides of zero, ties included."""
    expected = [round_to_cents(Fraction(*row), mode).cents for row in rows]

    assert expected == [int(cents) for cents in _exact(rows).cents(mode)]


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=20), st.sampled_from(Rounding))
def test_ties_are_met(halves: list[int], mode: Rounding) -> None:
    """Half cents, the one place where the modes differ most."""
    expected = [round_to_cents(Fraction(half, 200), mode).cents for half in halves]
    column = Exact.of_ints(np.array(halves, dtype=np.int64), over=200)

    assert expected == [int(cents) for cents in column.cents(mode)]


@given(st.lists(_NUMBERS, min_size=1, max_size=8), st.data())
def test_a_choice_for_each_row(choices: list[Fraction], data: st.DataObject) -> None:
    """A table of rates, indexed by bracket."""
    index = data.draw(st.lists(st.integers(0, len(choices) - 1), min_size=1, max_size=20))
    column = Exact.of_choices(choices, np.array(index))

    assert [choices[one] for one in index] == _fractions(column)
