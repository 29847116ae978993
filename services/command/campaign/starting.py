"""Starting: what a campaign would take, told first, then written in one transaction."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, text

from services.command.campaign.scales import scale_of
from services.command.campaign.words import day, left_out_words
from services.command.records import ledger
from services.command.records.desk import Desk, give_up
from shared.campaigns import CampaignGround, CampaignKind
from shared.errors import SealingError, TariffError
from shared.paris import day_in_paris
from shared.protocol.campaigning import planning
from shared.protocol.campaigning.planning import Plan, SealedCare
from shared.protocol.campaigning.progress import find
from shared.protocol.opening import open_application
from shared.renewals import known_from
from shared.sealing import KeyRing
from shared.watching.words import counted, duration, moment, number, typeset

_SCHEME = text("""
    SELECT s.id, s.authority_id, s.profile, s.tariff, h.pace FROM schemes s
    JOIN authorities a ON a.id = s.authority_id JOIN habilitations h ON h.id = s.habilitation_id
    WHERE a.code || '/' || s.code = :address
""")
_GOING = text("""
    SELECT code FROM campaigns WHERE scheme_id = :scheme AND state IN ('running', 'paused') LIMIT 1
""")
_BEFORE = text(
    "SELECT code FROM campaigns WHERE scheme_id = :scheme AND effective_on = :on LIMIT 1"
)
_LEFT_OUT = text("""
    SELECT coalesce(left_out, '') AS why, count(*) AS members FROM campaign_members
    WHERE campaign_id = :campaign GROUP BY left_out
""")
_TAX = "tax"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asks for."""

    scheme: str  # AUTHORITY/SCHEME
    on: date
    drafts: bool = False
    reuse_evidence: bool = False
    upcoming: bool = False
    rest_of: str | None = None
    ground: CampaignGround | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """A campaign as it was just written, or would be."""

    code: str
    members: int
    left_out: Mapping[str, int]
    pace: int | None  # calls a second, when the State is asked
    opens_at: datetime | None
    again: str | None  # a campaign of the same scheme and day

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        opens_at = None if self.opens_at is None else self.opens_at.isoformat()
        left_out = dict(self.left_out)
        told = {"code": self.code, "members": self.members, "left_out": left_out}
        return {**told, "opens_at": opens_at, "again": self.again}


def start(desk: Desk, asked: Asked) -> Started:
    """Write the campaign; whoever holds the desk's transaction keeps it, or does not."""
    connection = desk.connection
    planning.alone(connection)
    scheme = _scheme(connection, asked)
    _refuse_without_tariff(connection, scheme.tariff, asked.on)
    _refuse_without_ground(asked, day_in_paris(desk.hand.at))
    rest_of = _rest_of(connection, asked)
    again = connection.execute(_BEFORE, {"scheme": scheme.id, "on": asked.on}).scalar()
    ended = list(_ended(connection, scheme.id, asked.on, rest_of, desk.ring()))
    plan = _plan(connection, asked, scheme, desk.hand.actor)
    campaign, _ = planning.start(
        connection, plan, ended=ended, upcoming=asked.upcoming, rest_of=rest_of
    )
    journal(desk, plan.code, _started_fields(asked))
    counts = {row.why: row.members for row in connection.execute(_LEFT_OUT, {"campaign": campaign})}
    asks = plan.kind is CampaignKind.REPRICING
    return Started(
        code=plan.code,
        members=counts.pop("", 0),
        left_out=counts,
        pace=scheme.pace if asks else None,
        opens_at=_opens_at(scheme.profile, asked.on) if asks else None,
        again=again,
    )


def _started_fields(asked: Asked) -> dict[str, Any]:
    told = {"state": [None, "running"], "scheme": [None, asked.scheme]}
    return told if asked.ground is None else told | {"ground": [None, asked.ground.value]}


def _refuse_without_ground(asked: Asked, today: date) -> None:
    """A month that has begun is priced again on a ground only: it could raise what was due."""
    if asked.ground is None and asked.on <= today:
        give_up(
            f"Le {day(asked.on)} est passé : des familles devraient une différence pour des mois "
            "commencés. Donnez le motif (--ground annual_revision, tariff_changed ou error), ou "
            "le premier jour d'un mois à venir."
        )


