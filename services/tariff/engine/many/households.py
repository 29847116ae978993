"""Local situations in columns, as one tariff looks at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from services.tariff.engine.household import LocalSituation, Regime
from services.tariff.engine.many.exact import Exact, Flags, Ints
from services.tariff.engine.measuring import quotient_of
from services.tariff.engine.needs import names_of
from services.tariff.language.local import LocalTariff, MeasuredTariff
from services.tariff.language.words import MeasureKind
from shared.decisions import Verdict
from shared.money import Money

UNKNOWN = -1
_RESIDENT = {Verdict.NO: 0, Verdict.YES: 1, Verdict.UNKNOWN: UNKNOWN}
_FINE = 10**6  # units and hours have a few decimals: they are kept in millionths
_Row = tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Households:
    """Families in columns; -1 is what nobody knows, and an amount stands beside its own flag.

    `amount_cents` is the one figure that the tariff measures: the quotient, the income of
    reference or the annual resources. `units` are those of a month.
    """

    amount_cents: Ints
    amount_known: Flags
    parts_hundredths: Ints
    children: Ints
    aeeh_children: Ints
    resident: Ints
    rank: Ints
    other_fund: Flags
    units: Exact
    units_known: Flags
    granted: Mapping[str, Flags]
    denied: Mapping[str, Flags]

    @classmethod
    def of(cls, situations: Sequence[LocalSituation], tariff: LocalTariff) -> "Households":
        """The columns of these situations, in their order, for this tariff."""
        rows = [_row(situation, tariff) for situation in situations]
        columns = np.array(rows, dtype=np.int64).reshape(len(rows), _WIDTH).T
        amount, known, parts, children, aeeh, resident, rank, other, units, has_units = columns
        names = sorted(names_of(tariff))
        return cls(
            amount_cents=amount,
            amount_known=known.astype(np.bool_),
            parts_hundredths=parts,
            children=children,
            aeeh_children=aeeh,
            resident=resident,
            rank=rank,
            other_fund=other.astype(np.bool_),
            units=Exact.of_ints(units, over=_FINE),
            units_known=has_units.astype(np.bool_),
            granted={name: _named([s.granted for s in situations], name) for name in names},
            denied={name: _named([s.denied for s in situations], name) for name in names},
        )

    def __len__(self) -> int:
        return len(self.children)

    @property
    def away(self) -> Flags:
        """Those who are known to live elsewhere."""
        return np.asarray(self.resident == _RESIDENT[Verdict.NO], dtype=np.bool_)

    @property
    def unplaced(self) -> Flags:
        """Those of whom nobody knows where they live."""
        return unknown(self.resident)


def unknown(counts: Ints) -> Flags:
    """The rows of which nobody knows this count."""
    return np.asarray(counts == UNKNOWN, dtype=np.bool_)


_WIDTH = 10


def _row(situation: LocalSituation, tariff: LocalTariff) -> _Row:
    amount = _amount(situation, tariff)
    units = situation.units_of(tariff.unit)
    return (
        0 if amount is None else amount.cents,
        int(amount is not None),
        _count(situation.parts_hundredths),
        _count(situation.children),
        _count(situation.aeeh_children),
        _RESIDENT[situation.resident],
        _count(situation.rank),
        int(situation.regime is Regime.OTHER),
        0 if units is None else _fine(units),
        int(units is not None),
    )


def _amount(situation: LocalSituation, tariff: LocalTariff) -> Money | None:
    if not isinstance(tariff, MeasuredTariff):
        return None
    if tariff.measure.kind is MeasureKind.QUOTIENT_FAMILIAL:
        return quotient_of(situation, tariff.measure)
    return situation.income_of_reference if tariff.measure.of_income else situation.annual_resources


def _count(count: int | None) -> int:
    return UNKNOWN if count is None else count


def _fine(units: Fraction) -> int:
    """Units in millionths.

    Raises:
        ValueError: for more than six decimals, which no contract has.
    """
    fine = units * _FINE
    if fine.denominator != 1:
        raise ValueError(f"{Decimal(units.numerator) / units.denominator} units: six decimals")
    return int(fine)


def _named(said: Sequence[frozenset[str]], name: str) -> Flags:
    return np.array([name in names for names in said], dtype=np.bool_)
