"""One case to price, as it was typed; what a tariff does not use is refused, never left aside."""

import re
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

import typer

from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.engine.needs import names_of, needs
from services.tariff.engine.situation import Situation
from services.tariff.language.local import LocalTariff
from services.tariff.language.psu import PsuTariff
from services.tariff.language.words import When
from shared.application import CareType
from shared.decisions import Verdict
from shared.errors import MoneyFormatError
from shared.money import Money

_MONTHS = 12
_HUNDREDTHS = 100
_QUOTIENT = re.compile(r"(?:(?P<month>[12]\d{3}-(?:0[1-9]|1[0-2]))=)?(?P<euros>.+)\Z", re.ASCII)
_OF_PSU = {"care", "children", "aeeh", "resources_annual", "resources_month", "hours_month"}
_OPTIONS = {
    "quotients": {"quotient_familial"},
    "income_of_reference": {"rfr"},
    "parts_hundredths": {"parts"},
    "annual_resources": {"resources_annual", "resources_month"},
    "children": {"children"},
    "aeeh_children": {"aeeh"},
    "resident": {"resident"},
    "rank": {"rank"},
    "regime": {"fund"},
    "granted": {"granted"},
    "denied": {"denied"},
    "units": {"units"},
    "monthly_hours": {"hours_month"},
}
"""The options that tell each field of a local situation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What was typed; None and nothing are what was not."""

    care: CareType | None = None
    children: int | None = None
    aeeh: int | None = None
    resources_annual: Money | None = None
    resources_month: Money | None = None
    quotient_familial: tuple[str, ...] = ()
    rfr: Money | None = None
    parts: Decimal | None = None
    resident: bool | None = None
    rank: int | None = None
    fund: str | None = None
    granted: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    units: Decimal | None = None
    hours_month: Decimal | None = None

    @property
    def given(self) -> set[str]:
        """The options that were typed."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name for name, value in values.items() if value is not None and value != ()}


def psu_situation(case: Case, tariff: PsuTariff) -> Situation:
    """The situation that a PSU tariff prices.

    Raises:
        BadParameter: an option that is missing, or that this tariff does not use.
    """
    surcharge = tariff.surcharge
    by_residence = surcharge is not None and surcharge.when is When.NON_RESIDENT
    _refuse_unused(case, _OF_PSU | ({"resident"} if by_residence else set()))
    if case.care is None:
        raise typer.BadParameter(f"donnez {', '.join(CareType)}.", param_hint="--care")
    children, aeeh = _children(case)
    return Situation(
        care_type=case.care,
        children=children,
        aeeh_children=aeeh,
        annual_resources=_annual(case, optional=tariff.missing_data is not None),
        monthly_hours=case.hours_month,
        resident=_verdict(case),
    )


def local_situation(case: Case, tariff: LocalTariff, on: date) -> LocalSituation:
    """The situation that a local tariff prices; what was not typed is not known.

    Raises:
        BadParameter: an option that is wrong, or that this tariff does not use.
    """
    asked = needs(tariff)
    _refuse_unused(case, {option for field in asked for option in _OPTIONS.get(field, set())})
    _refuse_unknown_names(case, tariff)
    if case.rank == 0:
        raise typer.BadParameter("le premier enfant a le rang 1.", param_hint="--rank")
    return LocalSituation(
        quotients=_quotients(case, on),
        income_of_reference=case.rfr,
        parts_hundredths=None if case.parts is None else int(case.parts * _HUNDREDTHS),
        annual_resources=_annual(case, optional=True),
        children=case.children,
        aeeh_children=case.aeeh,
        resident=_verdict(case),
        rank=case.rank,
        regime=_regime(case),
        granted=frozenset(case.granted),
        denied=frozenset(case.denied),
        units=case.units,
        monthly_hours=case.hours_month,
    )


def not_given(case: Case, tariff: LocalTariff) -> list[str]:
    """The options that this tariff could use and that were not typed."""
    asked = needs(tariff) - {"granted", "denied"}
    lacking = (_OPTIONS.get(field, set()) for field in sorted(asked))
    options = {min(one) for one in lacking if one and not one & case.given}
    return sorted(f"--{option.replace('_', '-')}" for option in options)


def _refuse_unused(case: Case, used: set[str]) -> None:
    for option in sorted(case.given - used):
        raise typer.BadParameter(
            "ce barème ne l'utilise pas : retirez cette option.",
            param_hint=f"--{option.replace('_', '-')}",
        )


def _refuse_unknown_names(case: Case, tariff: LocalTariff) -> None:
    known = names_of(tariff)
    for option, names in (("--granted", case.granted), ("--denied", case.denied)):
        for name in names:
            if name not in known:
                raise typer.BadParameter(
                    f"« {name} » n'est pas dans ce barème : écrivez {', '.join(sorted(known))}.",
                    param_hint=option,
                )


def _children(case: Case) -> tuple[int, int]:
    children, aeeh = case.children, case.aeeh or 0
    if not children:
        raise typer.BadParameter("le foyer a un enfant au moins.", param_hint="--children")
    if aeeh > children:
        raise typer.BadParameter(
            f"{aeeh} enfants avec AEEH pour {children} à charge : donnez au plus {children}.",
            param_hint="--aeeh",
        )
    return children, aeeh


def _annual(case: Case, *, optional: bool) -> Money | None:
    match case.resources_annual, case.resources_month:
        case Money() as annual, None:
            return annual
        case None, Money(cents):
            return Money(cents * _MONTHS)
        case None, None if optional:
            return None
        case _:
            raise typer.BadParameter(
                "donnez les ressources d'une année ou celles d'un mois, l'une des deux.",
                param_hint="--resources-annual / --resources-month",
            )


def _quotients(case: Case, on: date) -> tuple[Quotient, ...]:
    found = {}
    for text in case.quotient_familial:
        read = _QUOTIENT.match(text)
        try:
            value = Money.parse(read["euros"] if read else text)
        except MoneyFormatError:
            value = Money(-1)
        if read is None or value < Money(0):
            raise typer.BadParameter(
                f"« {text} » n'est pas un quotient : écrivez 650, ou 2026-09=650.",
                param_hint="--quotient-familial",
            )
        found[read["month"] or f"{on:%Y-%m}"] = value
    return tuple(Quotient(month, value) for month, value in found.items())


def _verdict(case: Case) -> Verdict:
    return {True: Verdict.YES, False: Verdict.NO, None: Verdict.UNKNOWN}[case.resident]


def _regime(case: Case) -> Regime | None:
    try:
        return None if case.fund is None else Regime(case.fund)
    except ValueError:
        raise typer.BadParameter(
            f"« {case.fund} » : écrivez {', '.join(Regime)}.", param_hint="--fund"
        ) from None
