"""The two ways to try: a URL and a token at hand, or a habilitation of the record."""

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, sleep

import httpx
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from services.command.provider.trial import Endpoint, Way
from services.verifier.provider.auth import token_expiry
from services.verifier.provider.client import Patience, open_http, presenting, trusted
from shared.endpoints import provider_of
from shared.errors import BerceauError
from shared.habilitation import Cover, earliest_end
from shared.protocol.pauses import Paused, paused
from shared.queue.broker import open_redis
from shared.queue.limits import Limit, Limits
from shared.queue.pace import Allowance, Pace
from shared.sealing import KeyRing
from shared.sentences import SENTENCES
from shared.settings import Settings
from shared.store.engine import open_engine
from shared.store.parties import AuthorityRow, HabilitationRow

_EXAMPLE_RECIPIENT = "13002526500013"  # the DINUM's, in the State's own documentation
_LARGEST_TOKEN = 65_536
_MINUTE = 60
_REDIS_PATIENCE_S = 2.0
_LONGEST_WAIT_S = 5.0


class NoWayError(BerceauError):
    """Nothing can be called so; the message says what to give."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """What was given on the command line."""

    base_url: str
    token_file: Path
    recipient: str | None

    def way(self) -> Way:
        """The way of one call.

        Raises:
            NoWayError: the address is none, or the token cannot be read.
        """
        if not self.base_url.startswith(("http://", "https://")):
            raise NoWayError("--base-url : commencez par http:// ou https://.")
        return Way(self.base_url, token_of(self.token_file), self.recipient or _EXAMPLE_RECIPIENT)


def token_of(path: Path) -> str:
    """The token that a file holds, whatever it looks like.

    Raises:
        NoWayError: it cannot be read, or is empty; what it holds is never repeated.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_TOKEN + 1)
    except OSError as unreadable:
        raise NoWayError(f"{path} : illisible ({unreadable.strerror}).") from None
    if len(content) > _LARGEST_TOKEN:
        raise NoWayError(f"{path} : trop long pour un jeton, vérifiez lequel c'est.")
    token = content.decode("utf-8-sig", "replace").strip()
    if not token:
        raise NoWayError(f"{path} : aucun jeton dans ce fichier.")
    return token


def by_habilitation(settings: Settings, code: str, endpoint: Endpoint) -> Way:
    """The way of a habilitation of the record, once it has a permit, as a verifier takes one.

    Raises:
        NoWayError: no such habilitation, a call outside it, a pause, no address, or no permit.
        shared.errors.SealingError: the key ring does not open its token.
        sqlalchemy.exc.SQLAlchemyError: the record is out of reach.
    """
    with _engine(settings) as engine:
        right, authority = _right(engine, code)
        _refuse_paused(right, paused(engine))
    token = KeyRing.read(settings.key_ring_file).open_secret(right.sealed_token)
    _refuse_outside(right, authority, token, endpoint)
    url = settings.tax_url if endpoint is Endpoint.TAX else settings.provider_url
    if url is None:
        raise NoWayError("Donnez BERCEAU_TAX_URL, l'adresse de la passerelle de la DGFiP.")
    _take_a_permit(settings, right, endpoint)
    return Way(url, token, right.recipient, right.delegation_id)


def http_of(
    settings: Settings | None, endpoint: Endpoint
) -> AbstractAsyncContextManager[httpx.AsyncClient]:
    """Connections as the operator set them; without settings, the environment's proxies."""
    if settings is None:
        return open_http(connections=1)
    trust, proxy = trusted(settings.provider_ca_file), settings.provider_proxy
    if endpoint is Endpoint.TAX and settings.tax_certificate_file is not None:
        trust = presenting(trust, settings.tax_certificate_file, settings.tax_key_file)
    return open_http(
        connections=1,
        patience=Patience.of(settings.provider_deadline_s),
        trust=trust,
        proxy=proxy.get_secret_value() if proxy else None,
    )


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings.database_url.get_secret_value(), name="provider", connections=1)
    try:
        yield engine
    finally:
        engine.dispose()


def _right(engine: Engine, code: str) -> tuple[HabilitationRow, str]:
    """A habilitation, and the SIRET of its authority."""
    wanted = (
        select(HabilitationRow, AuthorityRow.siret)
        .join(AuthorityRow, AuthorityRow.id == HabilitationRow.authority_id)
        .where(HabilitationRow.code == code)
    )
    with Session(engine, expire_on_commit=False) as session:
        found = session.execute(wanted).one_or_none()
    if found is None:
        raise NoWayError(f"« {code} » : aucune habilitation n'a ce code.")
    return found[0], found[1]


def _refuse_paused(right: HabilitationRow, now: Paused) -> None:
    """The record says what is paused, whether or not Redis has heard of it yet."""
    if right.id in now.habilitations or right.authority_id in now.authorities:
        raise NoWayError(
            f"« {right.code} » : les appels sont suspendus ; voyez « berceau provider status »."
        )


def _refuse_outside(right: HabilitationRow, authority: str, token: str, endpoint: Endpoint) -> None:
    """What the State did not grant is not asked for, by hand either."""
    ends_at = earliest_end(token_expiry(token) or right.token_expires_at, right.dossier)
    cover = Cover(frozenset(right.endpoints), right.recipient, authority, ends_at)
    reason = cover.refusal(endpoint, datetime.now(UTC))
    if reason is not None:
        raise NoWayError(f"« {right.code} » : {SENTENCES[reason].agent}")


def allowance_of(settings: Settings, right: HabilitationRow, endpoint: str) -> Allowance:
    """The buckets from which a habilitation's calls take, as for a verifier."""
    limits = Limits(
        egress=settings.egress,
        api_particulier=Limit(settings.egress_per_minute, _MINUTE),
        dgfip=Limit(settings.dgfip_per_minute, _MINUTE),
        headroom=settings.headroom_percent / 100,
    )
    shared = limits.of(provider_of(endpoint))
    return Allowance(right.id, right.pace, right.burst, limits=shared)


def _take_a_permit(settings: Settings, right: HabilitationRow, endpoint: Endpoint) -> None:
    """Wait for one as long as a person at a terminal may: an idle bucket begins empty."""
    allowance = allowance_of(settings, right, endpoint)
    url = settings.redis_url.get_secret_value()
    end = monotonic() + _LONGEST_WAIT_S
    with open_redis(url, timeout_s=_REDIS_PATIENCE_S) as client:
        pace = Pace(client, namespace=settings.redis_namespace)
        while not (permits := pace.take(allowance, 1)).given and monotonic() < end:
            sleep(min(permits.wait_s, max(0.0, end - monotonic())))
    if not permits.given:
        raise NoWayError(
            f"Pas d'appel permis avant {permits.wait_s:.1f} s (quota, pause, ou Redis absent) : "
            "recommencez ensuite, ou voyez « berceau provider status »."
        )
