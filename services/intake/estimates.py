"""Estimates: what a pre-registration is told at once, from declared figures only.

The fee's pure rooms compute it, as they compute a decision; it binds nobody. What was told is
sealed as it was told, and told again from there.
"""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from services.intake import standing
from services.intake.answers import (
    DeclaredAnswer,
    EstimateAnswer,
    OperationAnswer,
    TariffAnswer,
)
from services.intake.parts import Parts
from services.intake.portals import Caller
from services.intake.problems import refusal
from services.intake.sentences import CAUTION, NO_TARIFF
from services.intake.standing import Standing
from services.intake.wordings import Kind
from services.tariff.engine.decide import decide
from services.tariff.engine.record import Declared, DeclaredSource, decision_record
from services.tariff.engine.situation import Contract, Situation
from services.tariff.explanation.explain import explain
from services.tariff.language.national import load_national_scale
from services.tariff.language.scale import Scale
from shared.canonical import canonical_json
from shared.errors import TariffError
from shared.portal_keys import Scope
from shared.pre_registration import PreRegistration
from shared.sealing import WrappedKey
from shared.states import Reason
from shared.store.places import estimate_place

_FIND = text("""
    SELECT a.sealed_estimate, k.ring_key, k.wrapped
    FROM applications a LEFT JOIN application_keys k ON k.application_id = a.id
    WHERE a.id = :id
""")


def told(pre: PreRegistration, received_at: datetime) -> bytes:
    """What a pre-registration is told, as it is sealed, under the national scale (PSU)."""
    return canonical_json(estimate(pre, load_national_scale(), received_at))


def estimate(pre: PreRegistration, scale: Scale, received_at: datetime) -> dict[str, Any]:
    """The estimate of a pre-registration, as JSON values; its record is null when none can be.

    The tariff is the one in force on the first day of care that is wished.
    """
    declared = pre.declared.model_dump(mode="json")
    said = {"caution": CAUTION, "declared": declared, "told_at": received_at.isoformat()}
    try:
        record = _record(pre, scale, received_at)
    except TariffError:
        reason = Reason.TARIFF_MISSING.value
        return said | {"record": None, "explanation": [], "reason": reason}
    return said | {"record": record, "explanation": list(explain(record)), "reason": None}


def show(parts: Parts, caller: Caller, typed: str) -> EstimateAnswer:
    """Tell again what a pre-registration was told, whatever became of it since.

    Raises:
        ProblemError: unknown-key, scope-missing, unknown-application, no-estimate, erased.
    """
    with parts.engine.connect() as connection:
        application = standing.find(connection, parts, caller, typed, scope=Scope.APPLICATIONS_READ)
        content = _opened(connection, parts, application)
    return _answer(application.reference, content)


def _record(pre: PreRegistration, scale: Scale, received_at: datetime) -> dict[str, Any]:
    on = pre.care.start
    tariff = scale.in_force(on)
    situation = _situation(pre)
    said = Declared(DeclaredSource.APPLICATION, received_at)
    return decision_record(
        situation,
        decide(situation, tariff, on),
        tariff=tariff,
        on=on,
        evidence=said,
        application=said,
    )


def _situation(pre: PreRegistration) -> Situation:
    hours, instalments = pre.care.contract_hours, pre.care.instalments
    return Situation(
        care_type=pre.care.type,
        children=pre.declared.children,
        aeeh_children=pre.declared.disabled_children,
        annual_resources=pre.declared.annual_resources,
        contract=Contract(hours, instalments) if hours and instalments else None,
    )


def _opened(connection: Connection, parts: Parts, application: Standing) -> dict[str, Any]:
    row = connection.execute(_FIND, {"id": application.id}).one()
    if row.sealed_estimate is None:
        raise refusal(Kind.NO_ESTIMATE, reference=application.reference)
    if row.wrapped is None:
        raise refusal(Kind.ERASED)
    data_key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    sealed = data_key.open(row.sealed_estimate, place=estimate_place(application.id))
    content: dict[str, Any] = json.loads(sealed)
    return content


def _answer(reference: str, content: dict[str, Any]) -> EstimateAnswer:
    record, reason = content["record"], content["reason"]
    return EstimateAnswer(
        reference=reference,
        caution=content["caution"],
        told_at=content["told_at"],
        declared=DeclaredAnswer.model_validate(content["declared"]),
        reason=reason,
        reason_sentence=NO_TARIFF if reason else None,
        currency="EUR",
        explanation=content["explanation"],
        **_figures(record),
    )


def _figures(record: dict[str, Any] | None) -> dict[str, Any]:
    """What was computed; nothing when no tariff is in force."""
    if record is None:
        names = ("on", "hourly_cents", "monthly_cents", "tariff")
        return dict.fromkeys(names) | {"operations": []}
    return {
        "on": record["on"],
        "hourly_cents": record["fee"]["hourly_cents"],
        "monthly_cents": record["fee"]["monthly_cents"],
        "tariff": TariffAnswer.model_validate(
            {name: record["tariff"][name] for name in ("id", "version", "digest")}
        ),
        "operations": [OperationAnswer.model_validate(one) for one in record["operations"]],
    }
