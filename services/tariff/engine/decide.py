"""`decide`: the one door of the engine. Pure: the same arguments give the same outcome for ever."""

from datetime import date
from typing import overload

from services.tariff.engine.fee import Fee, LocalFee, NoFee, NotAwarded, Outcome
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.local import decide_locally
from services.tariff.engine.participation import participation
from services.tariff.engine.situation import Situation
from services.tariff.language.local import LocalTariff
from services.tariff.language.psu import PsuTariff
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage
from shared.errors import TariffError
from shared.money import Rounding

ENGINE_VERSION = "1"
"""Changes whenever the same situation and tariff would give another fee or another trace."""


@overload
def decide(
    situation: Situation,
    tariff: Tariff,
    on: date,
    *,
    rounding: Rounding | None = None,
    stage: Stage | None = None,
) -> Fee | NoFee: ...


@overload
def decide(
    situation: LocalSituation,
    tariff: Tariff,
    on: date,
    *,
    rounding: Rounding | None = None,
    stage: Stage | None = None,
) -> LocalFee | NoFee | NotAwarded: ...


def decide(
    situation: Situation | LocalSituation,
    tariff: Tariff,
    on: date,
    *,
    rounding: Rounding | None = None,
    stage: Stage | None = None,
) -> Outcome:
    """The fee of a situation under the tariff in force on a day, or why there is none.

    A `Situation` is the PSU's, a `LocalSituation` that of every other method. `rounding` and
    `stage` replace the tariff's own when given; one mode serves the unit and the month. With the
    stage `month`, the amount of the month comes from the exact price.

    Raises:
        TariffError: when the tariff is not in force on that day, or is not for such a situation.
    """
    tariff.require_in_force(on)
    how = rounding or tariff.rounding.mode
    when = stage or tariff.rounding.stage
    match situation, tariff:
        case Situation(), PsuTariff():
            return participation(situation, tariff, rounding=how, stage=when)
        case LocalSituation(), LocalTariff():
            return decide_locally(situation, tariff, rounding=how, stage=when)
    raise TariffError(
        f"Le barème {tariff.id} suit la méthode {tariff.method} : il ne s'applique pas à ces "
        "données."
    )
