"""What an audit of the journal found, in French sentences."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date

from shared.protocol.seals import public_text
from shared.watching.auditing import Audit
from shared.watching.faults import DayFault, DayTrouble, LineFault, LineTrouble
from shared.watching.words import counted, number, typeset

_LINES = {
    LineTrouble.MISSING: "la ligne {n} manque.",
    LineTrouble.CHANGED: "la ligne {n} a été changée.",
    LineTrouble.UNLINKED: "la ligne {n} ne suit pas celle d'avant : l'une des deux a été changée.",
    LineTrouble.ADDED: "la ligne {n} a été ajoutée hors de l'application.",
}
_DAYS = {
    DayTrouble.MISSING: "le sceau manque.",
    DayTrouble.FOREIGN: "signé par une clé inconnue.",
    DayTrouble.UNSIGNED: "signature fausse : le sceau, ou celui de la veille, a été changé.",
    DayTrouble.DIFFERENT: "le journal n'est plus celui qui a été scellé ce jour-là.",
}


def audit_lines(audit: Audit, *, trusted: AbstractSet[bytes]) -> Iterator[str]:
    """The whole report, a sentence a line."""
    yield from map(typeset, _faults(audit))
    yield typeset(_summary(audit))
    if audit.newest is not None:
        yield typeset(f"Dernier sceau : {_day(audit.newest.day)}, racine {audit.newest.root.hex()}")
        yield from map(typeset, _keys(audit, trusted))


def one_line(audit: Audit) -> str:
    """The report on one application."""
    told = [_line(fault) for fault in audit.line_faults]
    lines = counted(audit.lines, "ligne")
    return typeset(told[0] if told else f"La chaîne de ce dossier est intacte ({lines}).")


def day_of_seal(day: date, heads: int, root: bytes) -> str:
    """A day that was just sealed."""
    return typeset(f"{_day(day)} : scellé, {counted(heads, 'dossier')}, racine {root.hex()}")


def _faults(audit: Audit) -> Iterator[str]:
    yield from (_line(fault) for fault in audit.line_faults)
    others = audit.faulty - len(audit.line_faults)
    if others:
        yield f"Et {number(others)} autres dossiers dont la chaîne est rompue."
    yield from (_days(fault) for fault in audit.day_faults)


def _line(fault: LineFault) -> str:
    return f"Dossier {fault.reference} : {_LINES[fault.trouble].format(n=fault.sequence)}"


def _days(fault: DayFault) -> str:
    if fault.first == fault.last:
        return f"Journée du {_day(fault.first)} : {_DAYS[fault.trouble]}"
    return f"Du {_day(fault.first)} au {_day(fault.last)}, chaque jour : {_DAYS[fault.trouble]}"


def _summary(audit: Audit) -> str:
    read = (
        f"{counted(audit.applications, 'dossier')}, {counted(audit.lines, 'ligne')}, "
        f"{number(audit.seals)} {'sceaux' if audit.seals > 1 else 'sceau'}"
    )
    if not audit.whole:
        return f"Le journal a été altéré. Lu : {read}."
    if not audit.seals:
        return f"Chaînes intactes, mais rien n'est scellé. Lu : {read}."
    return f"Journal intact. Lu : {read}."


def _keys(audit: Audit, trusted: AbstractSet[bytes]) -> Iterator[str]:
    if trusted:
        return
    yield (
        "Aucune clé publique n'a été donnée : chaque signature est vérifiée avec la clé écrite à "
        "côté d'elle, ce qui ne dit pas qui a signé. Comparez, ou donnez --public-key :"
    )
    yield from (f"  {public_text(key)}" for key in audit.public_keys)


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
