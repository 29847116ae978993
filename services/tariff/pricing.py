"""Pricing one application: certified facts and a scheme in, a decision's content or a doubt out.

Pure: no database, no clock of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.tariff.doubts import doubt, needs_a_yes
from services.tariff.engine.decide import decide
from services.tariff.engine.record import Declared, DeclaredSource, decision_record
from services.tariff.engine.situation import Contract, Situation
from services.tariff.explanation.explain import explain
from services.tariff.language.scale import Scale
from services.tariff.language.tariff import Tariff
from shared.application import Application
from shared.canonical import canonical_json
from shared.errors import TariffError
from shared.evidence import EajeFacts, Facts, Proof
from shared.money import Money
from shared.states import Reason


@dataclass(frozen=True, slots=True)
class Priced:
    """A fee with its record; `waits_for` says why an agent must say yes first, if one must.

    `proof` is the State's, of the evidence that the record rests on: for who controls the fee.
    """

    tariff: Tariff
    record: Mapping[str, Any]
    waits_for: Reason | None
    proof: Proof | None = None

    @property
    def content(self) -> bytes:
        """What is sealed: the record, its explanation and its proof, as canonical JSON."""
        proof = {} if self.proof is None else {"proof": self.proof.model_dump()}
        explanation = list(explain(self.record))
        return canonical_json({"record": dict(self.record), "explanation": explanation, **proof})


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Figures that a machine must not price."""

    reason: Reason


def price(
    application: Application,
    facts: Facts,
    *,
    scale: Scale,
    automatic: bool,
    received_at: datetime,
    others_file: bool = False,
) -> Priced | Doubtful:
    """The fee of an application under the scale in force on the first day of care.

    `others_file` says that the facts are of the other representative's file.

    Only the EAJE endpoint's figures set a PSU fee: the State says of the others that they must not
    (API Particulier, *cas d'usage*).
    """
    if not isinstance(facts, EajeFacts):
        return Doubtful(Reason.EVIDENCE_UNFIT)
    reason = doubt(facts)
    if reason is not None:
        return Doubtful(reason)
    try:
        tariff = scale.in_force(application.care.start)
    except TariffError:
        return Doubtful(Reason.TARIFF_MISSING)
    record = _record(application, facts, tariff, received_at)
    if record["fee"] is None:
        return Doubtful(Reason.FIGURES_TO_CHECK)
    waits_for = needs_a_yes(application, facts, automatic=automatic, others_file=others_file)
    return Priced(tariff, record, waits_for, facts.proof)


def _record(
    application: Application, facts: EajeFacts, tariff: Tariff, received_at: datetime
) -> dict[str, Any]:
    on = application.care.start
    situation = _situation(application, facts)
    return decision_record(
        situation,
        decide(situation, tariff, on),
        tariff=tariff,
        on=on,
        evidence=facts.provenance,
        application=Declared(DeclaredSource.APPLICATION, received_at),
        resources_year=facts.resources_year,
    )


def _situation(application: Application, facts: EajeFacts) -> Situation:
    return Situation(
        care_type=application.care.type,
        children=facts.children or 0,
        aeeh_children=facts.aeeh_children or 0,
        annual_resources=Money(facts.annual_resources_cents or 0),
        contract=Contract(application.care.contract_hours, application.care.instalments),
    )
