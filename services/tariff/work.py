"""The tariff's step: open the application and its evidence, price it, seal the decision."""

from datetime import date, timedelta
from time import monotonic
from uuid import UUID

from sqlalchemy import Engine, select

from services.tariff.engine.decide import ENGINE_VERSION
from services.tariff.language.scale import Scale
from services.tariff.pricing import Doubtful, Priced, price
from shared.application import Application
from shared.evidence import Facts, read_facts
from shared.protocol.claiming import Held
from shared.protocol.recording import Decided
from shared.protocol.saving import Move
from shared.sealing import DataKey, KeyRing
from shared.states import Reason, Status
from shared.store.parties import SchemeRow
from shared.store.places import application_place, decision_place, evidence_place

_FRESH_FOR = timedelta(seconds=30)


class Schemes:
    """Which schemes decide by themselves, read again every half minute."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._automatic: dict[UUID, bool] = {}
        self._read_at = -_FRESH_FOR.total_seconds()

    def automatic(self, scheme: UUID) -> bool:
        """Whether a fee of this scheme stands without a person's yes; when in doubt, no."""
        stale = monotonic() - self._read_at > _FRESH_FOR.total_seconds()
        if stale or scheme not in self._automatic:
            self._read()
        return self._automatic.get(scheme, False)

    def _read(self) -> None:
        with self._engine.connect() as connection:
            rows = connection.execute(select(SchemeRow.id, SchemeRow.validation)).all()
        self._automatic = {row.id: row.validation == "automatic" for row in rows}
        self._read_at = monotonic()


class Price:
    """One application: its fee, or why a person must look, as a move to save."""

    def __init__(self, *, ring: KeyRing, scale: Scale, schemes: Schemes) -> None:
        self._ring = ring
        self._scale = scale
        self._schemes = schemes

    async def __call__(self, held: Held) -> Move:
        key = self._ring.unwrap(held.key)
        application = _application(held, key)
        facts = _facts(held, key)
        if facts is None:
            return _reviewed(held, Reason.RESOURCES_UNKNOWN)
        priced = price(
            application,
            facts,
            scale=self._scale,
            automatic=self._schemes.automatic(held.scheme_id),
            received_at=held.received_at,
            others_file=held.evidence is not None and held.evidence.asked is not None,
        )
        match priced:
            case Doubtful(reason):
                return _reviewed(held, reason)
            case Priced():
                return _decided(held, key, priced)


def _application(held: Held, key: DataKey) -> Application:
    return Application.model_validate_json(key.open(held.sealed, place=application_place(held.id)))


def _facts(held: Held, key: DataKey) -> Facts | None:
    if held.evidence is None:
        return None
    content = key.open(held.evidence.sealed, place=evidence_place(held.id))
    return read_facts(content)


def _reviewed(held: Held, reason: Reason) -> Move:
    return Move(
        application_id=held.id,
        claim=held.claim,
        was=held.status,
        now=Status.TO_REVIEW,
        reason=reason,
        trace=held.trace,
    )


def _decided(held: Held, key: DataKey, priced: Priced) -> Move:
    waits = priced.waits_for is not None
    return Move(
        application_id=held.id,
        claim=held.claim,
        was=held.status,
        now=Status.PROPOSED if waits else Status.DECIDED,
        reason=priced.waits_for,
        trace=held.trace,
        decided=Decided(
            valid_from=date.fromisoformat(priced.record["on"]),
            proposed=waits,
            tariff_id=priced.tariff.id,
            tariff_version=priced.tariff.version,
            tariff_digest=priced.tariff.digest,
            engine_version=ENGINE_VERSION,
            sealed=key.seal(priced.content, place=decision_place(held.id)),
        ),
    )
