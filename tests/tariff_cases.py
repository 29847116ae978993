"""Cases to be priced: an invented family, what was certified of it, and a scheme's terms."""

from datetime import UTC, datetime
from typing import Any

from services.tariff.language.national import load_national_scale
from services.tariff.language.scale import Scale
from services.tariff.pricing import Case
from services.tariff.terms import SchemeTerms
from shared.application import Application
from shared.decisions import AuthorityTold, SchemeTold
from shared.evidence import Facts, Presence, QfFacts
from shared.provenance import Provenance
from shared.scheme_rules import SchemeRules
from shared.signing import Signatory
from shared.taxation import TaxFacts, TaxStatus

RECEIVED_AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
PROVENANCE = Provenance(
    source="essai", fetched_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), http_status=200
)
SIGNATORY = Signatory(
    first_name="Camille", last_name="Inventé", function="adjointe au maire", service="Enfance"
)


def terms(*, automatic: bool = True, tariff: str = "psu", **rules: Any) -> SchemeTerms:
    """A scheme that decides by itself, with a signatory; `rules` say who may enter."""
    read = SchemeRules.model_validate(rules)
    return SchemeTerms(
        automatic=automatic,
        tariff=tariff,
        rules=read,
        told=SchemeTold(code="creches", name="Crèches", profile="eaje", kind=read.kind),
        authority=AuthorityTold(code="arles", name="Ville d'essai", siret="21130000900019"),
        signatories=(SIGNATORY,),
    )


def case(
    application: Application,
    facts: Facts,
    *,
    scheme: SchemeTerms | None = None,
    scale: Scale | None = None,
    **said: Any,
) -> Case:
    """An application to be priced, under the national scale unless another is given."""
    return Case(
        application=application,
        facts=facts,
        terms=scheme or terms(),
        scale=scale or load_national_scale(),
        received_at=RECEIVED_AT,
        **said,
    )


def with_care(application: Application, **care: Any) -> Application:
    """The same family, with another care."""
    wanted = application.care.model_copy(update=care)
    return application.model_copy(update={"care": wanted})


def qf(euros: int | None, **said: Any) -> QfFacts:
    """A household measured by its quotient; None: the fund gave none."""
    values: dict[str, Any] = {
        "quotient_familial": Presence.NULL if euros is None else Presence.GIVEN,
        "quotient_familial_euros": euros,
        "fund": None,
        "asked": None,
        "answered": None,
        "computed": None,
        "child_listed": True,
        "address_line": None,
        "address_city": None,
        "provenance": PROVENANCE,
    }
    return QfFacts(**{**values, **said})


def tax(**said: Any) -> TaxFacts:
    """A tax household: 30 000 € of income of reference in 2025, 2.5 parts, one dependant."""
    values: dict[str, Any] = {
        "households": 1,
        "income_of_reference_cents": 3_000_000,
        "parts_hundredths": 250,
        "income_year": 2025,
        "family_situation": None,
        "dependants": 1,
        "tax_status": TaxStatus.NOT_TAXED,
        "address": None,
        "established_on": None,
        "collected_on": None,
        "provenance": PROVENANCE,
    }
    return TaxFacts(**{**values, **said})
