"""A simulation in words and rows: what the page, the sheet and the terminal have in common."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from services.command.simulation.comparing import FEWEST, Comparison, Group
from shared.money import Money

COLUMNS = ("familles", "paient moins", "paient plus", "inchangé", "écart moyen")
_HIDDEN = f"masqué (moins de {FEWEST})"
_PER_MILLE = 1000


@dataclass(frozen=True, slots=True)
class Simulated:
    """A comparison and what it was made of: the candidate, the day, the time that it took."""

    candidate: str  # id and version
    title: str
    on: date
    comparison: Comparison
    left_out: tuple[tuple[str, int], ...]  # why, how many
    reading_s: float
    pricing_s: float


def heading(simulated: Simulated) -> str:
    """One line: which candidate, on which day."""
    return f"Simulation de {simulated.candidate} au {simulated.on:%d/%m/%Y} ({simulated.title})"


def sentences(simulated: Simulated) -> tuple[str, ...]:
    """The answer first."""
    comparison = simulated.comparison
    group = comparison.all
    return (
        (
            f"{_count(group.families)} familles comparées : {_share(group.gain, group)} paieraient "
            f"moins, {_share(group.lose, group)} paieraient plus, {_share(group.same, group)} "
            "autant."
        ),
        _revenue(comparison),
        *(f"Laissées de côté : {_count(many)} ({why})." for why, many in simulated.left_out),
        "Rien n'a été écrit : aucune décision ne change.",
    )


def _revenue(comparison: Comparison) -> str:
    if not comparison.with_month:
        return "Aucun montant mensuel n'est connu : les écarts portent sur le prix d'une unité."
    before, after = Money(comparison.revenue_before), Money(comparison.revenue_after)
    change = Money(after.cents - before.cents)
    sign = "+" if change.cents > 0 else ""
    return (
        f"Recette d'un mois ({_count(comparison.with_month)} montants mensuels connus) : "
        f"{before.in_french} aujourd'hui, {after.in_french} avec le candidat "
        f"({sign}{change.in_french})."
    )


def table(groups: Sequence[Group], first: str) -> Iterator[tuple[str, ...]]:
    """A table's rows, its headings first."""
    yield (first, *COLUMNS)
    for group in groups:
        yield (
            _name(group),
            _count(group.families),
            _count(group.gain),
            _count(group.lose),
            _count(group.same),
            _HIDDEN if group.mean_cents is None else _signed(group.mean_cents),
        )


def bar_name(low: int, high: int) -> str:
    """A bar of the histogram: changes of so much."""
    if low == high:
        return "aucun écart"
    return f"de {_signed(low)} à {_signed(high)}"


def _name(group: Group) -> str:
    if group.lowest is None or group.highest is None:
        return group.name
    return f"{group.name} : de {Money(group.lowest).in_french} à {Money(group.highest).in_french}"


def _signed(cents: int) -> str:
    return f"{'+' if cents > 0 else ''}{Money(cents).in_french}"


def _share(part: int, group: Group) -> str:
    if not group.families:
        return "0"
    thousandths = (part * _PER_MILLE * 2 + group.families) // (2 * group.families)
    return f"{_count(part)} ({thousandths // 10},{thousandths % 10}\u00a0%)"


def _count(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")
