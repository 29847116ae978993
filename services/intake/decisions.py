"""Decisions: the fee in force today, opened for the portal that brought the application."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake import standing
from services.intake.answers import DecisionAnswer, OperationAnswer, TariffAnswer
from services.intake.parts import Parts
from services.intake.portals import Caller
from services.intake.problems import refusal
from services.intake.standing import Standing
from services.intake.wordings import Kind
from shared.portal_keys import Scope
from shared.sealing import KeyRing, WrappedKey
from shared.store.places import decision_place
from shared.versions import AnyVersion, holding_on

_MOST_VERSIONS = 1_000
_FIND = text("""
    SELECT d.version, d.valid_from, d.tariff_id, d.tariff_version, d.tariff_digest,
           d.engine_version, d.sealed, k.ring_key, k.wrapped
    FROM decisions d LEFT JOIN application_keys k ON k.application_id = d.application_id
    WHERE d.application_id = :id AND NOT d.proposed
    ORDER BY d.version DESC LIMIT :most
""")


def in_force(versions: Sequence[AnyVersion], today: date) -> AnyVersion | None:
    """The decision in force: the highest version that is already valid.

    When none is, the one that will be first.
    """
    first = min(versions, key=lambda v: (v.valid_from, -v.version), default=None)
    return holding_on(versions, today) or first


def show(parts: Parts, caller: Caller, typed: str) -> DecisionAnswer:
    """Say the decision in force; a proposed one binds nobody and is never shown.

    Raises:
        ProblemError: unknown-key, scope-missing, unknown-application, no-decision-yet, erased.
    """
    with parts.engine.connect() as connection:
        application = standing.find(connection, parts, caller, typed, scope=Scope.DECISIONS_READ)
        decision = in_force(_versions(connection, application), application.today)
    if decision is None:
        raise _none_yet(application)
    content = _opened(parts.key_ring, application, decision)
    return _answer(application, decision, content)


def _versions(connection: Connection, application: Standing) -> Sequence[Any]:
    values = {"id": application.id, "most": _MOST_VERSIONS}
    return connection.execute(_FIND, values).all()


def _none_yet(application: Standing) -> Exception:
    return refusal(
        Kind.NO_DECISION_YET,
        reference=application.reference,
        state=application.status,
        state_sentence=application.state_sentence,
        reason=application.reason,
        reason_sentence=application.reason_sentence,
    )


def _opened(ring: KeyRing, application: Standing, row: Row[tuple[object, ...]]) -> dict[str, Any]:
    if row.wrapped is None:
        raise refusal(Kind.ERASED)
    data_key = ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    content: dict[str, Any] = json.loads(
        data_key.open(row.sealed, place=decision_place(application.id))
    )
    return content


def _answer(
    application: Standing, row: Row[tuple[object, ...]], content: dict[str, Any]
) -> DecisionAnswer:
    record = content["record"]
    return DecisionAnswer(
        reference=application.reference,
        version=row.version,
        valid_from=row.valid_from,
        in_force=row.valid_from <= application.today,
        hourly_cents=record["fee"]["hourly_cents"],
        monthly_cents=record["fee"]["monthly_cents"],
        currency="EUR",
        tariff=TariffAnswer(id=row.tariff_id, version=row.tariff_version, digest=row.tariff_digest),
        engine_version=row.engine_version,
        explanation=content["explanation"],
        operations=[OperationAnswer.model_validate(one) for one in record["operations"]],
    )
