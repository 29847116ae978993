"""What the State says of its own counters: hints, half an hour late, and free of any quota."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.verifier.provider.client import Exchange, open_http, trusted
from services.verifier.provider.soundings import (
    EAJE_PING,
    QF_PING,
    Health,
    NoSuchCounter,
    NotTold,
    Ping,
    Soundings,
)
from shared.settings import Settings

_COUNTERS: Mapping[str, str] = {"eaje": EAJE_PING, "qf": QF_PING}
_IN_FRENCH = {
    Health.OK: "en état",
    Health.BAD_GATEWAY: "en panne",
    Health.MAINTENANCE: "en maintenance",
    Health.UNKNOWN: "d'état inconnu",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the State says of one endpoint: its health, None when it said nothing (`why`).

    `last_ok` is when it was last well, `until` the end of its maintenance (UTC).
    """

    health: Health | None
    last_ok: datetime | None = None
    until: datetime | None = None
    why: str | None = None

    def __str__(self) -> str:
        if self.health is None:
            return f"l'État n'en dit rien ({self.why})"
        until = f" jusqu'au {_at(self.until)}" if self.until else ""
        well = self.last_ok if self.health is not Health.OK else None
        return f"l'État le dit {_IN_FRENCH[self.health]}{until}" + (
            f", en état pour la dernière fois le {_at(well)}" if well else ""
        )


def said_of_endpoints(settings: Settings) -> dict[str, Said]:
    """Ping the endpoints of API Particulier; the DGFiP has no such thing, and is not asked.

    Raises:
        SettingsError: the certificates that were set cannot be read.
    """
    return asyncio.run(_asked(settings))


async def _asked(settings: Settings) -> dict[str, Said]:
    proxy = settings.provider_proxy
    async with open_http(
        connections=1,
        trust=trusted(settings.provider_ca_file),
        proxy=proxy.get_secret_value() if proxy else None,
    ) as http:
        soundings = Soundings(Exchange(http, connections=1), settings.provider_url)
        return {name: _said(await soundings.ping(ping)) for name, ping in _COUNTERS.items()}


def _said(told: Ping | NoSuchCounter | NotTold) -> Said:
    match told:
        case Ping(status=health, last_ok_status=last_ok, until=until):
            return Said(health, last_ok, until)
        case NoSuchCounter():
            return Said(None, why="no_such_counter")
        case NotTold(why=why):
            return Said(None, why=why)


def _at(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y à %H:%M}"
