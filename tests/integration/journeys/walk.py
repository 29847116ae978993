"""A walk through every page of the console: whom it is for, and how one comes there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from playwright.sync_api import Page

from shared.roles import Role

Act = Callable[[Page], None]


def _stay(_page: Page) -> None:
    """The address is enough."""


class Console(StrEnum):
    """Whose page it is: the scene's own, or that of one of its neighbours."""

    OWN = "own"
    ALONE = "alone"  # its record and its identity provider are away
    FEDERATED = "federated"  # its identity provider answers


@dataclass(frozen=True)
class Stop:
    """One page: where it is (the matrix' own path, or one of ours), and what leads on from there.

    `role` None: nobody is signed in.
    """

    name: str
    path: str
    role: Role | None = Role.OPS
    query: str = ""
    act: Act = field(default=_stay)
    console: Console = Console.OWN

    def url(self, things: Mapping[str, str]) -> str:
        """Its address, with things that are there."""
        return self.path.format_map(things) + self.query


def _preview(page: Page) -> None:
    page.get_by_role("radio", name="Tous ceux").check()
    page.get_by_role("button", name="Voir ce que cela ferait").click()


def _found(page: Page) -> None:
    page.get_by_label("Nom de famille").fill("Baudouin")
    page.get_by_label("Date de naissance").fill("2025-03-04")
    page.get_by_label("Pourquoi").fill("Appel de la famille.")
    page.get_by_role("button", name="Chercher").click()


def _resume(page: Page) -> None:
    page.get_by_role("button", name="Reprendre").first.click()


def _nothing_chosen(page: Page) -> None:
    page.get_by_label("Pourquoi", exact=True).fill("Essai.")
    page.get_by_role("button", name="Suspendre", exact=True).click()


def _link(page: Page) -> None:
    page.get_by_role("button", name="Faire un lien").first.click()


def _unknown(page: Page) -> None:
    page.get_by_label("Identifiant").fill("personne")
    page.get_by_label("Mot de passe").fill("Ce mot n’ouvre rien.")
    page.get_by_role("button", name="Entrer", exact=True).click()


def _too_often(page: Page) -> None:
    for _ in range(_MOST_TRIES):
        _unknown(page)
        if page.get_by_text("Trop d’essais").is_visible():
            return
    raise AssertionError("nobody is told to wait")


def _leave(page: Page) -> None:
    page.get_by_role("button", name="Se déconnecter").click()


def _outdated(page: Page) -> None:
    page.locator("main input[name=csrf]").first.evaluate("one => { one.value = 'x' }")
    _resume(page)


def _none_ticked(page: Page) -> None:
    page.get_by_role("button", name="Renvoyer celles qui sont cochées").click()


_MOST_TRIES = 10
STOPS = (
    Stop("veille", "/"),
    Stop("courbes", "/courbes"),
    Stop("dossiers", "/dossiers"),
    Stop("dossiers-filtres", "/dossiers", query="?state=DECIDED&sort=newest"),
    Stop("apercu", "/dossiers", query="?state=TO_REVIEW", act=_preview),
    Stop("dossier", "/dossiers/{reference}"),
    Stop("recherche", "/recherche", Role.AGENT),
    Stop("trouves", "/recherche", Role.AGENT, act=_found),
    Stop("actions", "/actions"),
    Stop("action", "/actions/{action}"),
    Stop("suspensions", "/pauses"),
    Stop("reprendre", "/pauses", act=_resume),
    Stop("suspensions-erreur", "/pauses", act=_nothing_chosen),
    Stop("campagnes", "/campagnes"),
    Stop("campagne", "/campagnes/{campaign}"),
    Stop("livraisons", "/livraisons"),
    Stop("acces", "/acces"),
    Stop("acces-lien", "/acces", act=_link),
    Stop("acces-fermer", "/acces/{person}/fermer"),
    Stop("compte", "/compte"),
    Stop("registre", "/registre", Role.DPO),
    Stop("mes-acces", "/compte/acces", Role.AGENT),
    Stop("entrer", "/entrer", None),
    Stop("entrer-lien", "/entrer/lien/{token}", None),
    Stop("lien-perime", "/entrer/lien/{spent}", None),
    Stop("entrer-erreur", "/entrer", None, act=_unknown),
    Stop("entrer-attente", "/entrer", None, act=_too_often),
    Stop("entrer-fournisseur", "/entrer", None, console=Console.FEDERATED),
    Stop("entrer-inconnu", "/entrer/ailleurs", None, console=Console.FEDERATED),
    Stop("entrer-non-prouve", "/entrer/retour", None, console=Console.FEDERATED),
    Stop("entrer-fournisseur-muet", "/entrer/ailleurs", None, console=Console.ALONE),
    Stop("sorti", "/compte", act=_leave),
    Stop("sorti-fournisseur", "/compte", act=_leave, console=Console.FEDERATED),
    Stop("inconnue", "/nulle-part"),
    Stop("dossier-inconnu", "/dossiers/{nobody_s}"),
    Stop("refusee", "/acces", Role.DPO),
    Stop("formulaire-perime", "/pauses", act=_outdated),
    Stop("livraisons-aucune", "/livraisons", act=_none_ticked),
    Stop("postgresql-muet", "/", console=Console.ALONE),
)
"""Each page of the matrix, and the pages that only a form or an error leads to."""

NO_PAGES: Mapping[str, str] = {
    "/healthz": "a few words for machines",
    "/console.css": "a style sheet",
    "/theme.css": "a style sheet",
    "/live.js": "a script",
    "/evenements": "a stream",
    "/actions/{action}/evenements": "a stream",
    "/campagnes/{campaign}/evenements": "a stream",
}
"""What the matrix lets one read that no browser shows, and why."""
