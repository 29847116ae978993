"""A scale: the tariffs of one id, period after period, without gap or overlap."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Self

from services.tariff.language.tariff import Tariff
from shared.errors import TariffError


@dataclass(frozen=True, slots=True)
class Scale:
    """Tariffs in order of time; every day since the first start has exactly one, or none after."""

    tariffs: tuple[Tariff, ...]

    @classmethod
    def of(cls, tariffs: Iterable[Tariff]) -> Self:
        """Put tariffs in order and check that they follow each other day to day.

        Raises:
            TariffError: none at all, several ids, a hole or an overlap between two periods.
        """
        ordered = tuple(sorted(tariffs, key=lambda tariff: tariff.valid_from))
        if len({tariff.id for tariff in ordered}) != 1:
            raise TariffError("Une échelle réunit les périodes d'un seul barème, et d'un au moins.")
        for earlier, later in pairwise(ordered):
            _refuse_break(earlier, later)
        return cls(ordered)

    def in_force(self, on: date) -> Tariff:
        """The tariff of that day.

        Raises:
            TariffError: when no period holds that day.
        """
        for tariff in self.tariffs:
            if tariff.in_force(on):
                return tariff
        first = self.tariffs[0]
        raise TariffError(
            f"Aucun barème {first.id} n'est en vigueur le {on} : "
            f"les périodes connues commencent le {first.valid_from}."
        )


def _refuse_break(earlier: Tariff, later: Tariff) -> None:
    wanted = later.valid_from - timedelta(days=1)
    if earlier.valid_to == wanted:
        return
    open_or_late = earlier.valid_to is None or earlier.valid_to > wanted
    trouble = "se chevauchent" if open_or_late else "laissent un trou"
    raise TariffError(
        f"Les périodes {earlier.version} et {later.version} du barème {earlier.id} {trouble} : "
        f"dans {earlier.version}, « valid_to » doit être {wanted}."
    )
