"""Comparing amounts before and after: who gains, who loses, and what comes in. Pure.

An amount is that of a month where both are known, else the price of a unit; all are cents.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[Any]
Flags = NDArray[np.bool_]
DECILES = 10
FEWEST = 5  # families below which a group's amounts would tell of one of them
_MOST_CHILDREN = 4  # and more
_STEPS = (1, 2, 5)
_MOST_BARS = 25


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """What each family pays, and would pay; what it is ranked by, and its children (0: unknown).

    `monthly` says which amounts are those of a month.
    """

    before: Ints
    after: Ints
    monthly: Flags
    measure: Ints
    children: Ints

    def __len__(self) -> int:
        return len(self.before)

    def rows(self, chosen: Flags | Ints) -> "Amounts":
        """Only these families."""
        return Amounts(
            self.before[chosen],
            self.after[chosen],
            self.monthly[chosen],
            self.measure[chosen],
            self.children[chosen],
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Some families: how many gain, lose, see no change, and by how much.

    A family gains when it pays less. `mean_cents` is the mean change, half-up to the cent; it and
    the bounds are None in a group so small that they would tell of one family.
    """

    name: str
    families: int
    gain: int
    lose: int
    mean_cents: int | None
    lowest: int | None = None
    highest: int | None = None

    @property
    def same(self) -> int:
        """Those who would pay the same."""
        return self.families - self.gain - self.lose


@dataclass(frozen=True, slots=True)
class Bar:
    """Families whose change is between two amounts, in cents; `low` and `high` are 0 for none.

    The end that is further from zero belongs to the bar.
    """

    low: int
    high: int
    families: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that a simulation shows."""

    all: Group
    deciles: tuple[Group, ...]
    by_children: tuple[Group, ...]
    revenue_before: int  # cents a month, of those whose month is known
    revenue_after: int
    with_month: int
    bars: tuple[Bar, ...]


def compare(amounts: Amounts) -> Comparison:
    """What changes, for all, by tenth of the measure and by number of children."""
    monthly = amounts.monthly
    return Comparison(
        all=_group("toutes", amounts),
        deciles=tuple(_deciles(amounts)),
        by_children=tuple(_by_children(amounts)),
        revenue_before=int(amounts.before[monthly].sum()),
        revenue_after=int(amounts.after[monthly].sum()),
        with_month=int(monthly.sum()),
        bars=tuple(_bars(amounts.after - amounts.before)),
    )


def _deciles(amounts: Amounts) -> Iterator[Group]:
    """Ten groups of the same size, from the lowest measure to the highest."""
    order = np.argsort(amounts.measure, kind="stable")
    for place, rows in enumerate(np.array_split(order, DECILES), start=1):
        if len(rows):
            yield _group(str(place), amounts.rows(rows), bounded=True)


def _by_children(amounts: Amounts) -> Iterator[Group]:
    counted = np.minimum(amounts.children, _MOST_CHILDREN)
    for children in range(1, _MOST_CHILDREN + 1):
        chosen = amounts.rows(counted == children)
        if len(chosen):
            yield _group(f"{children}{' et plus' if children == _MOST_CHILDREN else ''}", chosen)
    unknown = amounts.rows(counted < 1)
    if len(unknown):
        yield _group("inconnu", unknown)


def _group(name: str, amounts: Amounts, *, bounded: bool = False) -> Group:
    change = amounts.after - amounts.before
    families = len(amounts)
    told = families >= FEWEST
    return Group(
        name=name,
        families=families,
        gain=int((change < 0).sum()),
        lose=int((change > 0).sum()),
        mean_cents=_mean(int(change.sum()), families) if told else None,
        lowest=int(amounts.measure.min()) if told and bounded else None,
        highest=int(amounts.measure.max()) if told and bounded else None,
    )


def _mean(total: int, families: int) -> int:
    """Half-up, symmetrically below zero."""
    mean = (2 * abs(total) + families) // (2 * families)
    return -mean if total < 0 else mean


def _bars(change: Ints) -> Iterator[Bar]:
    """Bars of one round width, `_MOST_BARS` at most, those who see no change being one of them."""
    if not len(change):
        return
    width = _width(max(0, int(change.max())) - min(0, int(change.min())))
    moved = change[change != 0]
    places, families = np.unique(_places(moved, width), return_counts=True)
    counted = dict(zip(places.tolist(), families.tolist(), strict=True))
    counted[0] = len(change) - len(moved)
    for place in range(min(counted), max(counted) + 1):
        low, high = (place, place + 1) if place < 0 else (place - 1, place)
        bounds = (low * width, high * width) if place else (0, 0)
        yield Bar(*bounds, counted.get(place, 0))


def _places(moved: Ints, width: int) -> Ints:
    """-1 for the first width below zero, 1 for the first above, and so on."""
    further = (np.abs(moved) - 1) // width + 1
    signed: Ints = np.sign(moved) * further
    return signed


def _width(spread: int) -> int:
    """The least of 1, 2, 5, 10, 20… cents that keeps the bars few."""
    scale = 1
    while True:
        for step in _STEPS:
            if spread < step * scale * (_MOST_BARS - 3):
                return step * scale
        scale *= 10
