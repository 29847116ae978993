"""Habilitations as they stand: read of the record, their tokens opened in memory only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import Connection, select

from services.command.diagnosis.record import end_of_token
from services.command.habilitation.checks import Standing, Token
from services.command.records import book, columns
from services.command.records.columns import Known
from services.command.records.kinds import Kind
from services.command.records.models import Authority, Habilitation, Scheme
from shared.errors import SealingError
from shared.sealing import KeyRing
from shared.store.parties import HabilitationRow

_SEALED = select(HabilitationRow.id, HabilitationRow.sealed_token)


@dataclass(frozen=True, slots=True, repr=False)
class Opened:
    """How a habilitation stands, with its token in the clear (None when there is none)."""

    standing: Standing
    token: str | None


def find(connection: Connection, code: str) -> tuple[Habilitation, Authority]:
    """A habilitation, and the authority that holds it.

    Raises:
        UnknownRecordError: there is none of this code.
    """
    right = cast("Habilitation", book.find(connection, Kind.HABILITATION, code).record)
    holder = book.find(connection, Kind.AUTHORITY, right.authority).record
    return right, cast("Authority", holder)


def read(connection: Connection, ring: KeyRing, code: str | None) -> Iterator[Opened]:
    """One habilitation, or all of them in the order of their codes.

    Raises:
        UnknownRecordError: there is none of this code.
    """
    if code is None:
        known = list(columns.stored(connection, Kind.HABILITATION))
        known.sort(key=lambda one: one.record.code)
    else:
        known = [book.find(connection, Kind.HABILITATION, code)]
    records = book.read(connection, Kind.AUTHORITY, Kind.SCHEME)
    sirets = {one.code: one.siret for one in records if isinstance(one, Authority)}
    schemes = [one for one in records if isinstance(one, Scheme)]
    sealed = {row.id: row.sealed_token for row in connection.execute(_SEALED)}
    return (_opened(one, sirets, schemes, sealed, ring) for one in known)


def _opened(
    known: Known,
    sirets: Mapping[str, str],
    schemes: list[Scheme],
    sealed: Mapping[UUID, bytes],
    ring: KeyRing,
) -> Opened:
    right = cast("Habilitation", known.record)
    state, token = _open(ring, sealed[known.id])
    own: datetime | None = None if token is None else end_of_token(token)
    standing = Standing(
        right=right,
        authority=sirets[right.authority],
        schemes=[one for one in schemes if one.habilitation == right.code],
        token=state,
        ends_at=own or right.token_expires_at,
    )
    return Opened(standing, token)


def _open(ring: KeyRing, sealed: bytes) -> tuple[Token, str | None]:
    try:
        token = ring.open_secret(sealed)
    except (SealingError, UnicodeDecodeError):
        return Token.SHUT, None
    return (Token.OPENED, token) if token else (Token.NONE, None)
