"""How calls to the State stand: rights, permits, what is stopped and what is announced."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Self

from redis import RedisError
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from services.command.provider.pings import Said
from services.command.provider.ways import allowance_of
from services.verifier.provider.auth import token_expiry
from shared.endpoints import KNOWN_PROFILES, provider_of
from shared.errors import SealingError
from shared.maintenance import NO_WINDOWS, Calendar, announced
from shared.protocol.pauses import Paused, paused
from shared.protocol.switching import ENDPOINT, PROVIDER, QUEUE, RINGING_SWITCH, breaker_switch
from shared.queue.broker import open_redis
from shared.queue.pace import Pace
from shared.sealing import KeyRing
from shared.settings import Settings
from shared.states import Step
from shared.store.engine import open_engine
from shared.store.parties import HabilitationRow
from shared.store.tables import SwitchRow

_REDIS_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class RightStanding:
    """One habilitation: never its token. `permits` are by bucket; None without Redis.

    It is paused when it is, or its authority; the pause of an authority has no end of its own.
    """

    code: str
    provider: str
    endpoints: tuple[str, ...]
    scopes: tuple[str, ...]
    token_ends_at: datetime | None
    token_refused: bool
    paused: bool
    paused_until: datetime | None
    pace: int
    permits: dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class EndpointStanding:
    """One endpoint: switched off by a person, stopped by failures, or in maintenance, until when.

    A stop without an end is a person's. `said` is what the State says of it, when it was asked.
    """

    name: str
    provider: str
    switched_off: bool
    stopped_until: datetime | None
    maintenance_until: datetime | None
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class ProviderStanding:
    """All of it, at a moment (UTC); `switched_off` is of what holds back calls of everybody."""

    at: datetime
    redis_answers: bool
    switched_off: tuple[str, ...]
    rights: tuple[RightStanding, ...]
    endpoints: tuple[EndpointStanding, ...]

    def with_said(self, said: Mapping[str, Said]) -> Self:
        """The same, with what the State says of its endpoints, by name."""
        heard = (replace(one, said=said.get(one.name)) for one in self.endpoints)
        return replace(self, endpoints=tuple(heard))

    def as_json(self) -> str:
        """One JSON object, on one line."""
        return json.dumps(asdict(self), ensure_ascii=False, default=datetime.isoformat)

    def as_text(self) -> str:
        """For a person."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        if not self.redis_answers:
            yield "Redis ne répond pas : aucun appel ne part, les permis ne sont pas connus."
        for name in self.switched_off:
            yield f"« {name} » : suspendu par une personne (berceau resume)."
        for right in self.rights:
            yield f"Habilitation « {right.code} » ({', '.join(right.endpoints)})"
            yield f"  jeton    {_token(right, self.at)}"
            yield f"  données  {', '.join(right.scopes) or 'périmètres non renseignés'}"
            yield f"  appels   {_calls(right)}"
        for endpoint in self.endpoints:
            said = f" ; {endpoint.said}" if endpoint.said else ""
            yield f"Service « {endpoint.name} » ({endpoint.provider}) : {_endpoint(endpoint)}{said}"


def read_standing(settings: Settings, at: datetime) -> ProviderStanding:
    """Read the record, then Redis as far as it answers (`at`: UTC, now).

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the record is out of reach.
    """
    url = settings.database_url.get_secret_value()
    engine = open_engine(url, name="provider", connections=1)
    try:
        now = paused(engine)
        switches, rows = _read(engine)
    finally:
        engine.dispose()
    rights = [(row, _right(row, now, settings)) for row in rows]
    permits = _permits(settings, rows)
    calendar = Calendar(announced()) if settings.maintenance else NO_WINDOWS
    return ProviderStanding(
        at=at,
        redis_answers=permits is not None,
        switched_off=tuple(_for_everybody(now)),
        rights=tuple(
            replace(right, permits=None if permits is None else permits[row.code])
            for row, right in rights
        ),
        endpoints=tuple(_endpoints(_profiles(rows), switches, calendar.closed(at), at)),
    )


def _read(engine: Engine) -> tuple[dict[str, datetime | None], Sequence[HabilitationRow]]:
    with Session(engine, expire_on_commit=False) as session:
        switches = {row.name: row.until for row in session.scalars(select(SwitchRow))}
        rows = session.scalars(select(HabilitationRow).order_by(HabilitationRow.code)).all()
    return switches, rows


