"""Invented families, and what was decided about them, as it is sealed."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from services.tariff.engine.decide import decide
from services.tariff.engine.household import LocalSituation, Quotient
from services.tariff.engine.record import Declared, DeclaredSource, decision_record
from services.tariff.engine.situation import Contract, Situation
from services.tariff.explanation.explain import explain
from services.tariff.language.national import load_national_scale, load_shipped_scale
from shared.application import Address, CareType
from shared.canonical import canonical_json
from shared.civil_status import BirthPlace, Child, CivilStatus, PartialDate, Sex
from shared.decisions import (
    AuthorityTold,
    Before,
    Change,
    CheckResult,
    ContractTerms,
    DecisionKind,
    DecisionMode,
    Difference,
    Envelope,
    FamilyTold,
    SchemeTold,
    Verdict,
)
from shared.evidence import EAJE_SOURCE, QF_SOURCE, Provenance
from shared.money import Money
from shared.reasons import Reason
from shared.scheme_rules import SchemeKind, Silence, SilenceEffect
from shared.signing import Author, Contact

RECEIVED = datetime(2026, 11, 16, 9, 29, tzinfo=UTC)
DECIDED = datetime(2026, 11, 20, 9, 31, tzinfo=UTC)
SINCE = date(2026, 12, 1)
PROOF = {"url": "https://particulier.test/verification/a1a1", "code": "K7QZ-M2XR-4T"}
CERTIFIED = Provenance(
    source=EAJE_SOURCE,
    fetched_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    http_status=200,
    request_id="r-1",
)
CERTIFIED_QUOTIENT = CERTIFIED.model_copy(update={"source": QF_SOURCE})
APPLICATION = Declared(DeclaredSource.APPLICATION, RECEIVED)
CONTACT = Contact(
    service="Service petite enfance",
    address=("12 rue des Platanes", "13990 Valmoisin"),
    email="petite-enfance@valmoisin.test",
    phone="04 90 00 00 00",
    dpo="dpo@valmoisin.test",
    tribunal="Tribunal administratif de Marseille",
    tribunal_address="31 rue Jean-François Leca, 13002 Marseille",
    rules_url="https://demarches.valmoisin.test/v1/authorities/valmoisin/rules",
    privacy_url="https://www.valmoisin.test/donnees",
    retention_months=36,
)
AUTHORITY = AuthorityTold(
    code="valmoisin", name="Ville de Valmoisin", siret="21130004800012", contact=CONTACT
)
AUTHOR = Author(
    first_name="Hélène",
    last_name="Bastide",
    function="Directrice de la petite enfance",
    service="Service petite enfance",
    act="arrêté n° 2026-114 du 3 juillet 2026",
)
APPLICANT = CivilStatus(
    birth_name="Lo",
    usage_name="Marchetti-Lo",
    first_names=("Aminata", "Rose"),
    sex=Sex.FEMALE,
    birth=PartialDate(1992, 7, 19),
    birth_place=BirthPlace(commune="13004"),
)
ADDRESS = Address(line="3 rue des Tilleuls", postcode="13990", city="Valmoisin", commune="13004")
ZOE = Child(birth_name="Marchetti", first_names=("Zoé", "Ama"), birth=date(2025, 3, 4))
ILAN = Child(birth_name="Marchetti", first_names=("Ilan",), birth=date(2026, 6, 11))
CRECHES = SchemeTold(
    code="creches",
    name="Crèches municipales",
    profile="eaje",
    silence=Silence(effect=SilenceEffect.REJECTION),
)
BEBEDOM = SchemeTold(
    code="bebe-a-la-maison",
    name="Bébé à la maison",
    profile="qf",
    kind=SchemeKind.AID,
    silence=Silence(effect=SilenceEffect.REJECTION),
)
GARDERIE = SchemeTold(
    code="garderie",
    name="Garderie du soir",
    profile="qf",
    silence=Silence(effect=SilenceEffect.ACCEPTANCE),
)
TERMS = ContractTerms(
    hours=Decimal("1518.00"),
    instalments=11,
    hours_a_week=Decimal("35.00"),
    weeks=46,
    closure_hours=Decimal("92.00"),
)
FAMILY = Situation(
    care_type=CareType.COLLECTIF,
    children=2,
    aeeh_children=0,
    annual_resources=Money.parse("48000.00"),
    contract=Contract(TERMS.hours, TERMS.instalments),
)


def psu_record(
    situation: Situation = FAMILY, on: date = SINCE, *, evidence: Any = CERTIFIED
) -> dict[str, Any]:
    """The record of a PSU fee."""
    tariff = load_national_scale().in_force(on)
    return decision_record(
        situation,
        decide(situation, tariff, on),
        tariff=tariff,
        on=on,
        evidence=evidence,
        application=APPLICATION,
        resources_year=2024,
    )


def envelope(**changes: Any) -> Envelope:
    """A fee set for Zoé, but for these changes."""
    told: dict[str, Any] = {
        "reference": "7K3F-9QXM-2WT3",
        "kind": DecisionKind.FEE,
        "mode": DecisionMode.AUTOMATIC,
        "author": AUTHOR,
        "decided_at": DECIDED,
        "valid_from": SINCE,
        "received_at": RECEIVED,
        "authority": AUTHORITY,
        "scheme": CRECHES,
        "structure": "Les Mésanges",
        "family": FamilyTold(child=ZOE, applicant=APPLICANT, address=ADDRESS),
        "contract": TERMS,
    }
    return Envelope(**(told | changes))


def content(
    decision: Envelope | None = None, record: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What is sealed, the State's proof included, as it is when it was opened again."""
    explanation = [] if record is None else list(explain(record))
    said = (decision or envelope()).model_dump(mode="json")
    told = {"record": record, "explanation": explanation, "proof": PROOF, "decision": said}
    opened: dict[str, Any] = json.loads(canonical_json(told))
    return opened


