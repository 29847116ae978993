"""Faults: what is wrong with what was given, where, and the remedy, in French."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_core import ErrorDetails

_REMEDIES = {
    "missing": "manque : ajoutez cette valeur",
    "string_type": "un texte est attendu",
    "tuple_type": "une liste est attendue",
    "int_parsing": "écrivez un nombre entier",
    "int_parsing_size": "écrivez un nombre entier",
    "int_type": "écrivez un nombre entier",
    "uuid_parsing": "n'est pas un identifiant : recopiez celui de la liste",
    "uuid_type": "n'est pas un identifiant : recopiez celui de la liste",
    "too_long": "trop de valeurs : gardez celles qui servent",
    "model_type": "des mots et leurs valeurs sont attendus ici",
}
_UNKNOWN = "mot inconnu : corrigez-le ou retirez-le"
_REFUSED = "cette valeur n'est pas acceptée : voyez « --help »"
_SECRETS = {
    "token": "un jeton ne passe jamais par ici : « berceau habilitation change CODE --token-file »",
    "key": "une clé ne passe jamais par ici : « berceau portal key mint PORTAIL »",
}
_FAILURES: dict[type[OSError], str] = {
    FileNotFoundError: "le fichier ou son dossier n'existe pas",
    FileExistsError: "un fichier a déjà ce nom",
    NotADirectoryError: "un fichier est là où un dossier est attendu",
    IsADirectoryError: "c'est un dossier",
    PermissionError: "droits insuffisants",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: the field, what is said of it, and where it was read, if in a file."""

    field: str
    said: str
    place: str = ""

    def __str__(self) -> str:
        return " : ".join(part for part in (self.place, self.field, self.said) if part) + "."


class RecordsError(Exception):
    """What was given is refused as a whole; nothing was written."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class UnknownRecordError(Exception):
    """No record has this name; the message says how to see those that exist."""


def in_french(detail: ErrorDetails) -> Fault:
    """What pydantic refuses, as a person reads it; never the value, which may be a secret."""
    field = ".".join(str(part + 1 if isinstance(part, int) else part) for part in detail["loc"])
    return Fault(field, _said(detail, field))


def unknown_word(field: str, place: str = "") -> Fault:
    """A field that no record has; the name of a secret is told where secrets go."""
    return Fault(field, _SECRETS.get(field.rpartition(".")[2], _UNKNOWN), place)


def _said(detail: ErrorDetails, field: str) -> str:
    if detail["type"] == "extra_forbidden":
        return unknown_word(field).said
    if detail["type"] == "refused":
        return detail["msg"]
    if detail["type"] in {"greater_than_equal", "less_than_equal"}:
        bound = detail["ctx"].get("ge", detail["ctx"].get("le"))
        side = "au moins" if "ge" in detail["ctx"] else "au plus"
        return f"hors des bornes : {side} {bound}"
    return _REMEDIES.get(detail["type"], _REFUSED)


def why(failed: OSError) -> str:
    """Why a file could not be read or written, as a person reads it."""
    known = (french for kind, french in _FAILURES.items() if isinstance(failed, kind))
    return next(known, failed.strerror or "erreur du système")


def refuse_any(faults: Sequence[Fault]) -> None:
    """Refuse as soon as one thing is wrong.

    Raises:
        RecordsError: with every fault at once.
    """
    if faults:
        raise RecordsError(*faults)
