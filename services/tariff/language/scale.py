"""A scale: the tariffs of one id, period after period, without gap or overlap.

Nothing is edited. A period without a known end that a later one follows ends the day before it; a
version `2026-01-01.1` stands in the place of `2026-01-01`, which remains to be read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Self

from services.tariff.language.tariff import Tariff
from shared.errors import TariffError

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Scale:
    """Tariffs in order of time; every day since the first start has exactly one, or none after.

    `replaced` are the versions that another one stands in for: no day is theirs any more, but
    decisions rest on them.
    """

    tariffs: tuple[Tariff, ...]
    replaced: tuple[Tariff, ...] = ()

    @classmethod
    def of(cls, tariffs: Iterable[Tariff]) -> Self:
        """Put tariffs in order and check that they follow each other day to day.

        Raises:
            TariffError: none at all, several ids, a version said twice, a hole or an overlap
                between two periods.
        """
        ordered = sorted(tariffs, key=_order)
        if len({tariff.id for tariff in ordered}) != 1:
            raise TariffError("Une échelle réunit les périodes d'un seul barème, et d'un au moins.")
        _refuse_twins(ordered)
        last = {tariff.valid_from: tariff for tariff in ordered}
        standing = tuple(last.values())
        for earlier, later in pairwise(standing):
            _refuse_break(earlier, later)
        return cls(standing, tuple(one for one in ordered if one not in standing))

    @property
    def id(self) -> str:
        """The tariffs' id."""
        return self.tariffs[0].id

    def in_force(self, on: date) -> Tariff:
        """The tariff of that day.

        Raises:
            TariffError: when no period holds that day.
        """
        for tariff in reversed(self.tariffs):
            if tariff.in_force(on):
                return tariff
        raise TariffError(
            f"Aucun barème {self.id} n'est en vigueur le {on} : "
            f"les périodes connues commencent le {self.tariffs[0].valid_from}."
        )

    def version(self, name: str) -> Tariff:
        """A version by its name, whether it stands or was replaced.

        Raises:
            TariffError: when the scale has none of that name.
        """
        for tariff in (*self.tariffs, *self.replaced):
            if tariff.version == name:
                return tariff
        raise TariffError(f"Le barème {self.id} n'a pas de version {name}.")

    def last_day(self, tariff: Tariff) -> date | None:
        """The last day on which a standing tariff is in force; None while none is known."""
        later = next((t for t in self.tariffs if t.valid_from > tariff.valid_from), None)
        return tariff.valid_to if later is None else later.valid_from - _DAY

    def with_one(self, tariff: Tariff) -> Self:
        """The scale with one more version.

        Raises:
            TariffError: when it breaks the scale.
        """
        return self.of((*self.tariffs, *self.replaced, tariff))


def _order(tariff: Tariff) -> tuple[date, int]:
    """By first day, then by number of the correction: `.10` comes after `.9`."""
    return tariff.valid_from, int(tariff.version.partition(".")[2] or 0)


def _refuse_twins(ordered: list[Tariff]) -> None:
    for earlier, later in pairwise(ordered):
        if earlier.version == later.version:
            raise TariffError(
                f"La version {later.version} du barème {later.id} est dite deux fois : une "
                f"correction s'appelle {later.valid_from}.1, puis .2."
            )


def _refuse_break(earlier: Tariff, later: Tariff) -> None:
    wanted = later.valid_from - _DAY
    if earlier.valid_to is None or earlier.valid_to == wanted:
        return
    trouble = "se chevauchent" if earlier.valid_to > wanted else "laissent un trou"
    raise TariffError(
        f"Les périodes {earlier.version} et {later.version} du barème {earlier.id} {trouble} : "
        f"dans {earlier.version}, « valid_to » doit être {wanted}."
    )
