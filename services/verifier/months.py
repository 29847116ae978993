"""Months: of which months a quotient familial is asked, as the tariff of each scheme goes by.

The current month unless the tariff in force says another: one month for all, or the lowest of
several. What authorities published is read again every half minute at most, the rest ships.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Engine, select

from services.tariff.language.local import MeasuredTariff
from services.tariff.language.national import load_shipped_scale
from services.tariff.language.published import Published, read_published
from services.tariff.language.scale import Scale
from shared.errors import TariffError
from shared.evidence import Month
from shared.paris import day_in_paris
from shared.store.parties import SchemeRow
from shared.store.published import TariffRow

Months = tuple[Month | None, ...]
CURRENT: Months = (None,)
_FRESH_FOR_S = 30.0
_QF = "qf"
_log = structlog.get_logger()
_PUBLISHED = (
    select(SchemeRow.id, SchemeRow.tariff, TariffRow.version, TariffRow.content, TariffRow.digest)
    .select_from(SchemeRow)
    .outerjoin(TariffRow, TariffRow.tariff_id == SchemeRow.tariff)
    .where(SchemeRow.profile == _QF)
)


class QuotientMonths:
    """The months of each scheme of profile `qf`; of any other, there is nothing to choose."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._scales: Mapping[UUID, Scale] = {}
        self._read_at = -_FRESH_FOR_S

    async def of(self, scheme: UUID, on: date, now: datetime) -> Months:
        """The months to ask for, for a fee from a day on; None is the current one."""
        if monotonic() - self._read_at > _FRESH_FOR_S:
            await asyncio.to_thread(self._read)
        scale = self._scales.get(scheme)
        return CURRENT if scale is None else months_of(scale, on, now)

    def _read(self) -> None:
        with self._engine.connect() as connection:
            rows: list[Any] = list(connection.execute(_PUBLISHED))
        by_scheme: defaultdict[UUID, list[Any]] = defaultdict(list)
        for row in rows:
            by_scheme[row.id].append(row)
        scales = {scheme: _scale(found) for scheme, found in by_scheme.items()}
        self._scales = {scheme: scale for scheme, scale in scales.items() if scale is not None}
        self._read_at = monotonic()


def months_of(scale: Scale, on: date, now: datetime) -> Months:
    """The months that the tariff of a day goes by, the latest first."""
    try:
        tariff = scale.in_force(on)
    except TariffError:
        return CURRENT
    if not isinstance(tariff, MeasuredTariff) or tariff.measure.month is None:
        return CURRENT
    if tariff.measure.month[0].isdigit():
        year, month = tariff.measure.month.split("-")
        return (Month(year=int(year), month=int(month)),)
    earlier = range(1, tariff.measure.months)
    return (None, *(_back(day_in_paris(now), months) for months in earlier))


def _back(day: date, months: int) -> Month:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return Month(year=years, month=month + 1)


def _scale(rows: Sequence[Any]) -> Scale | None:
    """The scale of a scheme; None, and the current month, when it cannot be read.

    Whoever prices says so to an agent.
    """
    tariff_id = rows[0].tariff
    try:
        if rows[0].version is None:
            return load_shipped_scale(tariff_id)
        published = [Published(tariff_id, row.version, row.content, row.digest) for row in rows]
        return Scale.of(read_published(one) for one in published)
    except TariffError:
        _log.warning("months.unreadable", tariff=tariff_id)
        return None
