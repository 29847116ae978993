"""Opening: an application in an agent's hand, with all that a decision about it rests on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from services.command.review.office import Office
from services.command.review.outcomes import Why
from services.tariff.content import Around
from services.tariff.parties import Parties
from services.tariff.settling import History
from services.tariff.terms import SchemeTerms
from services.tariff.versions import Decided, Past
from shared.application import Application
from shared.errors import SealingError
from shared.evidence import Facts, read_facts
from shared.protocol.basis import Sealed
from shared.protocol.opening import open_application
from shared.protocol.reviewing.holding import InHand
from shared.sealing import DataKey
from shared.signing import Author
from shared.store.places import decision_place, evidence_place


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Opened:
    """What is known of an application, in the clear: it lives in memory only."""

    hand: InHand
    key: DataKey
    application: Application
    terms: SchemeTerms
    structure: str | None
    campaign: str | None
    past: tuple[Past, ...]

    def content_of(self, sealed: bytes) -> dict[str, Any]:
        """What was sealed of a decision."""
        content: dict[str, Any] = json.loads(self.key.open(sealed, place=self.decision_place))
        return content

    @property
    def decision_place(self) -> str:
        """Where its decisions are sealed."""
        return decision_place(self.hand.id)

    @property
    def facts(self) -> Facts | None:
        """The last certified facts."""
        if self.hand.evidence is None:
            return None
        place = evidence_place(self.hand.id)
        return read_facts(self.key.open(self.hand.evidence.sealed, place=place))

    def around(self, office: Office, author: Author) -> Around:
        """What a decision says beside what it decides."""
        return Around(
            reference=self.hand.reference,
            application=self.application,
            terms=self.terms,
            author=author,
            decided_at=office.now,
            received_at=self.hand.received_at,
            structure=self.structure,
            campaign=self.campaign,
        )

    def history(self, office: Office, *, asked: date | None) -> History:
        """What binds already; an agent decides with a ground, from the day that is asked for."""
        return History(today=office.today, past=self.past, asked=asked, grounded=True)


class Opener:
    """Opens applications of one installation; what their parties say is read once."""

    def __init__(self, office: Office) -> None:
        self._ring = office.ring
        self._parties = Parties(office.engine)

    def terms(self, scheme: UUID) -> SchemeTerms:
        """What a scheme and its authority say of how a fee is decided."""
        return self._parties.scheme(scheme)

    def open(self, one: InHand) -> Opened | Why:
        """Open one, or say why it does not."""
        if one.key is None:
            return Why.NO_KEY
        try:
            return self._opened(one, self._ring.unwrap(one.key))
        except SealingError:
            return Why.NO_KEY
        except ValidationError:
            return Why.UNREADABLE

    def _opened(self, one: InHand, key: DataKey) -> Opened:
        campaign = self._parties.campaign(one.campaign_id)
        return Opened(
            hand=one,
            key=key,
            application=open_application(key, one.id, one.sealed, None),
            terms=self._parties.scheme(one.scheme_id),
            structure=self._parties.structure(one.structure_id),
            campaign=None if campaign is None else campaign.code,
            past=tuple(_past(key, one.id, version) for version in one.before),
        )


def _past(key: DataKey, id_: UUID, version: Sealed) -> Past:
    content: Mapping[str, Any] = json.loads(key.open(version.sealed, place=decision_place(id_)))
    return Past(version.version, version.valid_from, Decided.of(content))