def _for_everybody(now: Paused) -> Iterator[str]:
    """The ringing and the queues of calls, as `berceau resume` names them."""
    if now.ringing:
        yield RINGING_SWITCH
    yield from (f"{QUEUE}{name}" for name in sorted(now.queues) if name.startswith(Step.VERIFY))


def _profiles(rows: Sequence[HabilitationRow]) -> list[str]:
    """What is called: the endpoints that we know, and those of added providers."""
    return sorted(KNOWN_PROFILES.union(*(row.endpoints for row in rows)))


def _right(row: HabilitationRow, now: Paused, settings: Settings) -> RightStanding:
    return RightStanding(
        code=row.code,
        provider=row.provider,
        endpoints=tuple(row.endpoints),
        scopes=tuple(row.dossier.get("scopes", ())),
        token_ends_at=_token_end(row, settings),
        token_refused=row.id in now.refused,
        paused=row.id in now.habilitations or row.authority_id in now.authorities,
        paused_until=now.habilitations.get(row.id),
        pace=row.pace,
    )


def _token_end(row: HabilitationRow, settings: Settings) -> datetime | None:
    """A token that tells its own end is believed before the record."""
    try:
        token = KeyRing.read(settings.key_ring_file).open_secret(row.sealed_token)
    except SealingError:
        return row.token_expires_at
    return token_expiry(token) or row.token_expires_at


def _permits(
    settings: Settings, rows: Sequence[HabilitationRow]
) -> dict[str, dict[str, float]] | None:
    url = settings.redis_url.get_secret_value()
    with open_redis(url, timeout_s=_REDIS_PATIENCE_S) as client:
        pace = Pace(client, namespace=settings.redis_namespace)
        try:
            client.ping()
            return {row.code: _kept(pace, settings, row) for row in rows}
        except RedisError:
            return None


def _kept(pace: Pace, settings: Settings, row: HabilitationRow) -> dict[str, float]:
    """The habilitation's own bucket goes by its code."""
    endpoint = row.endpoints[0] if row.endpoints else ""
    kept = pace.kept(allowance_of(settings, row, endpoint))
    return {row.code if name == str(row.id) else name: left for name, left in kept.items()}


def _endpoints(
    profiles: Sequence[str],
    switches: Mapping[str, datetime | None],
    closed: Mapping[str, datetime],
    at: datetime,
) -> Iterator[EndpointStanding]:
    on = {name for name, until in switches.items() if until is None or until > at}
    for name in profiles:
        provider = provider_of(name)
        yield EndpointStanding(
            name=name,
            provider=provider,
            switched_off=bool({f"{ENDPOINT}{name}", f"{PROVIDER}{provider}"} & on),
            stopped_until=switches.get(breaker_switch(name)),
            maintenance_until=closed.get(name),
        )


def _token(right: RightStanding, at: datetime) -> str:
    if right.token_refused:
        return "REFUSÉ par l'État : à remplacer (berceau habilitation change)"
    ends = right.token_ends_at
    if ends is None:
        return "fin inconnue"
    since = "jusqu'au" if ends > at else "FINI depuis le"
    return f"{since} {ends:%d/%m/%Y}"


def _calls(right: RightStanding) -> str:
    if right.paused:
        until = right.paused_until
        return "suspendus" + (f" jusqu'au {until:%d/%m/%Y à %H:%M} UTC" if until else "")
    left = right.permits
    if not left:
        return f"{right.pace} par seconde"
    held = ", ".join(f"{name} {permits:.0f}" for name, permits in sorted(left.items()))
    return f"{right.pace} par seconde ; permis en réserve : {held}"


def _endpoint(endpoint: EndpointStanding) -> str:
    if endpoint.switched_off:
        return "suspendu par une personne (berceau resume)"
    if endpoint.stopped_until is not None:
        return f"en panne, réessayé à partir du {endpoint.stopped_until:%d/%m/%Y à %H:%M:%S} UTC"
    if endpoint.maintenance_until is not None:
        return f"en maintenance jusqu'au {endpoint.maintenance_until:%d/%m/%Y à %H:%M} UTC"
    return "ouvert"
