"""The report of a campaign as a person reads it: who changes, why, by how much and where."""

from collections.abc import Iterator

from services.command.campaign.tally import BRACKETS_CENTS, Sums, Tally
from services.command.campaign.words import because_words
from shared.money import Money
from shared.watching.words import counted, number, typeset

_WAYS = {"up": "en hausse", "down": "en baisse"}


def report_lines(tally: Tally) -> Iterator[str]:
    """The whole report, a sentence a line."""
    yield from map(typeset, _lines(tally))


def _lines(tally: Tally) -> Iterator[str]:
    yield (
        f"{counted(tally.members, 'dossier')} : {number(tally.changed)} changent, "
        f"{number(tally.same)} inchangés, {number(tally.proposed)} à valider, "
        f"{number(tally.pending)} sans résultat."
    )
    if tally.because:
        yield "Ce qui change :"
    for word, count in sorted(tally.because.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"  {because_words(word)} : {number(count)}"
    yield from _brackets(tally)
    yield from _owed(tally)
    yield from _structures(tally)
    if tally.without_amount:
        yield f"Sans montant à comparer : {number(tally.without_amount)}."


def _brackets(tally: Tally) -> Iterator[str]:
    for way, words in _WAYS.items():
        total = sum(count for (one, _), count in tally.brackets.items() if one == way)
        yield f"{counted(total, 'montant')} {words}."
        for bracket in range(len(BRACKETS_CENTS) + 1):
            if count := tally.brackets[way, bracket]:
                yield f"  {_bracket(bracket)} : {number(count)}"


def _bracket(bracket: int) -> str:
    if bracket == len(BRACKETS_CENTS):
        return f"plus de {Money(BRACKETS_CENTS[-1]).in_french}"
    if bracket == 0:
        return f"jusqu'à {Money(BRACKETS_CENTS[0]).in_french}"
    low, high = Money(BRACKETS_CENTS[bracket - 1]), Money(BRACKETS_CENTS[bracket])
    return f"plus de {low.in_french}, jusqu'à {high.in_french}"


def _owed(tally: Tally) -> Iterator[str]:
    if tally.owed_by_families_cents:
        yield f"Dû par les familles : {Money(tally.owed_by_families_cents).in_french}."
    if tally.owed_to_families_cents:
        yield f"Dû aux familles : {Money(tally.owed_to_families_cents).in_french}."


def _structures(tally: Tally) -> Iterator[str]:
    for name, sums in sorted(tally.structures.items()):
        yield f"{name or 'Sans établissement'} : {_sums(sums)}"


def _sums(sums: Sums) -> str:
    before, after = Money(sums.before_cents), Money(sums.after_cents)
    return (
        f"{number(sums.up)} en hausse, {number(sums.down)} en baisse, {number(sums.same)} "
        f"inchangés ; {before.in_french} avant, {after.in_french} après."
    )
