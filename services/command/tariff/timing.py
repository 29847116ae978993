"""`berceau tariff time`: what a rule of operation bills of an overrun, or of a presence."""

import json
from collections.abc import Sequence
from fractions import Fraction

import typer

from services.tariff.engine.overrun import Grace, OverrunRule, packaged_minutes
from services.tariff.engine.psu import price_of_hours
from services.tariff.explanation.typography import typeset
from shared.money import Money, Rounding

_HALF_HOUR = 30
_MINUTES = 60


def within_rule(
    minutes: int,
    *,
    block: int | None,
    grace: int | None,
    each_block: bool,
    packages: Sequence[int],
) -> int:
    """The minutes billed, by blocks that have begun or by packages.

    Raises:
        BadParameter: both ways at once, or a rule that bills nothing.
    """
    if not packages:
        return _rule(block, grace, each_block=each_block).billed_minutes(minutes)
    if block is not None or grace is not None or each_block:
        raise typer.BadParameter(
            "des forfaits n'ont ni bloc ni tolérance : retirez --block et --grace.",
            param_hint="--package",
        )
    return packaged_minutes(minutes, packages)


def _rule(block: int | None, grace: int | None, *, each_block: bool) -> OverrunRule:
    try:
        return OverrunRule(
            block_minutes=_HALF_HOUR if block is None else block,
            grace_minutes=grace or 0,
            grace=Grace.EACH_BLOCK if each_block else Grace.ONCE,
        )
    except ValueError:
        raise typer.BadParameter(
            "la tolérance est plus courte que le bloc, qui dure une minute au moins.",
            param_hint="--grace",
        ) from None


def told(minutes: int, billed: int, *, hourly: Money | None, as_json: bool) -> str:
    """The billed time, and its price when the price of an hour is known."""
    price = None if hourly is None else _price(billed, hourly)
    if as_json:
        cents = None if price is None else price.cents
        return json.dumps({"minutes": minutes, "billed_minutes": billed, "price_cents": cents})
    sentence = f"{minutes} minutes : {billed} minutes facturées"
    if hourly is not None and price is not None:
        sentence += f", soit {price.in_french} à {hourly.in_french} l'heure"
    return typeset(f"{sentence}.")


def _price(billed: int, hourly: Money) -> Money:
    return price_of_hours(hourly.exact, Fraction(billed, _MINUTES), Rounding.HALF_UP)
