"""Correcting: what a wrong published tariff touched is found, told, and decided again.

A campaign for each authority: each member is priced again from the evidence that its decision
rested on, under the version that replaces the wrong one, from the wrong decision's own first day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.command.campaign.starting import journal
from services.command.campaign.words import left_out_words
from services.command.records.desk import Desk, give_up
from services.tariff.language.national import load_shipped_scale, shipped_ids
from shared.campaigns import CampaignKind
from shared.protocol.campaigning import planning
from shared.protocol.campaigning.planning import Plan
from shared.watching.words import counted, number, typeset

_TOUCHED = text("""
    SELECT DISTINCT a.authority_id AS id, u.code FROM decisions d
    JOIN applications a ON a.id = d.application_id JOIN authorities u ON u.id = a.authority_id
    WHERE d.tariff_id = :tariff AND d.tariff_version = :version AND NOT d.proposed
    ORDER BY u.code
""")
_GOING = text("""
    SELECT code FROM campaigns WHERE tariff_id = :tariff AND tariff_version = :version
     AND state IN ('running', 'paused') LIMIT 1
""")
_PUBLISHED = text("""
    SELECT version FROM tariffs WHERE tariff_id = :tariff AND starts_with(version, :begins)
""")
_PROPOSED = text("""
    SELECT count(*) FROM applications a
    CROSS JOIN LATERAL (
        SELECT tariff_id, tariff_version FROM decisions
        WHERE application_id = a.id ORDER BY version DESC LIMIT 1
    ) d
    WHERE a.status = 'PROPOSED' AND d.tariff_id = :tariff AND d.tariff_version = :version
""")
_LEFT_OUT = text("""
    SELECT coalesce(left_out, '') AS why, count(*) AS members FROM campaign_members
    WHERE campaign_id = ANY(:campaigns) GROUP BY left_out
""")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A version that should not have been published."""

    tariff: str
    version: str


@dataclass(frozen=True, slots=True)
class Corrected:
    """The campaigns that correct it, as they were just written or would be."""

    codes: Sequence[str]
    replaced_by: str
    members: int
    left_out: Mapping[str, int]
    proposed: int  # drafts that rest on it and wait for a person

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "codes": list(self.codes),
            "replaced_by": self.replaced_by,
            "members": self.members,
            "left_out": dict(self.left_out),
            "proposed": self.proposed,
        }


def correct(desk: Desk, wrong: Wrong) -> Corrected:
    """Write a campaign for each authority that the wrong version touched."""
    connection = desk.connection
    planning.alone(connection)
    values = {"tariff": wrong.tariff, "version": wrong.version}
    replaced_by = _replacing(connection, wrong)
    _refuse_twice(connection, values)
    touched = connection.execute(_TOUCHED, values).all()
    started = [pair for row in touched for pair in _start(desk, wrong, row)]
    ids = [campaign for _, campaign in started]
    rows = connection.execute(_LEFT_OUT, {"campaigns": ids}).all()
    counts = {row.why: row.members for row in rows}
    return Corrected(
        codes=[code for code, _ in started],
        replaced_by=replaced_by,
        members=counts.pop("", 0),
        left_out=counts,
        proposed=connection.execute(_PROPOSED, values).scalar_one(),
    )


def corrected_lines(corrected: Corrected) -> Iterator[str]:
    """What would be corrected, a sentence a line."""
    yield from map(typeset, _lines(corrected))


def _lines(corrected: Corrected) -> Iterator[str]:
    yield (
        f"{counted(corrected.members, 'dossier')} à corriger sous {corrected.replaced_by}, avec "
        "les données de l'époque : rien n'est redemandé à l'État, rien n'est effacé."
    )
    for why, count in sorted(corrected.left_out.items()):
        yield f"  Laissés de côté, {left_out_words(why)} : {number(count)}"
    if corrected.proposed:
        yield (
            f"{counted(corrected.proposed, 'projet')} en attente d'un agent aussi : à ne pas "
            "valider, à faire recalculer."
        )


def _start(desk: Desk, wrong: Wrong, authority: Row[Any]) -> Iterator[tuple[str, UUID]]:
    """The campaign of an authority; none where nothing is touched any more."""
    wanted = f"{authority.code}-correction-{wrong.tariff}-{wrong.version}"
    plan = Plan(
        code=planning.free_code(desk.connection, wanted),
        authority=authority.id,
        kind=CampaignKind.CORRECTION,
        started_by=desk.hand.actor,
        tariff=(wrong.tariff, wrong.version),
    )
    with desk.connection.begin_nested() as attempt:
        campaign, total = planning.start(desk.connection, plan)
        if total == 0:
            attempt.rollback()
            return
    said = {"state": [None, "running"], "tariff": [None, f"{wrong.tariff} {wrong.version}"]}
    journal(desk, plan.code, said)
    yield plan.code, campaign


def _replacing(connection: Connection, wrong: Wrong) -> str:
    """The version that replaces the wrong one, which must be published before."""
    begins = f"{wrong.version}."
    values = {"tariff": wrong.tariff, "begins": begins}
    published: list[str] = list(connection.execute(_PUBLISHED, values).scalars())
    if wrong.tariff in shipped_ids():
        shipped = (one.version for one in load_shipped_scale(wrong.tariff).tariffs)
        published += [version for version in shipped if version.startswith(begins)]
    if not published:
        give_up(
            f"Aucune version ne remplace {wrong.tariff} {wrong.version} : publiez d'abord "
            f"« {begins}1 » par « berceau tariff publish »."
        )
    return max(published, key=_number)


def _number(version: str) -> int:
    """The number after the last point: `2026-01-01.10` follows `2026-01-01.9`."""
    last = version.rpartition(".")[2]
    return int(last) if last.isdecimal() else 0


def _refuse_twice(connection: Connection, values: Mapping[str, str]) -> None:
    going = connection.execute(_GOING, values).scalar()
    if going is not None:
        give_up(f"La campagne « {going} » corrige déjà cette version : attendez sa fin.")
