"""Standing: where an application is, said to the portal that brought it and to no other."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.intake.answers import Links, StandingAnswer
from services.intake.parts import Parts
from services.intake.portals import Caller, admit
from services.intake.problems import refusal
from services.intake.reference import read_reference
from services.intake.sentences import STATE_SENTENCES
from services.intake.wordings import Kind
from shared.portal_keys import Scope
from shared.states import SEEN_BY_PORTALS, SENTENCES, Reason, Status

_FIND = text("""
    SELECT id, reference, status, reason, received_at, moved_at,
           sealed_estimate IS NOT NULL AS estimated,
           (due_at AT TIME ZONE 'Europe/Paris')::date AS next_date,
           (CAST(:now AS timestamptz) AT TIME ZONE 'Europe/Paris')::date AS today
    FROM applications WHERE reference = :reference AND portal_id = :portal
""")


class Standing:
    """An application as its portal may see it."""

    def __init__(self, row: Row[tuple[object, ...]]) -> None:
        self.id: UUID = row.id
        self.reference: str = row.reference
        self.status = Status(row.status)
        self.reason = _told(row.reason)
        self.received_at: datetime = row.received_at
        self.moved_at: datetime = row.moved_at
        self.next_date: date | None = row.next_date if self.status is Status.PARKED else None
        self.today: date = row.today
        self.estimated: bool = row.estimated

    @property
    def state_sentence(self) -> str:
        """The state, in a sentence for the family."""
        return STATE_SENTENCES[self.status]

    @property
    def reason_sentence(self) -> str | None:
        """The reason, in a sentence for the family."""
        return SENTENCES[self.reason].family if self.reason else None


def _told(reason: str | None) -> Reason | None:
    """The reason as a portal may know it: health data stays with the authority's agents.

    So does a reason of a later release, of which this one cannot tell whether it is health data.
    """
    if reason is None or reason not in set(Reason):
        return None
    return SEEN_BY_PORTALS.get(Reason(reason), Reason(reason))


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
    return StandingAnswer(
        reference=standing.reference,
        state=standing.status,
        state_sentence=standing.state_sentence,
        reason=standing.reason,
        reason_sentence=standing.reason_sentence,
        received_at=standing.received_at,
        moved_at=standing.moved_at,
        next_date=standing.next_date,
        links=Links.of(standing.reference, estimated=standing.estimated),
    )
