"""Holding: an answer that is sealed under a key of its own until one application takes it.

The reference is made of the token, the identity and the scheme under the key of the blind indexes:
the same question asked again within the minute has the same answer, though nobody kept the token.
The record knows its hash only.
"""

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection, Row, text

from services.intake.franceconnect.bearer import Bearer, EvidenceRequest
from services.intake.franceconnect.told import SENTENCE, EvidenceAnswer
from services.intake.portals import Portal
from services.verifier.provider.answer import Answered
from shared.canonical import canonical_json
from shared.evidence import Certified
from shared.sealing import DataKey, KeyRing, WrappedKey
from shared.store.places import held_evidence_place

KEPT = timedelta(hours=24)
_BYTES = 20
_INSERT = text("""
    INSERT INTO held_evidence (id, reference_hash, portal_id, scheme_id, outcome, source,
                               fetched_at, request_id, sealed, ring_key, wrapped, expires_at)
    VALUES (:id, :hash, :portal, :scheme, :outcome, :source,
            :fetched_at, :request_id, :sealed, :ring_key, :wrapped, now() + :kept)
    ON CONFLICT (reference_hash) DO NOTHING
""")
_FIND = text("""
    SELECT source, fetched_at, expires_at FROM held_evidence
    WHERE reference_hash = :hash AND portal_id = :portal AND expires_at > now()
""")
_TAKE = text("""
    DELETE FROM held_evidence
    WHERE reference_hash = :hash AND portal_id = :portal AND expires_at > now()
    RETURNING id, scheme_id, source, fetched_at, sealed, ring_key, wrapped
""")


class Kept(BaseModel):
    """What is sealed: who came through FranceConnect, and the answer about them as it came.

    Which of its children is enrolled is not known before the application comes.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", ser_json_bytes="base64", val_json_bytes="base64"
    )

    bearer: Bearer
    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, bearer: Bearer, answer: Answered) -> Self:
        """What is kept of an answer."""
        return cls(
            bearer=bearer, status=answer.status, headers=dict(answer.headers), body=answer.body
        )

    @property
    def answer(self) -> Answered:
        """The answer as it came."""
        return Answered(self.status, self.headers, self.body)


@dataclass(frozen=True, slots=True, repr=False)
class Taken:
    """Evidence that an application took: it is nowhere else any more."""

    scheme: UUID
    source: str
    fetched_at: datetime
    kept: Kept


def reference_of(ring: KeyRing, portal: Portal, request: EvidenceRequest) -> str:
    """The reference of a question: 160 bits that nobody guesses."""
    identity = canonical_json(request.identity.model_dump(mode="json")).decode()
    token = request.access_token.get_secret_value()
    parts = ("franceconnect", str(portal.id), request.scheme, token, identity)
    return "fc_" + b32encode(ring.blind_index(*parts)[:_BYTES]).decode().lower()


def hold(
    connection: Connection,
    ring: KeyRing,
    portal: Portal,
    *,
    scheme: UUID,
    reference: str,
    certified: Certified,
    kept: Kept,
) -> EvidenceAnswer:
    """Hold an answer; a twin of the request that came first has held the same."""
    id_, key = uuid4(), DataKey.new()
    wrapped, provenance = ring.wrap(key), certified.facts.provenance
    values = {
        "id": id_,
        "hash": _hash(reference),
        "portal": portal.id,
        "scheme": scheme,
        "outcome": type(certified).__name__,
        "source": provenance.source,
        "fetched_at": provenance.fetched_at,
        "request_id": provenance.request_id,
        "sealed": key.seal(kept.model_dump_json().encode(), place=held_evidence_place(id_)),
        "ring_key": wrapped.ring_key,
        "wrapped": wrapped.wrapped,
        "kept": KEPT,
    }
    connection.execute(_INSERT, values)
    return _told(reference, connection.execute(_FIND, values).one())


def find(connection: Connection, portal: Portal, reference: str) -> EvidenceAnswer | None:
    """What is held under a reference of this portal's, if anything is."""
    values = {"hash": _hash(reference), "portal": portal.id}
    row = connection.execute(_FIND, values).one_or_none()
    return None if row is None else _told(reference, row)


def take(connection: Connection, ring: KeyRing, portal: Portal, reference: str) -> Taken | None:
    """Take what is held, and its key with it: of several at once, one gets it, if it commits."""
    values = {"hash": _hash(reference), "portal": portal.id}
    row = connection.execute(_TAKE, values).one_or_none()
    if row is None:
        return None
    key = ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    content = key.open(row.sealed, place=held_evidence_place(row.id))
    return Taken(row.scheme_id, row.source, row.fetched_at, Kept.model_validate_json(content))


def _told(reference: str, row: Row[Any]) -> EvidenceAnswer:
    return EvidenceAnswer(
        evidence=reference,
        outcome_sentence=SENTENCE,
        source=row.source,
        fetched_at=row.fetched_at,
        expires_at=row.expires_at,
    )


def _hash(reference: str) -> bytes:
    return hashlib.sha256(reference.encode()).digest()
