"""Exports: the decisions of a whole authority that hold on a day, a page at a time.

A key needs `exports:read`, which no key has unless it was asked for: whoever shows it reads what
every portal of its authority brought. Each page leaves a line in the request log: who, how many.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, text

from services.intake.parts import Parts
from services.intake.portals import Caller, Portal, admit
from services.intake.problems import Fault, pointer, refusal
from services.intake.reference import read_reference
from services.intake.wordings import Kind
from services.tariff.explanation.exported import exported
from shared.exporting import Days, ExportedDecision
from shared.paris import day_in_paris
from shared.portal_keys import Scope
from shared.protocol.exporting import Asked, read_page

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_CODE = re.compile(r"[a-z0-9-]{1,64}\Z", re.ASCII)
_STRUCTURE = text("SELECT 1 FROM structures WHERE authority_id = :authority AND code = :code")


class ExportAnswer(BaseModel):
    """Une page de décisions, dans l'ordre des dossiers ; « after » donne la suivante."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decisions: list[ExportedDecision]
    erased: Annotated[
        int, Field(description="Dossiers de cette page dont les données ont été effacées.")
    ]
    unchecked: Annotated[
        int,
        Field(
            description="Décisions de cette page qui restent ici : personne n'a encore vérifié "
            "l'identité du demandeur."
        ),
    ]
    after: Annotated[
        str | None,
        Field(description="À donner pour lire la page suivante ; nul s'il n'y en a plus."),
    ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for, as it was typed."""

    caller: Caller
    structure: str | None
    on: str | None
    after: str | None


def show(parts: Parts, wanted: Wanted) -> ExportAnswer:
    """One page; nothing of who the decisions are about is in it.

    Raises:
        ProblemError: unknown-key, scope-missing, too-many-requests; invalid-query.
    """
    with parts.engine.connect() as connection:
        portal = admit(connection, wanted.caller, Scope.EXPORTS_READ)
        today = day_in_paris(parts.clock())
        asked, after = _read(connection, portal, wanted, today)
        page = read_page(connection, parts.key_ring, asked, after)
    decisions = [line for one in page.applications for line in exported(one)]
    wanted.caller.footprint.exported = len(decisions)
    return ExportAnswer(
        decisions=decisions, erased=page.erased, unchecked=page.unchecked, after=page.after
    )


def _read(connection: Connection, portal: Portal, wanted: Wanted, today: date) -> tuple[Asked, str]:
    """What is asked for, and after which reference."""
    on = today if wanted.on is None else _day(wanted.on)
    after = "" if wanted.after is None else read_reference(wanted.after)
    known = wanted.structure is None or _knows(connection, portal, wanted.structure)
    if on is None or after is None or not known:
        wrong = {"on": on is None, "after": after is None, "structure": not known}
        raise refusal(Kind.INVALID_QUERY, (_FAULTS[name] for name in wrong if wrong[name]))
    return Asked(portal.authority_id, Days(on, on), wanted.structure), after


_FAULTS = {
    "on": Fault(pointer("on"), "day", "Le jour s'écrit AAAA-MM-JJ, par exemple 2026-09-01."),
    "after": Fault(
        pointer("after"), "reference", "Donnez « after » tel que la page précédente l'a rendu."
    ),
    "structure": Fault(
        pointer("structure"),
        "unknown",
        "Cette collectivité n'a pas d'établissement de ce code : vérifiez-le.",
    ),
}


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if _DAY.match(typed) else None
    except ValueError:
        return None


def _knows(connection: Connection, portal: Portal, structure: str) -> bool:
    if not _CODE.match(structure):
        return False
    values = {"authority": portal.authority_id, "code": structure}
    return connection.execute(_STRUCTURE, values).scalar() is not None