def journal(desk: Desk, code: str, fields: Mapping[str, Any]) -> None:
    """Write in the journal of settings who did what to a campaign."""
    ledger.hold(desk.connection)
    ledger.write(desk.connection, [desk.hand.change("campaign", code, fields)])


def started_lines(started: Started, on: date) -> Iterator[str]:
    """What would be taken, a sentence a line."""
    yield from map(typeset, _lines(started, on))


def _lines(started: Started, on: date) -> Iterator[str]:
    yield f"{counted(started.members, 'décision')} en cours au {day(on)}."
    for why, count in sorted(started.left_out.items()):
        yield f"  Laissés de côté, {left_out_words(why)} : {number(count)}"
    if started.pace and started.members:
        least = duration(timedelta(seconds=started.members / started.pace))
        yield f"À {started.pace} appels par seconde au plus, il faut au moins {least}."
    if started.opens_at is not None:
        yield (
            f"Rien n'est demandé à l'État avant le {moment(started.opens_at)} UTC. Les dossiers "
            f"décidés d'ici là n'y seront pas : « --rest-of {started.code} » les reprendra."
        )
    if started.again is not None:
        yield f"La campagne {started.again} porte déjà sur ce dispositif à cette date."


def _scheme(connection: Connection, asked: Asked) -> Row[Any]:
    row = connection.execute(_SCHEME, {"address": asked.scheme}).one_or_none()
    if row is None:
        give_up(
            f"Dispositif « {asked.scheme} » introuvable : écrivez COLLECTIVITÉ/DISPOSITIF, voyez "
            "« berceau scheme list ».",
            code=1,
        )
    going = connection.execute(_GOING, {"scheme": row.id}).scalar()
    if going is not None:
        give_up(f"La campagne « {going} » est en cours sur ce dispositif : attendez sa fin.")
    if row.profile == _TAX and not asked.reuse_evidence:
        give_up(
            "Les numéros fiscaux sont détruits dès la réponse de l'État : il ne peut pas être "
            "interrogé à nouveau. Ajoutez --reuse-evidence si seul le barème change."
        )
    return row


def _refuse_without_tariff(connection: Connection, tariff: str, on: date) -> None:
    """Every member would wait for an agent."""
    try:
        scale_of(connection, tariff).in_force(on)
    except TariffError as missing:
        give_up(f"{missing} Publiez d'abord le barème : « berceau tariff publish ».")


def _rest_of(connection: Connection, asked: Asked) -> UUID | None:
    if asked.rest_of is None:
        return None
    told = find(connection, asked.rest_of)
    if told is None:
        give_up(f"Campagne « {asked.rest_of} » introuvable.", code=1)
    return told.id


def _plan(connection: Connection, asked: Asked, scheme: Row[Any], actor: str) -> Plan:
    wanted = f"{asked.scheme.replace('/', '-')}-{asked.on.isoformat()}"
    held = CampaignKind.FROM_EVIDENCE if asked.reuse_evidence else CampaignKind.REPRICING
    return Plan(
        code=planning.free_code(connection, wanted),
        authority=scheme.authority_id,
        kind=held,
        started_by=actor,
        scheme=scheme.id,
        effective_on=asked.on,
        drafts=asked.drafts,
    )


def _opens_at(profile: str, on: date) -> datetime | None:
    since = known_from(profile, on)
    return None if since is None or since <= datetime.now(UTC) else since


def _ended(
    connection: Connection, scheme: UUID, on: date, rest_of: UUID | None, ring: KeyRing
) -> Iterator[UUID]:
    """The applications whose care has ended before the day, with progress on a terminal."""
    read = 0
    for page in planning.sealed_cares(connection, scheme, on, rest_of=rest_of):
        yield from (one.id for one in page if _has_ended(one, on, ring))
        read += len(page)
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{number(read)} dossiers lus")
    if read and sys.stderr.isatty():
        sys.stderr.write("\n")


def _has_ended(one: SealedCare, on: date, ring: KeyRing) -> bool:
    try:
        care = open_application(ring.unwrap(one.key), one.id, one.sealed, None).care
    except SealingError:
        give_up("Un dossier ne s'ouvre pas : le trousseau n'est pas le bon. Rien n'a été lancé.")
    return care.end is not None and care.end < on
