"""From one or two tax households to facts: how they are added, and whether tax is due. Pure.

Unmarried parents are two tax households, hence two calls, and incomes, parts and dependants are
added (DGFiP, presentation of the API v2.9, May 2025). A sum of which one term is unknown is
unknown. What cannot be added (situation, address, dates of the notice) is the applicant's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.verifier.tax.wire import WireSituation
from shared.money import Money
from shared.provenance import Provenance
from shared.taxation import FiscalAddress, TaxFacts, TaxStatus


@dataclass(frozen=True, slots=True)
class FoyerFiscal:
    """A tax household (foyer fiscal), as one call told it: not the family that the CAF counts."""

    situation: WireSituation
    provenance: Provenance


def distinct(foyers: Sequence[FoyerFiscal]) -> Sequence[FoyerFiscal]:
    """The households, one for those told twice: both numbers of a couple open the same one."""
    first, *rest = foyers
    return [first, *(one for one in rest if one.situation != first.situation)]


def facts_of(foyers: Sequence[FoyerFiscal]) -> TaxFacts:
    """The facts of one household, or of two added; the applicant's comes first."""
    told = [foyer.situation for foyer in foyers]
    own, income = told[0], _sum(one.reference_income for one in told)
    return TaxFacts(
        households=len(told),
        income_of_reference_cents=None if income is None else Money.of_euros(income).cents,
        parts_hundredths=_sum(one.parts for one in told),
        income_year=own.income_year,
        family_situation=own.family_situation,
        dependants=_sum(one.dependants.number for one in told),
        tax_status=_together([status_of(one) for one in told]),
        address=_address(own),
        established_on=own.established_on,
        collected_on=own.collected_on,
        provenance=foyers[0].provenance,
        other_provenance=foyers[1].provenance if len(foyers) > 1 else None,
    )


def status_of(situation: WireSituation) -> TaxStatus:
    """Taxed or not: by the total (`montTotIr`), else by the tax on the scale (`mntRevbareme`).

    The total may be negative: a credit, hence no tax. The tax on the scale is absent for who has no
    income, but also for who is taxed otherwise (effective or average rate): absent is unknown.
    """
    total = situation.total_tax
    due = situation.tax_on_scale if total is None else total
    if due is None:
        return TaxStatus.UNKNOWN
    return TaxStatus.TAXED if due > 0 else TaxStatus.NOT_TAXED


def _together(statuses: Sequence[TaxStatus]) -> TaxStatus:
    """Taxed if one is, not taxed only if all are known not to be."""
    if TaxStatus.TAXED in statuses:
        return TaxStatus.TAXED
    return TaxStatus.UNKNOWN if TaxStatus.UNKNOWN in statuses else TaxStatus.NOT_TAXED


def _sum(terms: Iterable[int | None]) -> int | None:
    known = list(terms)
    return None if None in known else sum(term for term in known if term is not None)


def _address(situation: WireSituation) -> FiscalAddress | None:
    detail = situation.address
    address = FiscalAddress(
        line=situation.address_line,
        complement=detail.complement,
        street=detail.street,
        postcode=detail.postcode,
        city=detail.city,
    )
    return None if address == FiscalAddress() else address
