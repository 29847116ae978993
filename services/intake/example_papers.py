"""Example papers: a letter and rules, cut short. OpenAPI shows them."""

from typing import Any

from services.intake.papers import Format

_HEAD: dict[str, Any] = {
    "format": "berceau-paper/1",
    "dated": "2026-11-23",
    "sender": ["Ville de Valmoisin", "Service petite enfance"],
    "facts": [{"label": "Dossier", "value": "7K3F-9QXM-2WT3"}],
}
_ADDRESS = ["Aminata LO", "3 rue des Tilleuls", "13990 Valmoisin"]


def _section(name: str, title: str, sentence: str, text: str) -> dict[str, Any]:
    block = {"type": "paragraph", "sentences": [{"name": sentence, "text": text}]}
    return {"name": name, "title": title, "blocks": [block]}


LETTER = {
    **_HEAD,
    "kind": "letter",
    "title": "Votre tarif pour Zoé",
    "recipient": _ADDRESS,
    "sections": [
        _section(
            "answer",
            "Notre décision",
            "answer.fee",
            "Pour Zoé, vous payez 233,22 € par mois à partir du 1er septembre 2026.",
        )
    ],
    "closing": ["Hélène Bastide", "Directrice de la petite enfance", "Service petite enfance"],
}
APPLIED = {
    **_HEAD,
    "kind": "rules_applied",
    "title": "Les règles appliquées à votre dossier 7K3F-9QXM-2WT3",
    "recipient": _ADDRESS,
    "sections": [
        _section(
            "contribution",
            "1. Le degré et le mode de contribution du traitement",
            "contribution.degree",
            "Degré : le traitement a fait tout le calcul, et une personne a décidé de le suivre.",
        )
    ],
    "closing": [],
}
RULES = {
    **_HEAD,
    "kind": "rules_in_force",
    "title": "Les règles de nos barèmes : Ville de Valmoisin",
    "facts": [{"label": "En vigueur le", "value": "23 novembre 2026"}],
    "recipient": [],
    "sections": [
        _section(
            "scheme-1",
            "Crèches municipales",
            "scheme.purpose",
            "Le traitement sert à calculer ce que vous payez.",
        )
    ],
    "closing": [],
}
BEGINNINGS = {
    Format.HTML: '<!doctype html>\n<html lang="fr">\n…',
    Format.PDF: "%PDF-1.7 …",
}
"""How the formats begin of which JSON cannot show more."""
