"""What an acknowledgement says, sentence by sentence, to the family. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.tariff.explanation.typography import day, typeset
from shared.legal_clock import Clock
from shared.scheme_rules import SilenceEffect
from shared.signing import Contact
from shared.states import Status


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say; days are those of Paris."""

    reference: str
    received_on: date
    status: Status
    awaits_an_answer: bool
    authority: str
    contact: Contact
    clock: Clock | None = None
    pieces: tuple[str, ...] = ()
    pieces_until: date | None = None


def sentences(told: Told) -> Iterator[str]:
    """What the family reads, in order."""
    return map(typeset, _sentences(told))


def _sentences(told: Told) -> Iterator[str]:
    yield f"Nous avons reçu votre demande {told.reference} le {day(told.received_on)}."
    yield _service(told)
    if told.pieces and told.pieces_until:
        yield (
            f"Pour traiter votre demande, il nous faut encore : {', '.join(told.pieces)}. "
            f"Remettez-nous cela au plus tard le {day(told.pieces_until)}."
        )
    yield from _silence(told)


def _service(told: Told) -> str:
    contact = told.contact
    where = ", ".join(filter(None, [contact.service, told.authority, *contact.address]))
    ways = [f"téléphone : {contact.phone}"] if contact.phone else []
    ways += [f"courriel : {contact.email}"] if contact.email else []
    reached = f" ({' ; '.join(ways)})" if ways else ""
    return f"Le service qui suit votre demande est : {where}{reached}."


def _silence(told: Told) -> Iterator[str]:
    if told.status is Status.ESTIMATED:
        yield "C'est une préinscription : aucun délai de réponse ne court encore."
    elif told.status in {Status.WITHDRAWN, Status.CLOSED}:
        yield "Cette demande a pris fin : nous n'y répondrons plus."
    elif not told.awaits_an_answer:
        yield "Nous avons répondu à cette demande : voyez notre décision."
    elif told.clock is not None and told.clock.silence.effect is SilenceEffect.ACCEPTANCE:
        yield from _acceptance(told.clock)
    elif told.clock is not None:
        yield from _rejection(told, told.clock)


def _acceptance(clock: Clock) -> Iterator[str]:
    if clock.on is None:
        yield (
            "Le délai pour vous répondre ne court qu'à partir du jour où nous avons tout reçu "
            "(article L. 114-5 du code des relations entre le public et l'administration)."
        )
        return
    yield (
        f"Si vous n'avez pas de réponse de notre part le {day(clock.on)}, votre demande est "
        "acceptée (article L. 231-1 du code des relations entre le public et l'administration)."
    )
    yield "Vous pourrez alors nous demander une attestation qui le dit (article L. 232-3)."


def _rejection(told: Told, clock: Clock) -> Iterator[str]:
    if clock.on is None:
        return
    if clock.waiting:
        yield (
            "Le délai pour vous répondre est arrêté jusqu'à ce que nous ayons ces pièces, et au "
            "plus tard jusqu'au dernier jour pour les remettre (article L. 114-5 du code des "
            "relations entre le public et l'administration)."
        )
    yield (
        f"Si vous n'avez pas de réponse de notre part le {day(clock.on)}, votre demande est "
        "refusée (article L. 231-4 du code des relations entre le public et l'administration)."
    )
    yield (
        "Vous aurez alors deux mois pour contester ce refus : en nous écrivant, à la même "
        f"adresse, ou en saisissant {_tribunal(told.contact)} (articles R. 421-1 et R. 421-2 du "
        "code de justice administrative)."
    )


def _tribunal(contact: Contact) -> str:
    if contact.tribunal is None:
        return "le tribunal administratif dont dépend notre collectivité"
    place = f", {contact.tribunal_address}" if contact.tribunal_address else ""
    return f"ce tribunal : {contact.tribunal}{place}"
