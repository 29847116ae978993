"""Decisions: the fee in force today, opened for the portal that brought the application."""

from typing import Any

from services.intake import standing
from services.intake.answers import DecisionAnswer, OperationAnswer, TariffAnswer
from services.intake.parts import Parts
from services.intake.portals import Caller
from services.intake.problems import refusal
from services.intake.standing import Standing
from services.intake.wordings import Kind
from services.tariff.explanation.prices import price_of
from shared.portal_keys import Scope
from shared.protocol.decided import DecidedVersion, Opened, in_force, open_decision, versions_of


def show(parts: Parts, caller: Caller, typed: str) -> DecisionAnswer:
    """Say the decision in force; a proposed one binds nobody and is never shown.

    Raises:
        ProblemError: unknown-key, scope-missing, unknown-application, no-decision-yet, erased.
    """
    application, decision, opened = find(parts, caller, typed)
    return _answer(application, decision, opened.content)


def find(
    parts: Parts, caller: Caller, typed: str, version: int | None = None
) -> tuple[Standing, DecidedVersion, Opened]:
    """The decision in force of an application, or one of its versions, opened.

    Raises:
        ProblemError: unknown-key, scope-missing, unknown-application, unknown-version, erased;
            no-decision-yet, also when nobody has checked who asks.
    """
    with parts.engine.connect() as connection:
        application = standing.find(connection, parts, caller, typed, scope=Scope.DECISIONS_READ)
        versions = versions_of(connection, application.id)
    if version is None:
        decision = in_force(versions, application.today)
    else:
        decision = next((one for one in versions if one.version == version), None)
    if decision is None:
        raise _none_yet(application) if version is None else refusal(Kind.UNKNOWN_VERSION)
    return application, decision, _opened(parts, application, decision)


def _opened(parts: Parts, application: Standing, decision: DecidedVersion) -> Opened:
    opened = open_decision(parts.key_ring, decision)
    if opened is None:
        raise refusal(Kind.ERASED)
    if not opened.disclosable:
        raise _none_yet(application)
    return opened


def _none_yet(application: Standing) -> Exception:
    return refusal(
        Kind.NO_DECISION_YET,
        reference=application.reference,
        state=application.status,
        state_sentence=application.state_sentence,
        reason=application.reason,
        reason_sentence=application.reason_sentence,
    )


def _answer(
    application: Standing, decision: DecidedVersion, content: dict[str, Any]
) -> DecisionAnswer:
    record = content["record"] or {}
    price = price_of(record)
    return DecisionAnswer(
        reference=application.reference,
        version=decision.version,
        kind=decision.kind,
        valid_from=decision.valid_from,
        in_force=decision.valid_from <= application.today,
        hourly_cents=(record.get("fee") or {}).get("hourly_cents"),
        price_cents=price and price.of_unit.cents,
        unit=price and price.unit,
        monthly_cents=price and price.of_month and price.of_month.cents,
        currency="EUR",
        tariff=TariffAnswer(
            id=decision.tariff_id, version=decision.tariff_version, digest=decision.tariff_digest
        ),
        engine_version=decision.engine_version,
        explanation=content["explanation"],
        operations=[OperationAnswer.model_validate(one) for one in record.get("operations", ())],
    )
