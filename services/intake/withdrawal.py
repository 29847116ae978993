"""Withdrawal: a family takes its application back; whoever works on it loses its hold."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, text

from services.intake.answers import Links, WithdrawalAnswer
from services.intake.parts import Parts
from services.intake.portals import Caller, Portal, admit
from services.intake.problems import refusal
from services.intake.reference import read_reference
from services.intake.sentences import STATE_SENTENCES
from services.intake.wordings import Kind
from shared.crash_points import Point
from shared.portal_keys import Scope
from shared.protocol import journal
from shared.states import MOVES, Status
from shared.store.committing import committing

_LOCK = text("""
    SELECT id, reference, status, moved_at, journal_sequence, journal_head,
           sealed_estimate IS NOT NULL AS estimated
    FROM applications WHERE reference = :reference AND portal_id = :portal FOR NO KEY UPDATE
""")
_WITHDRAW = text("""
    UPDATE applications
    SET status = 'WITHDRAWN', reason = NULL, moved_at = :at, due_at = NULL, last_date = NULL,
        rung_at = NULL, claim = NULL, claimed_by = NULL, claimed_at = NULL, starts = 0,
        attempts = 0, sealed_tax_numbers = NULL, journal_sequence = :sequence, journal_head = :head
    WHERE id = :id
""")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One request to withdraw: who asks, which application as it was typed, in which trace."""

    caller: Caller
    typed: str
    trace: str


def withdraw(parts: Parts, wanted: Withdrawal) -> WithdrawalAnswer:
    """Withdraw an application; asked twice, the first withdrawal is told again.

    What was decided stays readable: it is a record. The same application may be handed in anew.

    Raises:
        ProblemError: unknown-key, scope-missing, unknown-application; already-closed, when an
            agent ended it.
    """
    with committing(parts.engine, Point.WITHDRAWING, Point.WITHDRAWN) as connection:
        portal = admit(connection, wanted.caller, Scope.APPLICATIONS_WRITE)
        row = _locked(connection, portal, wanted)
        withdrawn_at = row.moved_at
        if row.status != Status.WITHDRAWN:
            _take_back(connection, row, portal, wanted.trace)
            withdrawn_at = portal.at
    return WithdrawalAnswer(
        reference=row.reference,
        state=Status.WITHDRAWN,
        state_sentence=STATE_SENTENCES[Status.WITHDRAWN],
        withdrawn_at=withdrawn_at,
        links=Links.of(row.reference, estimated=row.estimated),
    )


def _locked(connection: Connection, portal: Portal, wanted: Withdrawal) -> Row[Any]:
    reference = read_reference(wanted.typed)
    values = {"reference": reference, "portal": portal.id}
    row = connection.execute(_LOCK, values).one_or_none() if reference else None
    if row is None:
        raise refusal(Kind.UNKNOWN_APPLICATION)
    wanted.caller.footprint.reference = reference
    return row


def _take_back(connection: Connection, row: Row[Any], portal: Portal, trace: str) -> None:
    """Move the row under its lock, with its journal line; clearing the claim stops any worker."""
    was = Status(row.status)
    if (was, Status.WITHDRAWN) not in MOVES:
        raise refusal(Kind.ALREADY_CLOSED, reference=row.reference)
    line = journal.Line(
        application_id=row.id,
        at=portal.at,
        actor=f"portal:{portal.code}",
        was=was,
        now=Status.WITHDRAWN,
        trace=trace,
    )
    chained = journal.chain(line, journal.Head(row.journal_sequence, row.journal_head))
    values = {"id": row.id, "at": portal.at}
    head = {"sequence": chained.head.sequence, "head": chained.head.hash}
    connection.execute(_WITHDRAW, values | head)
    journal.write(connection, [chained])
