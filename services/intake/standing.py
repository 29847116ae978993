"""Standing: where an application is, said to the portal that brought it and to no other."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.intake.answers import Links, StandingAnswer
from services.intake.parts import Parts
from services.intake.portals import Caller, admit
from services.intake.problems import refusal
from services.intake.reference import read_reference
from services.intake.sentences import STATE_SENTENCES
from services.intake.silence import SilenceAnswer
from services.intake.wordings import Kind
from shared.legal_clock import Clock
from shared.portal_keys import Scope
from shared.protocol.reviewing.clocks import Received, clocks_of
from shared.reasons import as_portals_see
from shared.scheme_rules import silence_of
from shared.states import SENTENCES, Status

_FIND = text("""
    SELECT a.id, a.reference, a.status, a.reason, a.received_at, a.moved_at,
           a.sealed_estimate IS NOT NULL AS estimated, s.rules,
           (a.due_at AT TIME ZONE 'Europe/Paris')::date AS next_date,
           (CAST(:now AS timestamptz) AT TIME ZONE 'Europe/Paris')::date AS today,
           EXISTS (
               SELECT FROM decisions d WHERE d.application_id = a.id AND NOT d.proposed
           ) AS decided
    FROM applications a JOIN schemes s ON s.id = a.scheme_id
    WHERE a.reference = :reference AND a.portal_id = :portal
""")


_NOTHING_IS_OWED = {Status.ESTIMATED, Status.WITHDRAWN, Status.CLOSED}


class Standing:
    """An application as its portal may see it."""

    def __init__(self, row: Row[tuple[object, ...]]) -> None:
        self.id: UUID = row.id
        self.reference: str = row.reference
        self.status = Status(row.status)
        self.reason = as_portals_see(row.reason)
        self.received_at: datetime = row.received_at
        self.moved_at: datetime = row.moved_at
        self.next_date: date | None = row.next_date if self.status is Status.PARKED else None
        self.today: date = row.today
        self.estimated: bool = row.estimated
        self._decided: bool = row.decided
        self._rules: Mapping[str, Any] = row.rules

    @property
    def state_sentence(self) -> str:
        """The state, in a sentence for the family."""
        return STATE_SENTENCES[self.status]

    @property
    def awaits_an_answer(self) -> bool:
        """Whether the authority owes an answer, so that its silence means something."""
        return not self._decided and self.status not in _NOTHING_IS_OWED

    def clock(self, connection: Connection) -> Clock | None:
        """Its legal clock, while an answer is owed."""
        if not self.awaits_an_answer:
            return None
        received = Received(self.received_at, silence_of(self._rules))
        return clocks_of(connection, {self.id: received}, self.today).get(self.id)

    @property
    def reason_sentence(self) -> str | None:
        """The reason, in a sentence for the family."""
        return SENTENCES[self.reason].family if self.reason else None


def find(
    connection: Connection, parts: Parts, caller: Caller, typed: str, *, scope: Scope
) -> Standing:
    """Find an application of the portal that asks.

    Raises:
        ProblemError: unknown-key; scope-missing; or unknown-application, whether the application
            does not exist or is another portal's.
    """
    portal = admit(connection, caller, scope)
    reference = read_reference(typed)
    if reference is None:
        raise refusal(Kind.UNKNOWN_APPLICATION)
    values = {"reference": reference, "portal": portal.id, "now": parts.clock()}
    row = connection.execute(_FIND, values).one_or_none()
    if row is None:
        raise refusal(Kind.UNKNOWN_APPLICATION)
    caller.footprint.reference = reference
    return Standing(row)


def show(parts: Parts, caller: Caller, typed: str) -> StandingAnswer:
    """Say where an application is."""
    with parts.engine.connect() as connection:
        standing = find(connection, parts, caller, typed, scope=Scope.APPLICATIONS_READ)
        clock = standing.clock(connection)
    return StandingAnswer(
        reference=standing.reference,
        state=standing.status,
        state_sentence=standing.state_sentence,
        reason=standing.reason,
        reason_sentence=standing.reason_sentence,
        received_at=standing.received_at,
        moved_at=standing.moved_at,
        next_date=standing.next_date,
        silence=SilenceAnswer.of(clock),
        links=Links.of(standing.reference, estimated=standing.estimated),
    )
