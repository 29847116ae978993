"""Back-pressure: what is new and cannot be promised is told when to come back; the rest passes."""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from services.intake.parts import Promises
from services.intake.problems import Problem, later
from services.intake.recording import Draft
from services.intake.wordings import Kind

_THERE = text("""
    SELECT same_application FROM applications
    WHERE same_application = ANY(:same) AND status NOT IN ('WITHDRAWN', 'CLOSED')
""")


def late(
    connection: Connection, promises: Promises, drafts: Sequence[Draft]
) -> dict[bytes, Problem]:
    """The drafts that must come back later, by blind index: backlog-too-long.

    What is there already has its receipt, and what fetches nothing waits for no provider: neither
    is ever late.
    """
    due = [draft for draft in drafts if draft.entry.due]
    waits = {
        habilitation: promises.wait_s(connection, habilitation)
        for habilitation in {draft.wanted.habilitation_id for draft in due}
    }
    if not any(waits.values()):
        return {}
    there = _there(connection, due)
    return {
        draft.same_application: later(Kind.BACKLOG_TOO_LONG, seconds=wait_s).problem
        for draft in due
        if (wait_s := waits[draft.wanted.habilitation_id]) and draft.same_application not in there
    }


def _there(connection: Connection, drafts: Sequence[Draft]) -> set[bytes]:
    values = {"same": sorted({draft.same_application for draft in drafts})}
    return set(connection.execute(_THERE, values).scalars())
