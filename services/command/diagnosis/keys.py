"""Checks of what must be kept: the key ring, the keys that applications need, the tokens."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from stdnum.fr import siret

from services.command.diagnosis.facts import Facts, Record, Right, SecretFile, Token
from services.command.diagnosis.finding import Finding, broken, fine, watch
from shared.watching.words import counted

_OTHERS = 0o077
_RENEWAL = {  # days left, and what that asks
    15: "Urgent : demander un nouveau jeton aujourd'hui, les appels cesseront à cette date.",
    30: "Demander le nouveau jeton cette semaine.",
    60: "Demander le nouveau jeton ce mois-ci.",
    90: "Prévoir la demande d'un nouveau jeton.",
}
_NEW_RING = (
    "Remettre la sauvegarde du trousseau à sa place (BERCEAU_KEY_RING_FILE) ; pour une "
    "installation neuve seulement, berceau keys new."
)
_RESTORE_KEY = (
    "Remettre un trousseau qui a cette clé : sans elle, ce qu'elle protège est illisible à jamais."
)


def ring_is_whole(facts: Facts) -> Iterator[Finding]:
    """The ring's file is there, is a ring, and is its owner's alone."""
    names = facts.ring.names
    if names is None:
        yield broken(f"Trousseau de clés illisible : {facts.ring.file.path}.", _NEW_RING)
    else:
        yield fine(f"Trousseau de clés lu : {counted(len(names), 'clé')}.")
    yield from _closed(facts.ring.file, "Trousseau de clés")


def seal_key_is_closed(facts: Facts) -> Iterator[Finding]:
    """The key that signs the journal's daily root, when there is one, is its owner's alone."""
    if facts.seal_key is None:
        return
    if facts.seal_key.mode is None:
        yield broken(
            f"Clé de scellement absente : {facts.seal_key.path}.",
            "Remettre le fichier à sa place, ou retirer BERCEAU_SEAL_KEY_FILE.",
        )
    yield from _closed(facts.seal_key, "Clé de scellement")


def _closed(file: SecretFile, name: str) -> Iterator[Finding]:
    if file.mode is None:
        return
    if file.mode & _OTHERS:
        yield broken(
            f"{name} à portée d'autres comptes (mode {file.mode:04o}).", f"chmod 600 {file.path}"
        )
    else:
        yield fine(f"{name} hors de portée des autres comptes (mode {file.mode:04o}).")


def keys_are_at_hand(facts: Facts, record: Record) -> Iterator[Finding]:
    """Every key that wraps an application's own key is in the ring."""
    if facts.ring.names is None or record.ring_keys is None:
        return
    missing = {name: n for name, n in record.ring_keys.items() if name not in facts.ring.names}
    for name, count in missing.items():
        yield broken(
            f"Clé « {name} » absente du trousseau : {counted(count, 'dossier')} "
            f"{'illisibles' if count > 1 else 'illisible'}.",
            _RESTORE_KEY,
        )
    if not missing:
        total = sum(record.ring_keys.values())
        yield fine(f"Le trousseau a les clés de tous les dossiers ({counted(total, 'dossier')}).")


def rights_are_usable(facts: Facts, record: Record) -> Iterator[Finding]:
    """Each habilitation has a token that opens and lasts, and a recipient that exists."""
    for right in record.rights or ():
        yield _token(right, facts.at)
        if not siret.is_valid(right.recipient):
            yield broken(
                f"Habilitation « {right.code} » : le SIRET du destinataire n'est pas valide.",
                "Le corriger : le guichet de l'État refuse les appels sans destinataire exact.",
            )
    if record.rights == ():
        yield watch(
            "Aucune habilitation : rien ne peut être demandé à l'État.",
            "Enregistrer l'habilitation de la collectivité et son jeton.",
        )


def _token(right: Right, at: datetime) -> Finding:
    name = f"Jeton de l'habilitation « {right.code} »"
    match right.token:
        case Token.KEY_MISSING:
            return broken(f"{name} : sa clé manque au trousseau.", _RESTORE_KEY)
        case Token.UNREADABLE:
            return broken(f"{name} : illisible.", "Enregistrer de nouveau le jeton.")
        case Token.NOT_TRIED:
            return watch(f"{name} : non vérifié, faute de trousseau.", _NEW_RING)
        case Token.OPENED:
            return _life(name, None if right.ends_at is None else right.ends_at - at)


def _life(name: str, left: timedelta | None) -> Finding:
    if left is None:
        return watch(
            f"{name} : lu, échéance inconnue.",
            "Noter sa date de fin avec l'habilitation, pour être prévenu à temps.",
        )
    if left <= timedelta(0):
        return broken(f"{name} : expiré.", "Demander un nouveau jeton, puis l'enregistrer.")
    for days, remedy in _RENEWAL.items():
        if left <= timedelta(days=days):
            return watch(f"{name} : expire dans {counted(left.days, 'jour')}.", remedy)
    return fine(f"{name} : lu, encore {counted(left.days, 'jour')}.")
