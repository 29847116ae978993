"""Households: whose decisions may be told in one letter. Pure.

Two parents who do not live together are two households, and nothing of one is shown to the other:
a letter goes to one applicant, and holds what that applicant asked for.
"""

from collections.abc import Hashable, Iterable, Sequence

from services.tariff.explanation.content import Told
from shared.errors import BerceauError
from shared.lettering import folded
from shared.paris import day_in_paris


class NotOneHouseholdError(BerceauError):
    """The decisions are not of one applicant and one authority."""


def by_household(tolds: Iterable[Told]) -> tuple[tuple[Told, ...], ...]:
    """Decisions in as many groups as letters: one authority, one applicant, one day."""
    groups: dict[Hashable, list[Told]] = {}
    for told in tolds:
        day = day_in_paris(told.decision.decided_at)
        groups.setdefault((*_household(told), day), []).append(told)
    return tuple(map(tuple, groups.values()))


def require_one_household(tolds: Sequence[Told]) -> None:
    """Let through only what one applicant asked of one authority.

    Raises:
        NotOneHouseholdError: there are none, or those of several.
    """
    if len({_household(told) for told in tolds}) != 1:
        raise NotOneHouseholdError


def _household(told: Told) -> tuple[Hashable, ...]:
    applicant = told.decision.family.applicant
    names = (applicant.birth_name, *applicant.first_names)
    return (
        told.decision.authority.code,
        *map(folded, names),
        applicant.birth,
        applicant.birth_place.country,
        applicant.birth_place.commune,
    )
