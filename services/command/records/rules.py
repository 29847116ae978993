"""What records owe to one another and to the day: checked on the whole of what is asked for.

A profile other than the built-in one is warned of, not refused: what a verifier serves is set on
its own machine, which need not be this one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.command.records.faults import Fault
from services.command.records.fields import EAJE
from services.command.records.kinds import Kind
from services.command.records.models import Habilitation, Record, Scheme
from services.command.records.place import NOWHERE, Place

_FAST, _IN_A_SECOND = 18, 20  # API Particulier: 20 calls a second and token, less 10 %
Address = tuple[Kind, str]


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


def warning(record: Record) -> str | None:
    """What is accepted, and may be a mistake."""
    if isinstance(record, Habilitation) and _is_too_fast(record):
        return (
            f"habilitation « {record.code} » : {record.pace} appels par seconde et {record.burst} "
            f"d'avance dépassent ce qu'API Particulier accepte ({_FAST} et {_IN_A_SECOND - _FAST}) "
            ": à réserver à un simulateur."
        )
    if isinstance(record, Scheme) and record.profile != EAJE:
        return (
            f"dispositif « {record.address} » : la source « {record.profile} » est un paquet "
            "ajouté ; chaque vérificateur doit la nommer dans BERCEAU_PROVIDERS, sinon ses "
            "dossiers vont à un agent."
        )
    return None


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
