"""What `berceau decision` says, in French."""

from services.command.decision.checking import Erased, Fault, FaultKind, Whole
from services.command.decision.verifying import Verified

_FAULTS = {
    FaultKind.BYTES: "les octets enregistrés ont été changés",
    FaultKind.JOURNAL: "le journal ne connaît pas cette décision",
    FaultKind.UNOPENED: "le contenu scellé ne s'ouvre pas : octets, place ou clé ont changé",
    FaultKind.NOT_CANONICAL: "le contenu n'est pas du JSON canonique",
    FaultKind.COLUMNS: "la ligne et le contenu scellé ne disent pas la même chose",
    FaultKind.TARIFF_UNKNOWN: "son barème n'est ni livré ni publié ici",
    FaultKind.TARIFF_CHANGED: "son barème n'a plus la même empreinte",
    FaultKind.DRIFT: "recalculée, elle donne un autre résultat",
}


def fault_line(fault: Fault) -> str:
    """One fault, by reference and version; places of the record, never a figure."""
    places = f" ({', '.join(fault.places)})" if fault.places else ""
    return f"Dossier {fault.reference}, version {fault.version} : {_FAULTS[fault.kind]}{places}."


def version_line(version: int, found: Whole | Erased | Fault) -> str:
    """One version of one application that was replayed."""
    match found:
        case Whole(digest, size, recomputed=True):
            return f"Version {version} : recalculée à l'identique, {size} octets, {digest}."
        case Whole(digest, size):
            return f"Version {version} : fixée par un agent, intacte, {size} octets, {digest}."
        case Erased():
            return f"Version {version} : clé détruite (effacement), plus rien à relire."
        case Fault():
            return fault_line(found)


def summary(found: Verified) -> str:
    """What a whole check found."""
    parts = [
        _counted(found.recomputed, "recalculée à l'identique", "recalculées à l'identique"),
        _counted(found.settled, "fixée par un agent, intacte", "fixées par un agent, intactes"),
        _counted(found.erased, "effacée", "effacées"),
        _counted(found.faulty, "en défaut", "en défaut"),
    ]
    told = "Décisions vérifiées" if not found.faulty else "DÉCISIONS EN DÉFAUT"
    return f"{told} : {_counted(found.decisions, 'lue', 'lues')}, dont " + ", ".join(parts) + "."


def _counted(how_many: int, one: str, several: str) -> str:
    number = f"{how_many:,}".replace(",", "\u202f")
    return f"{number} {one if how_many < 2 else several}"  # noqa: PLR2004  # French plural
