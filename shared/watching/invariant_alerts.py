"""Alerts of what must hold of every application, and does not."""

from collections.abc import Iterator, Mapping

from shared.watching.alert import Alert, Gravity
from shared.watching.figures import Finding, Invariant, Snapshot
from shared.watching.words import at_least, counted

_BROKEN: Mapping[Invariant, str] = {
    Invariant.NEXT_STEP: "sans suite prévue (ni date, ni personne)",
    Invariant.JOURNAL: "dont le journal a un trou ou ne dit pas l'état",
    Invariant.LEDGER: "dont le portail n'a pas été prévenu du dernier changement",
    Invariant.PROPOSAL_DATE: "en attente d'un agent au-delà du délai où le silence décide",
}
_REMEDIES: Mapping[Invariant, str] = {
    Invariant.NEXT_STEP: "Ouvrir leur chronologie ; ne rien écrire en base : c'est un défaut à "
    "signaler.",
    Invariant.JOURNAL: "berceau journal verify --reference, sur chacun ; ne rien corriger avant.",
    Invariant.LEDGER: "Le portail peut relire ces dossiers ; c'est un défaut à signaler.",
    Invariant.PROPOSAL_DATE: "berceau review list : les valider, ou constater la décision née du "
    "silence.",
}
_SHOWN = 3


def broken_invariants(now: Snapshot) -> Iterator[Alert]:
    """One alert for each invariant that does not hold; a late proposal can wait for the morning."""
    for one in now.findings:
        if one.broken:
            late = one.invariant is Invariant.PROPOSAL_DATE
            yield Alert(
                Gravity.WATCH if late else Gravity.BROKEN,
                f"{counted(one.broken, 'dossier')} {_BROKEN[one.invariant]} : {_named(one)}.",
                _REMEDIES[one.invariant],
            )


def _named(one: Finding) -> str:
    shown = ", ".join(one.named[:_SHOWN])
    return shown if one.broken <= _SHOWN else f"{shown} et {at_least(one.broken - _SHOWN)} de plus"
