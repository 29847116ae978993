"""The sheet of one application: all that an agent needs to settle it, as plain values.

It holds personal data: whoever asks for it is written down (`shown`). Where the State answered
about another family, nothing of that answer is on it.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.command.review.listing import clock_words
from services.command.review.office import Office
from services.command.review.opening import Opened
from services.command.review.returning import pieces_of
from services.command.review.words import CHANGES, KINDS, VERDICTS
from services.tariff.explanation.grounds import check_words
from services.tariff.explanation.prices import price_of
from shared.civil_status import CivilStatus
from shared.decisions import Change, DecisionKind, Verdict
from shared.evidence import EajeFacts, Facts, QfFacts
from shared.legal_clock import Clock
from shared.money import Money
from shared.paris import day_in_paris
from shared.protocol.reviewing.grounds import Asked
from shared.protocol.reviewing.holding import Latest
from shared.review_acts import PIECES
from shared.sentences import SENTENCES
from shared.states import Reason, Status
from shared.taxation import TaxFacts

_OF_ANOTHER_FAMILY = frozenset({Reason.INCONSISTENT})
_HUNDRED = 100


def sheet(office: Office, opened: Opened, clock: Clock | None) -> dict[str, Any]:
    """What there is to know; empty parts are left out."""
    one = opened.hand
    ours = one.reason not in _OF_ANOTHER_FAMILY
    parts = {
        "dossier": _standing(office, opened, clock),
        "demande": _asked(opened),
        "données certifiées": dict(_facts(opened)) if ours else {},
        "proposition": _proposal(opened, one.proposal) if ours and one.proposal else {},
        "en vigueur": _in_force(opened),
        "pièces attendues": _pieces(opened),
    }
    return {name: part for name, part in parts.items() if part}


def _standing(office: Office, opened: Opened, clock: Clock | None) -> dict[str, Any]:
    one = opened.hand
    reason = Reason(one.reason) if one.reason in set(Reason) else None
    found = {
        "référence": one.reference,
        "état": one.status.value,
        "motif": one.reason,
        "à faire": SENTENCES[reason].agent if reason else None,
        "collectivité": opened.terms.authority.name,
        "dispositif": opened.terms.told.name,
        "établissement": opened.structure,
        "reçu le": _day(day_in_paris(one.received_at)),
        "silence": clock_words(clock, office.today) or None,
        "à compter du": None if clock is None or clock.on is None else _day(clock.on),
    }
    return {name: value for name, value in found.items() if value is not None}


def _asked(opened: Opened) -> dict[str, Any]:
    application = opened.application
    child, care = application.child, application.care
    other = application.other_representative
    found = {
        "enfant": f"{' '.join(child.first_names)} {child.birth_name} ({_day(child.birth)})",
        "demandeur": _person(application.applicant),
        "autre représentant": None if other is None else _person(other),
        "identité": application.identity_assurance.value,
        "adresse": f"{application.address.line}, {application.address.postcode} "
        f"{application.address.city} ({application.address.commune})",
        "accueil": care.type.value,
        "début": _day(care.start),
        "fin": None if care.end is None else _day(care.end),
        "heures du contrat": None if care.hours is None else str(care.hours),
        "mensualités": care.instalments,
    }
    return {name: value for name, value in found.items() if value is not None}


def _person(person: CivilStatus) -> str:
    birth = person.birth
    whole = birth.month is not None and birth.day is not None
    born = f"{birth.day:02d}/{birth.month:02d}/{birth.year}" if whole else str(birth)
    return f"{' '.join(person.first_names)} {person.birth_name} ({born})"


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"


def _facts(opened: Opened) -> Iterator[tuple[str, Any]]:
    facts = opened.facts
    if facts is None:
        return
    asked = opened.hand.evidence.asked if opened.hand.evidence else None
    yield "source", facts.provenance.source
    yield "reçues le", _day(day_in_paris(facts.provenance.fetched_at))
    if asked is not None:
        yield "dossier interrogé", "celui de l'autre représentant légal"
    yield from ((name, value) for name, value in _figures(facts) if value is not None)


def _figures(facts: Facts) -> Iterator[tuple[str, Any]]:
    match facts:
        case EajeFacts():
            yield "enfants à charge", facts.children
            yield "dont AEEH", facts.aeeh_children
            yield "ressources annuelles", _euros(facts.annual_resources_cents)
            yield "année des ressources", facts.resources_year
            yield "enfant inscrit au dossier", facts.child_listed
            yield "adresse de la caisse", facts.address_line
            yield "ville de la caisse", facts.address_city
        case QfFacts():
            yield "quotient familial", facts.quotient_familial_euros
            yield "mois du quotient", _month(facts)
            yield "enfant inscrit au dossier", facts.child_listed
            yield "ville de la caisse", facts.address_city
        case TaxFacts():
            yield "revenu fiscal de référence", _euros(facts.income_of_reference_cents)
            yield "parts", _parts(facts.parts_hundredths)
            yield "année des revenus", facts.income_year
            yield "situation d'impôt", facts.tax_status.value


def _euros(cents: int | None) -> str | None:
    return None if cents is None else Money(cents).in_french


def _parts(hundredths: int | None) -> str | None:
    return None if hundredths is None else f"{hundredths // _HUNDRED},{hundredths % _HUNDRED:02d}"


def _month(facts: QfFacts) -> str | None:
    month = facts.answered or facts.asked
    return None if month is None else f"{month.year}-{month.month:02d}"


def _proposal(opened: Opened, proposal: Latest) -> dict[str, Any]:
    content = opened.content_of(proposal.sealed)
    corrected = "son barème a été corrigé depuis" if proposal.corrected else None
    return _decision(content, proposal.version, proposal.valid_from, corrected)


def _in_force(opened: Opened) -> dict[str, Any]:
    """The last version that binds, as the proposal would follow it."""
    if not opened.hand.before:
        return {}
    last = opened.hand.before[-1]
    found = _decision(opened.content_of(last.sealed), last.version, last.valid_from)
    return {name: found[name] for name in found if name != "explication"}


def _decision(
    content: Mapping[str, Any], version: int, starts: date, warned: str | None = None
) -> dict[str, Any]:
    record, said = content["record"], content.get("decision") or {}
    price = price_of(record)
    month = None if price is None else price.of_month
    owed = (said.get("difference") or {}).get("owed_cents")
    found = {
        "attention": warned,
        "version": version,
        "à partir du": _day(starts),
        "décision": KINDS[DecisionKind(said["kind"])] if "kind" in said else None,
        "motif": said.get("ground"),
        "prix": None if price is None else f"{price.of_unit.in_french} {price.per_unit}",
        "par mois": None if month is None else month.in_french,
        "ce qui change": [CHANGES[Change(why)] for why in said.get("because", ())] or None,
        "différence due": _euros(owed),
        "vérifications": [
            f"{check_words(one['check'])} : {VERDICTS[Verdict(one['verdict'])]}. {one['evidence']}"
            for one in said.get("admissibility", ())
        ]
        or None,
        "explication": content["explanation"],
    }
    return {name: value for name, value in found.items() if value is not None}


def _pieces(opened: Opened) -> list[str]:
    if opened.hand.status in {Status.WITHDRAWN, Status.CLOSED}:
        return []
    return [
        f"{PIECES[piece]}, avant le {Asked.read(request.ground).until:%d/%m/%Y} inclus"
        for request in opened.hand.asked
        for piece in pieces_of(opened, request.sealed)
    ]
