"""Acknowledgement (accusé de réception): what CRPA R.112-5 has an authority tell of a request.

The day of reception, the service in charge, what silence would mean and from which day, and, where
it would be a refusal, how to contest it; where it would be a yes, that the family may ask for an
attestation (L.232-3). Pieces that are asked for are told here too, with their delay (L.114-5).
"""

import json
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, Row, text

from services.intake import standing
from services.intake.acknowledgement_words import Told, sentences
from services.intake.answers import Reference
from services.intake.parts import Parts
from services.intake.portals import Caller
from services.intake.silence import SilenceAnswer, SilenceOrNone
from services.intake.standing import Standing
from shared.paris import day_in_paris
from shared.portal_keys import Scope
from shared.protocol.reviewing.grounds import Asked
from shared.review_acts import PIECES, Piece
from shared.sealing import WrappedKey
from shared.signing import Contact
from shared.store.places import review_place

_SERVICE = text("""
    SELECT authority.name, authority.contact, (
        SELECT max(r.at) FROM reviews r
        WHERE r.application_id = a.id AND r.act = 'acknowledged'
    ) AS acknowledged_at
    FROM applications a JOIN authorities authority ON authority.id = a.authority_id
    WHERE a.id = :id
""")
_ASKED = text("""
    SELECT r.ground, r.sealed, k.ring_key, k.wrapped
    FROM reviews r JOIN application_keys k ON k.application_id = r.application_id
    WHERE r.application_id = :id AND r.act = 'asked' AND r.at > COALESCE((
        SELECT max(answered.at) FROM reviews answered
        WHERE answered.application_id = r.application_id AND answered.act = 'answered'
    ), '-infinity')
    ORDER BY r.at, r.id
""")


class ServiceAnswer(BaseModel):
    """Le service chargé du dossier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: str
    service: str | None
    address: list[str]
    email: str | None
    phone: str | None


class AcknowledgementAnswer(BaseModel):
    """L'accusé de réception d'une demande (CRPA, R. 112-5), à jour."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: Reference
    received_on: Annotated[date, Field(description="Jour de réception, en France.")]
    service: ServiceAnswer
    silence: SilenceOrNone
    pieces: Annotated[list[str], Field(description="Les pièces demandées et attendues.")]
    pieces_until: Annotated[date | None, Field(description="Dernier jour pour les remettre.")]
    sentences: Annotated[list[str], Field(description="Tout cela en phrases, pour la famille.")]


@dataclass(frozen=True, slots=True, repr=False)
class _Wanted:
    """Pieces that were asked for and have not come, and the last day for them."""

    pieces: tuple[Piece, ...] = ()
    until: date | None = None


def show(parts: Parts, caller: Caller, typed: str) -> AcknowledgementAnswer:
    """Acknowledge an application, as it stands today.

    Raises:
        ProblemError: unknown-key, scope-missing, too-many-requests, unknown-application.
    """
    with parts.engine.connect() as connection:
        found = standing.find(connection, parts, caller, typed, scope=Scope.APPLICATIONS_READ)
        clock = found.clock(connection)
        row = connection.execute(_SERVICE, {"id": found.id}).one()
        wanted = _wanted(connection, parts, found)
    contact = Contact.model_validate(row.contact)
    told = Told(
        reference=found.reference,
        received_on=day_in_paris(row.acknowledged_at or found.received_at),
        status=found.status,
        awaits_an_answer=found.awaits_an_answer,
        authority=row.name,
        contact=contact,
        clock=clock,
        pieces=tuple(PIECES[piece] for piece in wanted.pieces),
        pieces_until=wanted.until,
    )
    return AcknowledgementAnswer(
        reference=found.reference,
        received_on=told.received_on,
        service=_service(row.name, contact),
        silence=SilenceAnswer.of(clock),
        pieces=list(told.pieces),
        pieces_until=wanted.until,
        sentences=list(sentences(told)),
    )


def _service(authority: str, contact: Contact) -> ServiceAnswer:
    return ServiceAnswer(
        authority=authority,
        service=contact.service,
        address=list(contact.address),
        email=contact.email,
        phone=contact.phone,
    )


def _wanted(connection: Connection, parts: Parts, found: Standing) -> _Wanted:
    """What is still waited for, while an answer is owed; nothing once the key is destroyed."""
    rows = connection.execute(_ASKED, {"id": found.id}).all() if found.awaits_an_answer else []
    if not rows:
        return _Wanted()
    pieces = (piece for row in rows for piece in _pieces(parts, found, row))
    until = max(Asked.read(row.ground).until for row in rows)
    return _Wanted(tuple(dict.fromkeys(pieces)), until)


def _pieces(parts: Parts, found: Standing, row: Row[Any]) -> list[Piece]:
    key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    content = json.loads(key.open(row.sealed, place=review_place(found.id)))
    return [Piece(one) for one in content["pieces"] if one in set(Piece)]
