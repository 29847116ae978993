"""What a campaign says to people, in French."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from shared.campaigns import CampaignKind, CampaignState, LeftOut
from shared.protocol.campaigning.progress import CampaignTold, Progress
from shared.watching.words import (
    campaign_words,
    counted,
    duration,
    moment,
    number,
    reason_words,
    typeset,
)

KINDS: Mapping[CampaignKind, str] = {
    CampaignKind.REPRICING: "données redemandées à l'État",
    CampaignKind.FROM_EVIDENCE: "données déjà certifiées",
    CampaignKind.CORRECTION: "correction d'un barème",
}
LEFT_OUT: Mapping[LeftOut, str] = {
    LeftOut.CARE_ENDED: "accueil terminé",
    LeftOut.NOT_BEGUN: "accueil pas encore commencé",
    LeftOut.AID_REFUSED: "aide refusée",
    LeftOut.IN_HAND: "déjà en cours de traitement",
    LeftOut.ERASED: "données effacées",
    LeftOut.WITHDRAWN: "retiré par la famille",
    LeftOut.CLOSED: "clos par un agent",
    LeftOut.CANCELLED: "campagne annulée avant son tour",
}
BECAUSE: Mapping[str, str] = {
    "resources": "ressources",
    "children": "nombre d'enfants",
    "disability": "AEEH",
    "tariff": "barème",
    "hours": "heures réservées",
    "residence": "résidence",
    "quotient": "quotient familial",
    "rank": "rang de l'enfant",
    "correction": "correction d'un barème",
}
_WHOLE = 100


def campaign_lines(told: CampaignTold, at: Progress, *, opens_at: datetime | None) -> Iterator[str]:
    """The whole of a campaign, a sentence a line; `opens_at` while the State is waited for."""
    yield from map(typeset, _lines(told, at, opens_at))


def one_line(told: CampaignTold, at: Progress) -> str:
    """A campaign on a line of a list."""
    return typeset(f"{told.code} : {campaign_words(told.state)}, {_share(at)}{_rest(at)}")


def left_out_words(why: str) -> str:
    """Why a member is left out; a word that this code does not know stands as it is."""
    return LEFT_OUT[LeftOut(why)] if why in set(LeftOut) else why


def because_words(word: str) -> str:
    """Why a version differs."""
    return BECAUSE.get(word, word)


def day(value: date) -> str:
    return f"{value:%d/%m/%Y}"


def _lines(told: CampaignTold, at: Progress, opens_at: datetime | None) -> Iterator[str]:
    yield f"Campagne {told.code} : {campaign_words(told.state)}"
    yield f"  {_what(told)} ; {KINDS[told.kind]}{_drafts(told)}."
    yield f"  Lancée le {moment(told.started_at)} UTC par {told.started_by.partition(':')[2]}."
    yield f"  {_share(at)}."
    yield f"  {_outcomes(at)}."
    yield from _when(told, at, opens_at)
    yield from _details("À instruire", {reason_words(k): n for k, n in at.to_review.items()})
    yield from _details("En attente", {reason_words(k): n for k, n in at.parked.items()})
    yield from _details("Laissés de côté", {left_out_words(k): n for k, n in at.left_out.items()})
    if at.proposed:
        yield f"  {counted(at.proposed, 'projet')} à valider par un agent."


def _what(told: CampaignTold) -> str:
    if told.tariff is not None:
        return f"Décisions fondées sur {' '.join(told.tariff)}, collectivité {told.authority}"
    since = "" if told.effective_on is None else f", à compter du {day(told.effective_on)}"
    return f"Dispositif {told.authority}/{told.scheme}{since}"


def _drafts(told: CampaignTold) -> str:
    return " ; chaque tarif attend l'accord d'un agent" if told.drafts else ""


def _share(at: Progress) -> str:
    done = at.fed - at.under_way
    percent = _WHOLE * done // at.members if at.members else _WHOLE
    return f"{number(done)} sur {counted(at.members, 'dossier')} ({percent} %)"


def _rest(at: Progress) -> str:
    return "" if at.left is None else f", fin dans {duration(at.left)}"


def _outcomes(at: Progress) -> str:
    parts = {
        "changent": at.changed,
        "inchangés": at.same,
        "à valider": at.proposed,
        "à instruire": sum(at.to_review.values()),
        "en attente d'une date": sum(at.parked.values()),
        "en quarantaine": at.quarantined,
        "rouverts ou clos depuis": at.settled_otherwise,
        "en cours": at.under_way,
        "à reprendre": at.waiting,
        "laissés de côté": sum(at.left_out.values()),
    }
    told = [f"{number(count)} {what}" for what, count in parts.items() if count]
    return ", ".join(told) or "Aucun dossier"


def _when(told: CampaignTold, at: Progress, opens_at: datetime | None) -> Iterator[str]:
    if opens_at is not None and at.waiting:
        yield f"  Rien n'est demandé avant le {moment(opens_at)} UTC : l'État ne sait pas encore."
    if told.state is CampaignState.RUNNING and at.a_minute and at.waiting + at.under_way:
        yield f"  {number(round(at.a_minute))} par minute, fin dans {duration(at.left)}."
    if at.next_wake is not None:
        yield f"  Prochain réveil : {moment(at.next_wake)} UTC."


def _details(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    if counts:
        yield f"  {title} :"
    for what, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"    {what} : {number(count)}"
