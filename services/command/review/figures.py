"""Figures that an agent read on papers: they come by a file or stdin, never as an argument.

An argument is seen by every user of the machine; so would be an income, or a count of AEEH, which
is health data.
"""

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from services.command.records.fields import YesOrNo, refused
from services.command.records.files import read_document
from services.command.records.models import validated
from services.command.records.parts import Part
from services.command.records.signatories import Signatory
from shared.endpoints import KNOWN_PROFILES
from shared.errors import MoneyFormatError
from shared.evidence import EajeFacts, Facts, Month, Presence, QfFacts
from shared.money import Money
from shared.provenance import Provenance
from shared.signing import Author
from shared.taxation import TaxFacts, TaxStatus

PAPERS = "documents"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])\Z", re.ASCII)
_PARTS = re.compile(r"\d{1,2}([.,]\d{1,2})?\Z", re.ASCII)
_HUNDRED = 100


def _euros(value: object) -> int:
    try:
        return Money.parse(str(value).replace(",", ".").replace(" ", "")).cents
    except MoneyFormatError:
        raise refused("écrivez des euros, par exemple 48000.00") from None


def _month(value: object) -> Month:
    found = _MONTH.match(str(value))
    if found is None:
        raise refused("écrivez un mois, AAAA-MM, par exemple 2026-11")
    return Month(year=int(found[1]), month=int(found[2]))


def _parts(value: object) -> int:
    if _PARTS.match(str(value)) is None:
        raise refused("écrivez un nombre de parts, par exemple 2.5")
    whole, _, rest = str(value).replace(",", ".").partition(".")
    return int(whole) * _HUNDRED + int(rest.ljust(2, "0"))


_Cents = Annotated[int, BeforeValidator(_euros)]
_Count = Annotated[int, Field(ge=0, le=30)]
_Year = Annotated[int, Field(ge=2000, le=2100)]


class Figures(Part):
    """What an agent read: euros, counts in the sense of family benefits, years.

    For `eaje`: `children`, `aeeh_children`, `annual_resources`, `resources_year`. For `qf`:
    `quotient_familial`, `quotient_month`. For `tax`: `income_of_reference`, `parts`, `income_year`,
    `dependants`, `not_taxed`. `child_in_household` is yes unless it is said not to be.
    """

    children: _Count | None = None
    aeeh_children: _Count | None = None
    annual_resources: _Cents | None = None
    resources_year: _Year | None = None
    quotient_familial: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    quotient_month: Annotated[Month, BeforeValidator(_month)] | None = None
    income_of_reference: _Cents | None = None
    parts: Annotated[int, BeforeValidator(_parts)] | None = None
    income_year: _Year | None = None
    dependants: _Count | None = None
    not_taxed: YesOrNo | None = None
    child_in_household: YesOrNo = True


def read_figures(file: Path) -> Figures:
    """The figures of a YAML page.

    Raises:
        RecordsError: with every fault, and where it stands.
    """
    content, _ = read_document(file, "figures")
    return validated(Figures, content if isinstance(content, dict) else {"figures": content})


def read_agent(file: Path) -> Author:
    """Who decides: first name, name, function and service, on a YAML page.

    Raises:
        RecordsError: with every fault.
    """
    content, _ = read_document(file, "agent")
    given = content if isinstance(content, dict) else {"agent": content}
    signatory = validated(Signatory, given)
    return Author.model_validate(signatory.model_dump(exclude={"valid_from", "valid_to"}))


def facts_of(figures: Figures, profile: str, at: datetime) -> Facts | None:
    """The figures as facts of a scheme's profile; None for a profile of a package."""
    if profile not in KNOWN_PROFILES:
        return None
    told = Provenance(source=PAPERS, fetched_at=at, http_status=0)
    match profile:
        case "qf":
            return _quotient(figures, told)
        case "tax":
            return _tax(figures, told)
    return EajeFacts(
        children=figures.children,
        aeeh_children=figures.aeeh_children,
        annual_resources_cents=figures.annual_resources,
        resources_year=figures.resources_year,
        child_listed=figures.child_in_household,
        **_NO_ADDRESS,
        provenance=told,
    )


_NO_ADDRESS: dict[str, Any] = {"address_line": None, "address_city": None}


def _quotient(figures: Figures, told: Provenance) -> QfFacts:
    known = figures.quotient_familial is not None
    return QfFacts(
        quotient_familial=Presence.GIVEN if known else Presence.ABSENT,
        quotient_familial_euros=figures.quotient_familial,
        fund=None,
        asked=figures.quotient_month,
        answered=figures.quotient_month,
        computed=None,
        child_listed=figures.child_in_household,
        **_NO_ADDRESS,
        provenance=told,
    )


def _tax(figures: Figures, told: Provenance) -> TaxFacts:
    status = {None: TaxStatus.UNKNOWN, True: TaxStatus.NOT_TAXED, False: TaxStatus.TAXED}
    return TaxFacts(
        households=1,
        income_of_reference_cents=figures.income_of_reference,
        parts_hundredths=figures.parts,
        income_year=figures.income_year,
        family_situation=None,
        dependants=figures.dependants,
        tax_status=status[figures.not_taxed],
        address=None,
        established_on=None,
        collected_on=None,
        provenance=told,
    )
