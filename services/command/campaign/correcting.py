"""Correcting: what a wrong published tariff touched is found, told, and decided again.

A campaign for each authority: each member is priced again from the evidence that its decision
rested on, under the version that replaces the wrong one, from the wrong decision's own first day.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.command.campaign.scales import scale_of
from services.command.campaign.starting import journal
from services.command.campaign.words import left_out_words
from services.command.records.desk import Desk, give_up
from shared.campaigns import CampaignKind
from shared.errors import TariffError
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
_MISSING = 1


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
    """The version that holds in its place, which must be published before."""
    try:
        scale = scale_of(connection, wrong.tariff)
        replaced_by = scale.in_force(scale.version(wrong.version).valid_from).version
    except TariffError as unknown:
        give_up(str(unknown), code=_MISSING)
    if replaced_by == wrong.version:
        base, _, number = wrong.version.partition(".")
        give_up(
            f"Aucune version ne remplace « {wrong.tariff} » {wrong.version} : publiez d'abord "
            f"{base}.{int(number or 0) + 1} (« berceau tariff publish »)."
        )
    return replaced_by


def _refuse_twice(connection: Connection, values: Mapping[str, str]) -> None:
    going = connection.execute(_GOING, values).scalar()
    if going is not None:
        give_up(f"La campagne « {going} » corrige déjà cette version : attendez sa fin.")
