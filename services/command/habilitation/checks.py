"""`berceau habilitation check`: what would keep a call from leaving or a request from passing.

Pure: what was read of the record, and perhaps of the State, in; findings out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from services.command.habilitation import lacks
from services.command.habilitation.catalogue import known_scopes, services
from services.command.records.models import Habilitation, Scheme

WARNED_DAYS = (15, 30, 60, 90)  # the State writes to the holder of a token at these


class Gravity(StrEnum):
    """What it keeps from being done."""

    STOPS = "stops"  # no call leaves, or none would pass
    MISSING = "missing"  # the request or the record is not whole
    SOON = "soon"  # it ends within 90 days


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to do: of which habilitation, how grave, what; days left before an end."""

    habilitation: str
    gravity: Gravity
    what: str
    field: str | None = None
    days_left: int | None = None
    warned_at: int | None = None

    def plain(self) -> dict[str, Any]:
        """Its fields as JSON has them."""
        return {name: getattr(self, name) for name in self.__slots__}


class Token(StrEnum):
    """What the ring made of the sealed token."""

    OPENED = "opened"
    NONE = "none"  # nobody has given one yet
    SHUT = "shut"  # this installation's ring does not open it


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """A habilitation as it stands.

    Attributes:
        right: its record.
        authority: SIRET of its authority.
        schemes: those that call with it.
        token: whether there is one.
        ends_at: the end of its token, as the token itself or the record says (UTC).
        granted: the perimeters that the State says the token opens; None when it did not say.
        refused: the status (401 or 403) with which the State refused the token.
        unanswered: the name of the failure for which the State said nothing.
    """

    right: Habilitation
    authority: str
    schemes: Sequence[Scheme]
    token: Token
    ends_at: datetime | None
    granted: frozenset[str] | None = None
    refused: int | None = None
    unanswered: str | None = None


def findings(standing: Standing, at: datetime) -> list[Finding]:
    """Everything to do for one habilitation at that time (UTC); what stops calls first."""
    found = [
        *_of_token(standing, at),
        *_of_cover(standing),
        *_of_ends(standing, at),
        *_of_grant(standing),
        *_of_dossier(standing),
    ]
    order = list(Gravity)
    return sorted(found, key=lambda one: order.index(one.gravity))


def _finding(standing: Standing, gravity: Gravity, what: str, field: str | None = None) -> Finding:
    return Finding(standing.right.code, gravity, what, field)


def _of_token(standing: Standing, at: datetime) -> Iterator[Finding]:
    code = standing.right.code
    match standing.token:
        case Token.NONE:
            remedy = f"« berceau habilitation change {code} --token-file FICHIER »"
            yield _finding(standing, Gravity.STOPS, f"le jeton manque : {remedy}", field="token")
        case Token.SHUT:
            said = "le jeton ne s'ouvre pas avec ce trousseau : donnez-le de nouveau"
            yield _finding(standing, Gravity.STOPS, said, field="token")
        case Token.OPENED if standing.ends_at is None:
            said = "la fin du jeton n'est pas connue : notez-la (--token-expires-at)"
            yield _finding(standing, Gravity.MISSING, said, field="token_expires_at")
        case Token.OPENED:
            yield from _ending(standing, "le jeton", standing.ends_at, at, "token_expires_at")


def _of_cover(standing: Standing) -> Iterator[Finding]:
    right = standing.right
    for scheme in standing.schemes:
        if scheme.profile not in right.endpoints:
            said = (
                f"le dispositif « {scheme.address} » demande « {scheme.profile} », que "
                f"l'habilitation ne couvre pas ({', '.join(right.endpoints)}) : aucun appel ne part"
            )
            yield _finding(standing, Gravity.STOPS, said, field="endpoints")
    for lack in lacks.of_request(right, standing.authority):
        if lack.field == "recipient":
            said = f"le destinataire {lack.said} : aucun appel ne part"
            yield _finding(standing, Gravity.STOPS, said, field=lack.field)


def _of_ends(standing: Standing, at: datetime) -> Iterator[Finding]:
    dossier = standing.right.dossier
    yield from _ending(standing, "l'habilitation", dossier.ends_at, at, "dossier.ends_at")
    ends_on = dossier.convention.ends_on
    ends_at = None if ends_on is None else _midnight(ends_on)
    yield from _ending(
        standing, "la convention avec la CAF", ends_at, at, "dossier.convention.ends_on"
    )


def _ending(
    standing: Standing, what: str, ends_at: datetime | None, at: datetime, field: str
) -> Iterator[Finding]:
    """One end, when it has come or is near; that of a convention stops no call by itself."""
    if ends_at is None:
        return
    on, left = f"{ends_at:%d/%m/%Y}", ends_at - at
    if left <= timedelta(0):
        gravity = Gravity.MISSING if "convention" in field else Gravity.STOPS
        found = _finding(standing, gravity, f"{what} a pris fin le {on}", field=field)
        yield replace(found, days_left=0)
        return
    warned_at = next((days for days in WARNED_DAYS if left <= timedelta(days=days)), None)
    if warned_at is not None:
        said = f"{what} prend fin le {on}, dans {_days(left)}"
        found = _finding(standing, Gravity.SOON, said, field=field)
        yield replace(found, days_left=left.days, warned_at=warned_at)


def _days(left: timedelta) -> str:
    return f"{left.days} jour{'s' if left.days > 1 else ''}"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _of_grant(standing: Standing) -> Iterator[Finding]:
    """What the State says of the token, against what is recorded and what Berceau needs."""
    if standing.refused is not None:
        said = f"l'État refuse le jeton ({standing.refused}) : demandez-en un autre"
        yield _finding(standing, Gravity.STOPS, said, field="token")
    if standing.unanswered is not None:
        said = f"l'État n'a pas dit ce qu'ouvre le jeton : {standing.unanswered}"
        yield _finding(standing, Gravity.MISSING, said)
    if standing.granted is None:
        return
    recorded, granted = set(standing.right.dossier.scopes), standing.granted
    needed = {scope.name for scope in known_scopes(standing.right.endpoints) if scope.needed}
    own = {scope.name for scope in known_scopes(standing.right.endpoints)}
    for name in sorted((recorded | needed) - granted):
        said = f"le périmètre « {name} » n'est pas accordé au jeton"
        gravity = Gravity.STOPS if name in needed else Gravity.MISSING
        yield _finding(standing, gravity, said, field="dossier.scopes")
    for name in sorted(granted - recorded):
        why = "notez-le" if name in own else "Berceau ne s'en sert pas : faites-le retirer"
        said = f"le périmètre « {name} » est accordé au jeton sans être au dossier : {why}"
        yield _finding(standing, Gravity.MISSING, said, field="dossier.scopes")


def _of_dossier(standing: Standing) -> Iterator[Finding]:
    """A package's provider is no form of DataPass."""
    right = standing.right
    if not services(right.endpoints):
        return
    for lack in (*lacks.of_request(right, standing.authority), *lacks.of_grant(right)):
        if lack.field != "recipient":
            yield _finding(standing, Gravity.MISSING, lack.said, field=lack.field)