def _known(child: Child) -> FamilyTold:
    return FamilyTold(child=child, applicant=APPLICANT, address=ADDRESS)


def fee() -> dict[str, Any]:
    """A fee set by the rules alone."""
    return content(envelope(), psu_record())


def disability() -> dict[str, Any]:
    """A fee for which AEEH counts, that a person validated."""
    situation = Situation(
        care_type=CareType.COLLECTIF,
        children=3,
        aeeh_children=1,
        annual_resources=Money.parse("31500.00"),
        contract=FAMILY.contract,
    )
    return content(envelope(mode=DecisionMode.VALIDATED), psu_record(situation))


def no_fee() -> dict[str, Any]:
    """No fee can be set."""
    told = envelope(
        kind=DecisionKind.NO_FEE,
        ground=Reason.RESOURCES_UNKNOWN,
        mode=DecisionMode.BY_AGENT,
        contract=None,
    )
    return content(told)


def changed() -> dict[str, Any]:
    """A later version: resources went down, the family is owed."""
    told = envelope(
        mode=DecisionMode.VALIDATED,
        valid_from=date(2026, 10, 1),
        because=(Change.RESOURCES, Change.DISABILITY, Change.CHILDREN),
        before=Before(version=1, valid_from=date(2026, 9, 1), price_cents=248, monthly_cents=34224),
        difference=Difference(months=2, owed_cents=-11592),
    )
    return content(told, psu_record(on=date(2026, 10, 1)))


def aid_refused() -> dict[str, Any]:
    """An aid refused on a certified condition of income, before any computation."""
    checks = (
        CheckResult(
            check="residence",
            verdict=Verdict.YES,
            evidence="L'adresse donnée et celle de la CAF sont à Valmoisin.",
        ),
        CheckResult(
            check="income",
            verdict=Verdict.NO,
            evidence="Votre quotient familial de novembre 2026 est de 1\u202f312 €. Le plafond "
            "de l'aide est de 1\u202f100 €.",
        ),
    )
    told = envelope(
        kind=DecisionKind.NOT_AWARDED,
        ground="income",
        mode=DecisionMode.VALIDATED,
        scheme=BEBEDOM,
        structure=None,
        contract=None,
        admissibility=checks,
    )
    return content(told)


def local_record(
    tariff_id: str, situation: LocalSituation, on: date = SINCE, *, evidence: Any = None
) -> dict[str, Any]:
    """The record of a shipped local tariff's outcome."""
    tariff = load_shipped_scale(tariff_id).in_force(on)
    return decision_record(
        situation,
        decide(situation, tariff, on),
        tariff=tariff,
        on=on,
        evidence=evidence or CERTIFIED_QUOTIENT,
        application=APPLICATION,
        resources_year=2025,
    )


def quotient(euros: int) -> tuple[Quotient, ...]:
    """A quotient familial of November 2026."""
    return (Quotient("2026-11", Money.of_euros(euros)),)


def provisional() -> dict[str, Any]:
    """A fee at the highest price, for want of a quotient."""
    told = envelope(
        kind=DecisionKind.PROVISIONAL,
        ground=Reason.RESOURCES_UNKNOWN,
        scheme=GARDERIE,
        structure="École des Platanes",
        contract=None,
    )
    situation = LocalSituation(resident=Verdict.YES, rank=1, units=Decimal(24))
    return content(told, local_record("cauroir-garderie", situation))


def bands() -> dict[str, Any]:
    """A fee by the band of a quotient."""
    told = envelope(scheme=GARDERIE, structure="École des Platanes", contract=None)
    situation = LocalSituation(quotients=quotient(812), resident=Verdict.YES, units=Decimal(24))
    return content(told, local_record("cauroir-garderie", situation))


_BEBEDOM = frozenset({"complement-de-mode-de-garde", "enfant-de-moins-de-3-ans-garde-20-heures"})


def _bebedom(euros: int) -> dict[str, Any]:
    situation = LocalSituation(quotients=quotient(euros), resident=Verdict.YES, granted=_BEBEDOM)
    return local_record("hauts-de-seine-bebedom", situation)


def aid_awarded() -> dict[str, Any]:
    """An aid that is paid, by the band of a quotient."""
    told = envelope(
        kind=DecisionKind.AWARDED,
        mode=DecisionMode.VALIDATED,
        scheme=BEBEDOM,
        structure=None,
        contract=None,
    )
    return content(told, _bebedom(640))


def aid_beyond() -> dict[str, Any]:
    """An aid refused by the grid itself."""
    told = envelope(
        kind=DecisionKind.NOT_AWARDED,
        ground="outside_bands",
        mode=DecisionMode.VALIDATED,
        scheme=BEBEDOM,
        structure=None,
        contract=None,
    )
    return content(told, _bebedom(2650))


def siblings() -> list[dict[str, Any]]:
    """Two children of one household, decided together."""
    brother = envelope(reference="9QXM-7K3F-5HVA", family=_known(ILAN))
    return [fee(), content(brother, psu_record())]
