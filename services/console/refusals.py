"""Refusals: why a page is not shown or a form not taken, in the words of whoever asked."""

import re
from dataclasses import dataclass

REFERENCE = re.compile(r"[A-Za-z0-9-]{1,60}\Z")


@dataclass(frozen=True, slots=True)
class Way:
    """A link that leads on: a path of ours, and what it is called."""

    path: str
    label: str


OVERVIEW = Way("/", "Page de veille")
APPLICATIONS = Way("/dossiers", "Dossiers")


class Refusal(Exception):  # noqa: N818  # an answer, no fault of ours
    """Not so: a status, a title, a sentence on what to do, and the way there; shown as a page."""

    def __init__(self, status: int, title: str, text: str, *, way: Way = OVERVIEW) -> None:
        super().__init__(title)
        self.status, self.title, self.text, self.way = status, title, text, way


class SignInFirst(Exception):  # noqa: N818  # idem
    """Nobody is signed in: the sign-in page is shown instead, and leads back."""


def unknown_page() -> Refusal:
    """There is no such page, or not for whoever asks: the two are told alike."""
    return Refusal(404, "Cette page n'existe pas", "Revenir à la page de veille.")


def unreadable_request() -> Refusal:
    """Something of it is no text, date or number that anything here can be."""
    return Refusal(400, "Demande illisible", "Revenir à la page et recommencer.")


def unknown_application() -> Refusal:
    """No application in reach has this reference."""
    return Refusal(
        404,
        "Aucun dossier n'a cette référence",
        "Une référence n'a que des lettres, des chiffres et des traits d'union : la recopier telle "
        "que le portail l'a reçue.",
        way=APPLICATIONS,
    )


def not_yours() -> Refusal:
    return Refusal(
        403,
        "Cette page n'est pas dans votre rôle",
        "Si elle devait l'être, le demander à la personne qui gère les accès.",
    )


def form_too_old() -> Refusal:
    return Refusal(
        403,
        "Formulaire périmé",
        "La page était ouverte depuis trop longtemps, ou vient d'ailleurs. Y revenir et "
        "recommencer : rien n'a été fait.",
    )
