"""Opening: the real asking, from what the composition root read in the settings."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import SystemRandom
from uuid import UUID

from redis import Redis
from sqlalchemy import Engine

from services.intake.franceconnect.asking import AT_ONCE, OVERALL_S, Asking
from services.intake.franceconnect.calls import Calls
from services.intake.franceconnect.permits import SharedPermits
from services.verifier.provider.client import Patience, open_http, trusted
from shared.maintenance import NO_WINDOWS, announced_calendar
from shared.protocol.switching import pause_habilitation
from shared.queue.limits import Limits
from shared.queue.pace import Pace
from shared.working.switchboard import Switchboard

_LONGEST_CALL_S = OVERALL_S - 5  # what is left is for a permit


@dataclass(frozen=True, slots=True, repr=False)
class Provider:
    """Where API Particulier is, and how one goes there.

    Attributes:
        url: its address, or a simulator's.
        deadline_s: the longest call.
        limits: what our address may do, with whoever shares it.
        maintenance: whether the announced windows are kept.
        ca_file: a private authority that is trusted too (PEM).
        proxy: the way out, if there is one; it may hold a password.
    """

    url: str
    deadline_s: float
    limits: Limits
    maintenance: bool
    ca_file: Path | None
    proxy: str | None


def open_asking(engine: Engine, redis: Redis, provider: Provider, *, namespace: str) -> Asking:
    """Connections open at the first call.

    Raises:
        SettingsError: the file of certificates cannot be read.
    """
    patience = Patience.of(min(provider.deadline_s, _LONGEST_CALL_S))
    pace = Pace(redis, namespace=namespace)
    calendar = announced_calendar(SystemRandom()) if provider.maintenance else NO_WINDOWS
    return Asking(
        SharedPermits(pace, provider.limits, Switchboard(engine, calendar)),
        _calls(provider, patience),
        rest=partial(_rest, engine, pace),
        call_s=patience.total,
    )


def _calls(provider: Provider, patience: Patience) -> Calls:
    connecting = partial(
        open_http,
        connections=AT_ONCE,
        patience=patience,
        trust=trusted(provider.ca_file),
        proxy=provider.proxy,
    )
    return Calls(connecting, base_url=provider.url, connections=AT_ONCE, patience=patience)


def _rest(engine: Engine, pace: Pace, habilitation: UUID, seconds: float, why: str) -> None:
    """Stop the calls of a habilitation: in the record first, then in Redis, which caches it."""
    until = datetime.now(UTC) + timedelta(seconds=seconds)
    pause_habilitation(engine, habilitation, until=until, reason=why, by="service:intake")
    pace.pause(habilitation, until)
