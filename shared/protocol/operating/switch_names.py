"""The switches that a person may name, in the words of the commands, found in the record."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select, text

from shared.endpoints import KNOWN_PROFILES, provider_of
from shared.protocol.switching import (
    AUTHORITY,
    ENDPOINT,
    HABILITATION,
    PROVIDER,
    QUEUE,
    RINGING_SWITCH,
    SCHEME,
    breaker_switch,
    habilitation_switch,
    token_switch,
)
from shared.states import Lane, Step
from shared.store.parties import AuthorityRow, HabilitationRow

_QUEUES = tuple(f"{step}.{lane}" for step in Step for lane in Lane)
_SCHEME = text("""
    SELECT s.id FROM schemes s JOIN authorities t ON t.id = s.authority_id
    WHERE t.code || '/' || s.code = :address
""")
_PROFILES = text("SELECT DISTINCT profile FROM schemes")


@dataclass(frozen=True, slots=True)
class Named:
    """A switch, and what goes with it when it is resumed: verifiers' own stops of the same thing.

    `stops` are the beginnings of their names; `habilitation` is the one whose calls it stops.
    """

    switch: str
    stops: tuple[str, ...] = ()
    habilitation: UUID | None = None


class UnknownSwitchError(Exception):
    """Nothing of that name; the message lists, in French, what there is."""


def find(connection: Connection, what: str) -> Named:
    """The switch that a person means.

    Raises:
        UnknownSwitchError: nothing has that name.
        sqlalchemy.exc.OperationalError: the record is out of reach.
    """
    if what == RINGING_SWITCH:
        return Named(what)
    kind, colon, name = what.partition(":")
    if not colon:
        return _habilitation(connection, what)
    finds = _FINDS.get(kind + colon)
    if finds is None:
        kinds = ", ".join(f"« {known}… »" for known in _FINDS)
        raise UnknownSwitchError(f"« {what} » : rien de tel ; attendu « ringing » ou {kinds}.")
    return finds(connection, name)


def _habilitation(connection: Connection, code: str) -> Named:
    wanted = select(HabilitationRow.id).where(HabilitationRow.code == code)
    found = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        raise UnknownSwitchError(f"« {code} » : ni « ringing », ni le code d'une habilitation.")
    return Named(habilitation_switch(found), (token_switch(found),), found)


def _authority(connection: Connection, code: str) -> Named:
    wanted = select(AuthorityRow.id).where(AuthorityRow.code == code)
    found = connection.execute(wanted).scalar_one_or_none()
    if found is None:
        raise UnknownSwitchError(f"« {code} » : aucune collectivité n'a ce code.")
    return Named(f"{AUTHORITY}{found}")


def _scheme(connection: Connection, address: str) -> Named:
    found = connection.execute(_SCHEME, {"address": address}).scalar_one_or_none()
    if found is None:
        raise UnknownSwitchError(
            f"« {address} » : aucun dispositif de ce nom ; écrivez collectivité/dispositif."
        )
    return Named(f"{SCHEME}{found}")


def _queue(_connection: Connection, name: str) -> Named:
    return Named(f"{QUEUE}{_one_of(_QUEUES, name)}")


def _endpoint(connection: Connection, name: str) -> Named:
    profile = _one_of(_profiles(connection), name)
    return Named(f"{ENDPOINT}{profile}", (breaker_switch(profile),))


def _provider(connection: Connection, name: str) -> Named:
    profiles = _profiles(connection)
    known = _one_of({provider_of(profile) for profile in profiles}, name)
    stops = (breaker_switch(profile) for profile in profiles if provider_of(profile) == known)
    return Named(f"{PROVIDER}{known}", tuple(stops))


def _profiles(connection: Connection) -> list[str]:
    return sorted(KNOWN_PROFILES | set(connection.execute(_PROFILES).scalars()))


def _one_of(known: Iterable[str], name: str) -> str:
    if name not in known:
        there = ", ".join(sorted(known))
        raise UnknownSwitchError(f"« {name} » : inconnu ; il y a {there}.")
    return name


_FINDS: dict[str, Callable[[Connection, str], Named]] = {
    QUEUE: _queue,
    AUTHORITY: _authority,
    PROVIDER: _provider,
    ENDPOINT: _endpoint,
    HABILITATION: _habilitation,
    SCHEME: _scheme,
}
