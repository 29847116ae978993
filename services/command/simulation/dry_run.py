"""The dry run: every known situation priced under a candidate, and compared with what it pays."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from time import perf_counter

import numpy as np

from services.command.simulation.comparing import Amounts, Ints, compare
from services.command.simulation.known import Known, Page
from services.command.simulation.telling import Simulated
from services.tariff.engine import local_inputs, psu_record
from services.tariff.engine.many.fees import Fees
from services.tariff.engine.many.households import Households
from services.tariff.engine.many.local import price_locally
from services.tariff.engine.many.psu import PsuSituations, price_psu
from services.tariff.language.local import LocalTariff
from services.tariff.language.psu import PsuTariff
from services.tariff.language.tariff import Tariff
from shared.errors import TariffError

_NO_MONTH = -1


@dataclass
class DryRun:
    """A candidate and what it was tried on so far; `told` hears how many families were read."""

    candidate: Tariff
    on: date
    told: Callable[[int], None] = lambda _: None
    reading_s: float = 0.0
    pricing_s: float = 0.0
    undecided: int = 0
    unreadable: int = 0
    unfit: int = 0
    unpriced: int = 0
    _parts: list[Amounts] = field(default_factory=list)

    def over(self, pages: Iterable[Page]) -> Simulated:
        """Try the candidate on these families, and compare.

        Raises:
            TariffError: the candidate is not in force on that day.
        """
        self.candidate.require_in_force(self.on)
        read = 0
        started = perf_counter()
        for page in pages:
            self.undecided += page.undecided
            self.unreadable += page.unreadable
            fit = [one for one in page.known if _fits(one, self.candidate)]
            self.unfit += len(page.known) - len(fit)
            read += len(fit)
            columns, measure, children = _columns(fit, self.candidate)
            self.reading_s += perf_counter() - started
            self._price(fit, columns, measure, children)
            self.told(read)
            started = perf_counter()
        return self._simulated()

    def _price(
        self,
        known: Sequence[Known],
        columns: PsuSituations | Households,
        measure: Ints,
        children: Ints,
    ) -> None:
        started = perf_counter()
        fees = priced(columns, self.candidate)
        amounts = _amounts(known, fees, measure, children)
        self.unpriced += len(known) - len(amounts)
        self._parts.append(amounts)
        self.pricing_s += perf_counter() - started

    def _simulated(self) -> Simulated:
        left_out = (
            ("sans décision en vigueur ce jour-là", self.undecided),
            ("effacées, illisibles ou sans prix", self.unreadable),
            ("fixées par une autre méthode que celle du candidat", self.unfit),
            ("le candidat ne leur donne pas de prix : un agent aurait à voir", self.unpriced),
        )
        return Simulated(
            candidate=f"{self.candidate.id} {self.candidate.version}",
            title=self.candidate.title,
            on=self.on,
            comparison=compare(_joined(self._parts)),
            left_out=tuple((why, many) for why, many in left_out if many),
            reading_s=self.reading_s,
            pricing_s=self.pricing_s,
        )


def priced(columns: PsuSituations | Households, candidate: Tariff) -> Fees:
    """The fees of columns that were made for this candidate."""
    match columns, candidate:
        case PsuSituations(), PsuTariff():
            return price_psu(columns, candidate)
        case Households(), LocalTariff():
            return price_locally(columns, candidate)
    raise TariffError(f"Le barème {candidate.id} ne s'applique pas à ces données.")


def _fits(known: Known, candidate: Tariff) -> bool:
    """Whether the record is of the candidate's kind: the PSU's names care, no other does."""
    return ("care_type" in known.inputs) is isinstance(candidate, PsuTariff)


def _columns(
    known: Sequence[Known], candidate: Tariff
) -> tuple[PsuSituations | Households, Ints, Ints]:
    """The families in columns, what they are ranked by, and their children."""
    if isinstance(candidate, LocalTariff):
        families = [local_inputs.situation_of(one.inputs) for one in known]
        households = Households.of(families, candidate)
        return households, households.amount_cents, households.children
    situations = PsuSituations.of([psu_record.situation_of(one.inputs) for one in known])
    return situations, situations.annual_cents, situations.children


def _amounts(known: Sequence[Known], fees: Fees, measure: Ints, children: Ints) -> Amounts:
    """Before and after of those who have a price: by month where both are known, else by unit."""
    unit = np.array([one.unit_cents for one in known], dtype=np.int64)
    month = np.array(
        [_NO_MONTH if one.month_cents is None else one.month_cents for one in known],
        dtype=np.int64,
    )
    monthly = fees.has_month & (month != _NO_MONTH)
    return Amounts(
        before=np.where(monthly, month, unit),
        after=np.where(monthly, fees.month_cents, fees.unit_cents),
        monthly=monthly,
        measure=measure,
        children=children,
    ).rows(fees.priced)


def _joined(parts: Sequence[Amounts]) -> Amounts:
    nothing = np.zeros(0, dtype=np.int64)
    names = ("before", "after", "monthly", "measure", "children")
    columns = {
        name: np.concatenate([nothing, *(getattr(part, name) for part in parts)]) for name in names
    }
    columns["monthly"] = columns["monthly"].astype(np.bool_)
    return Amounts(**columns)
