"""What records owe to one another and to the day: checked on the whole of what is asked for.

What a habilitation does not cover is warned of, not refused: it may be granted later, and until
then no call leaves. So is a profile that a package serves: what a verifier has is set on its own
machine, which need not be this one.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.command.records.faults import Fault
from services.command.records.fields import API_PARTICULIER
from services.command.records.kinds import Kind
from services.command.records.models import Authority, Habilitation, Record, Scheme
from services.command.records.place import NOWHERE, Place
from shared.endpoints import KNOWN_PROFILES
from shared.habilitation import same_administration

_FAST, _IN_A_SECOND = 18, 20  # API Particulier: 20 calls a second and token, less 10 %
_NO_CALL = "aucun appel ne partira."
Address = tuple[Kind, str]
Tariffs = Collection[tuple[str | None, str]]
"""Each tariff's id, and the code of the authority that published it; None for a shipped one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A record that somebody wants, and where it was read."""

    record: Record
    place: Place = NOWHERE

    @property
    def address(self) -> Address:
        return self.record.kind_of_record, self.record.address

    def fault(self, field: str, said: str) -> Fault:
        """Something wrong with one field of it."""
        return Fault(field, said, self.place.of(field))


def faults(asked: Sequence[Asked], known: Mapping[Address, Record], at: datetime) -> list[Fault]:
    """Every fault of what is asked for at that time (UTC), against what is known."""
    whole = dict(known) | {one.address: one.record for one in asked}
    return [*_twins(asked), *(fault for one in asked for fault in _of(one, known, whole, at))]


def warnings(
    asked: Sequence[Asked], known: Mapping[Address, Record], tariffs: Tariffs, at: datetime
) -> list[str]:
    """What is accepted at that time (UTC), and may be a mistake; each said once."""
    whole = dict(known) | {one.address: one.record for one in asked}
    said = [sentence for one in asked for sentence in _warnings(one.record, whole, at)]
    schemes = (one.record for one in asked if isinstance(one.record, Scheme))
    return list(dict.fromkeys([*said, *(one for of in schemes for one in _of_tariff(of, tariffs))]))


def _warnings(record: Record, whole: Mapping[Address, Record], at: datetime) -> Iterator[str]:
    rights = (one for one in whole.values() if isinstance(one, Habilitation))
    schemes = (one for one in whole.values() if isinstance(one, Scheme))
    match record:
        case Authority(code=code):
            for right in rights:
                yield from _of_recipient(right, record) if right.authority == code else ()
        case Habilitation(code=code, authority=authority):
            yield from _of_right(record, at)
            yield from _of_recipient(record, whole.get((Kind.AUTHORITY, authority)))
            for scheme in schemes:
                yield from _of_cover(scheme, record) if scheme.habilitation == code else ()
        case Scheme(habilitation=right):
            yield from _of_source(record)
            yield from _of_cover(record, whole.get((Kind.HABILITATION, right)))


def _of_right(right: Habilitation, at: datetime) -> Iterator[str]:
    if right.provider == API_PARTICULIER and _is_too_fast(right):
        yield (
            f"habilitation « {right.code} » : {right.pace} appels par seconde et {right.burst} "
            f"d'avance dépassent ce qu'API Particulier accepte ({_FAST} et {_IN_A_SECOND - _FAST}) "
            ": à réserver à un simulateur."
        )
    if (end := right.dossier.ends_at) is not None and end <= at:
        yield (f"habilitation « {right.code} » : elle a pris fin le {end:%d/%m/%Y} : {_NO_CALL}")


def _of_recipient(right: Habilitation, authority: Record | None) -> Iterator[str]:
    siret = getattr(authority, "siret", right.recipient)
    if not same_administration(right.recipient, siret):
        yield (
            f"habilitation « {right.code} » : le destinataire {right.recipient} n'est pas un "
            f"établissement de « {right.authority} » ({siret}) : {_NO_CALL}"
        )


def _of_source(scheme: Scheme) -> Iterator[str]:
    if scheme.profile not in KNOWN_PROFILES:
        yield (
            f"dispositif « {scheme.address} » : la source « {scheme.profile} » est un paquet "
            "ajouté ; chaque vérificateur doit la nommer dans BERCEAU_PROVIDERS, sinon ses "
            "dossiers vont à un agent."
        )


def _of_tariff(scheme: Scheme, tariffs: Tariffs) -> Iterator[str]:
    if not {(None, scheme.tariff), (scheme.authority, scheme.tariff)} & {*tariffs}:
        yield (
            f"dispositif « {scheme.address} » : le barème « {scheme.tariff} » n'est ni livré ni "
            f"publié par « {scheme.authority} » ; d'ici là, ses dossiers vont à un agent (berceau "
            "tariff publish)."
        )


def _of_cover(scheme: Scheme, right: Record | None) -> Iterator[str]:
    if isinstance(right, Habilitation) and scheme.profile not in right.endpoints:
        yield (
            f"dispositif « {scheme.address} » : l'habilitation « {right.code} » ne couvre pas "
            f"« {scheme.profile} » : {_NO_CALL}"
        )


def _is_too_fast(right: Habilitation) -> bool:
    return right.pace > _FAST or right.pace + right.burst > _IN_A_SECOND


def _twins(asked: Sequence[Asked]) -> Iterator[Fault]:
    seen: set[Address] = set()
    for one in asked:
        if one.address in seen:
            yield one.fault("code", f"« {one.address[1]} » est donné deux fois : gardez-en un")
        seen.add(one.address)


def _of(
    one: Asked, known: Mapping[Address, Record], whole: Mapping[Address, Record], at: datetime
) -> Iterator[Fault]:
    was = known.get(one.address)
    yield from _stays(one, was)
    yield from _refers(one, whole)
    if isinstance(one.record, Habilitation) and was != one.record:
        yield from _expires_later(one, one.record, was, at)


def _stays(one: Asked, was: Record | None) -> Iterator[Fault]:
    for name in sorted(one.record.settled):
        before = getattr(was, name, None)
        if was is not None and before != getattr(one.record, name):
            said = f"ne change jamais, et vaut « {before} » : gardez-la, ou prenez un autre code"
            yield one.fault(name, said)


def _refers(one: Asked, whole: Mapping[Address, Record]) -> Iterator[Fault]:
    authority = getattr(one.record, "authority", None)
    if authority is not None and (Kind.AUTHORITY, authority) not in whole:
        yield one.fault("authority", _unknown(Kind.AUTHORITY, authority))
    if not isinstance(one.record, Scheme):
        return
    right = whole.get((Kind.HABILITATION, one.record.habilitation))
    if right is None:
        said = _unknown(Kind.HABILITATION, one.record.habilitation)
        yield one.fault("habilitation", said)
    elif getattr(right, "authority", None) != authority:
        said = f"est à une autre collectivité : prenez une habilitation de « {authority} »"
        yield one.fault("habilitation", said)


def _unknown(kind: Kind, code: str) -> str:
    return f"« {code} » n'existe pas : créez-la d'abord (berceau {kind} create)"


def _expires_later(
    one: Asked, right: Habilitation, was: Record | None, at: datetime
) -> Iterator[Fault]:
    end = right.token_expires_at
    if end is not None and end != getattr(was, "token_expires_at", None) and end <= at:
        said = "est passée : donnez la fin du jeton en vigueur, ou rien"
        yield one.fault("token_expires_at", said)
