"""The tariff's step: open the application and its evidence, price it, seal the decision."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from services.tariff.content import Around, content_of
from services.tariff.engine.decide import ENGINE_VERSION
from services.tariff.language.scale import Scale
from services.tariff.parties import Parties
from services.tariff.pricing import Case, Doubtful
from services.tariff.settling import History, Settled, Unchanged, settle
from services.tariff.terms import CampaignTerms, SchemeTerms
from services.tariff.versions import Decided as Came
from services.tariff.versions import Past
from shared.application import Application
from shared.decisions import Change, DecisionMode
from shared.errors import TariffError
from shared.evidence import Facts, read_facts
from shared.paris import day_in_paris
from shared.protocol.basis import Sealed
from shared.protocol.claiming import Held
from shared.protocol.recording import Decided
from shared.protocol.saving import Move
from shared.sealing import DataKey, KeyRing
from shared.states import Reason, Status
from shared.store.places import application_place, decision_place, evidence_place


class FindsScales(Protocol):
    """The published tariffs, by their id."""

    def scale(self, tariff_id: str) -> Scale: ...


class Price:
    """One application: its decision, or why a person must look, as a move to save."""

    def __init__(self, *, ring: KeyRing, scales: FindsScales, parties: Parties) -> None:
        self._ring = ring
        self._scales = scales
        self._parties = parties

    async def __call__(self, held: Held) -> Move:
        opened = self._opened(held)
        facts = _facts(held, opened.key)
        if facts is None:
            return _moved(held, Status.TO_REVIEW, Reason.RESOURCES_UNKNOWN)
        try:
            scale = self._scales.scale(opened.terms.tariff)
        except TariffError:
            return _moved(held, Status.TO_REVIEW, Reason.TARIFF_MISSING)
        match settle(_case(opened, facts, scale), _history(opened)):
            case Doubtful(reason):
                return _moved(held, Status.TO_REVIEW, reason)
            case Unchanged(restated):
                return _moved(held, Status.DECIDED, None if restated else Reason.NOTHING_CHANGED)
            case Settled() as settled:
                return _decided(opened, settled)

    def _opened(self, held: Held) -> "_Opened":
        key = self._ring.unwrap(held.key)
        return _Opened(
            held=held,
            key=key,
            application=_application(held, key),
            terms=self._parties.scheme(held.scheme_id),
            campaign=self._parties.campaign(held.campaign_id),
            structure=self._parties.structure(held.structure_id),
            at=datetime.now(UTC),
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class _Opened:
    """An application in our hands, opened, and what the record says of its parties at a moment."""

    held: Held
    key: DataKey
    application: Application
    terms: SchemeTerms
    campaign: CampaignTerms | None
    structure: str | None
    at: datetime

    @property
    def around(self) -> Around:
        """What its decision says beside what it decides."""
        return Around(
            reference=self.held.reference,
            application=self.application,
            terms=self.terms,
            author=self.terms.author(day_in_paris(self.at)),
            decided_at=self.at,
            received_at=self.held.received_at,
            structure=self.structure,
            campaign=None if self.campaign is None else self.campaign.code,
        )


def _application(held: Held, key: DataKey) -> Application:
    return Application.model_validate_json(key.open(held.sealed, place=application_place(held.id)))


def _facts(held: Held, key: DataKey) -> Facts | None:
    if held.evidence is None:
        return None
    content = key.open(held.evidence.sealed, place=evidence_place(held.id))
    return read_facts(content)


def _case(opened: _Opened, facts: Facts, scale: Scale) -> Case:
    held = opened.held
    return Case(
        application=opened.application,
        facts=facts,
        terms=opened.terms,
        scale=scale,
        received_at=held.received_at,
        others_file=held.evidence is not None and held.evidence.asked is not None,
        drafts=opened.campaign is not None and opened.campaign.drafts,
    )


def _history(opened: _Opened) -> History:
    """What binds already, opened. A campaign is an operator's act, and its code its ground."""
    held, campaign = opened.held, opened.campaign
    return History(
        today=day_in_paris(opened.at),
        past=tuple(_past(opened.key, held, one) for one in held.before),
        asked=held.effective_on,
        grounded=held.grounded or campaign is not None,
        corrects=campaign is not None and campaign.corrects,
    )


def _past(key: DataKey, held: Held, one: Sealed) -> Past:
    content = json.loads(key.open(one.sealed, place=decision_place(held.id)))
    return Past(one.version, one.valid_from, Came.of(content))


def _moved(held: Held, now: Status, reason: Reason | None) -> Move:
    return Move(
        application_id=held.id,
        claim=held.claim,
        was=held.status,
        now=now,
        reason=reason,
        trace=held.trace,
    )


def _decided(opened: _Opened, settled: Settled) -> Move:
    """A decision by the rules alone names its author: without one, a person says yes."""
    held, around = opened.held, opened.around
    author_missing = Reason.AUTHOR_MISSING if around.author is None else None
    waits_for = settled.priced.waits_for or author_missing
    mode = DecisionMode.VALIDATED if waits_for else DecisionMode.AUTOMATIC
    content = content_of(settled, around, mode=mode)
    sealed = opened.key.seal(content, place=decision_place(held.id))
    return Move(
        application_id=held.id,
        claim=held.claim,
        was=held.status,
        now=Status.PROPOSED if waits_for else Status.DECIDED,
        reason=waits_for,
        trace=held.trace,
        decided=_recorded(held, settled, sealed, mode),
        again_on=None if waits_for else settled.again_on,
    )


def _recorded(held: Held, settled: Settled, sealed: bytes, mode: DecisionMode) -> Decided:
    tariff = settled.priced.tariff
    return Decided(
        valid_from=settled.priced.on,
        proposed=mode is DecisionMode.VALIDATED,
        tariff_id=tariff.id,
        tariff_version=tariff.version,
        tariff_digest=tariff.digest,
        engine_version=ENGINE_VERSION,
        sealed=sealed,
        kind=settled.priced.kind,
        mode=mode,
        because=tuple(dict.fromkeys(map(_without_health, settled.because))),
        campaign_id=held.campaign_id,
    )


def _without_health(change: Change) -> Change:
    """Outside of the seal, a change of the AEEH is one of the children."""
    return Change.CHILDREN if change is Change.DISABILITY else change
