"""The texts of a request: what is pasted into DataPass, and nothing that Berceau does not do."""

import re
from typing import TYPE_CHECKING

from services.command.habilitation import texts
from services.command.habilitation.catalogue import EAJE, QF, SERVICES, TAX, known_scopes
from services.command.records.dossier import Datum
from services.command.records.fields import served

if TYPE_CHECKING:
    from services.command.records.models import Authority
    from tests.unit.habilitation.conftest import Makes

_STEPS = [
    "## 1. Le projet",
    "## 2. Les modalités d'appel",
    "## 3. Le traitement des données",
    "## 4. Le cadre juridique",
    "## 5. Les données",
    "## 6. La sécurité",
    "## 7. Les personnes",
    "## À joindre",
]
_TAX = {
    "scopes": [scope.name for scope in TAX.scopes],
    "deliberation": {"number": "7", "date": "2026-01-15", "data": ["revenu_fiscal_de_reference"]},
    "convention": {},
}


def test_the_steps_of_the_form_are_there_in_their_order(
    right: "Makes", authority: "Authority"
) -> None:
    """With the records' own words under each."""
    page = texts.write(right(), authority)

    assert _STEPS == re.findall(r"^## .*$", page, re.MULTILINE)
    for said in (
        "Ville de Loire (SIRET 21130000900019)",
        "Tarification des crèches de Berceau-sur-Loire",
        "Délibération n° 2026-001 du 15/01/2026",
        "signée le 20/01/2026",
        "36 mois.",
        "Camille Inventé, déléguée à la protection des données, dpo@berceau-sur-loire.example",
        "1\u202f080 par minute",
    ):
        assert said in page


def test_each_scope_is_asked_for_with_its_ground(right: "Makes", authority: "Authority") -> None:
    """One row each, and what the deliberation names of it; nothing that is not asked for."""
    page = texts.write(right(), authority)
    rows = re.findall(r"^\| `(\w+)` \| .+ \| (.+) \|$", page, re.MULTILINE)

    assert [(scope.name, scope.why) for scope in EAJE.scopes] == [
        (name, why.split(" Nommé par")[0].split(" Ne sert qu'à")[0]) for name, why in rows
    ]
    assert not [name for name in (one.name for one in QF.scopes) if name in page]


def test_each_article_says_what_it_asks_and_how_it_is_kept(
    right: "Makes", authority: "Authority"
) -> None:
    """One that is not known is left to the authority, and nothing is invented of it."""
    bases = ["Article L. 114-8 du CRPA", "Article R. 114-9-3 du CRPA", "Loi 78-17, article 47"]
    page = texts.write(right({"legal_bases": bases}), authority)
    said = dict(re.findall(r"^### (.+)\n\n(.+)$", page, re.MULTILINE))

    assert "strictement nécessaires" in said[bases[0]]
    assert "Texte invoqué par la collectivité." == said[bases[1]]
    assert "données de santé" in said[bases[2]]


def test_a_request_to_the_tax_office_is_its_own(right: "Makes", authority: "Authority") -> None:
    """By tax number, with what its production form asks; no word of the CAF's convention."""
    page = texts.write(right(_TAX, provider="dgfip"), authority)

    for said in ("numéro fiscal (SPI)", "ID_Teleservice", "Recette, homologation", "50 appels"):
        assert said in page
    assert "Convention d'objectifs" not in page
    assert "AEEH" not in page


def test_no_blank_is_left_to_fill(right: "Makes", authority: "Authority") -> None:
    """Neither a None nor three empty lines, whichever the counter."""
    for page in (
        texts.write(right(), authority),
        texts.write(right(_TAX, provider="dgfip"), authority),
    ):
        assert "None" not in page
        assert "\n\n\n" not in page
        assert page.endswith("\n")


def test_every_endpoint_of_the_state_has_its_service() -> None:
    """And every datum is asked for somewhere; no scope is told twice."""
    names = [scope.name for scope in known_scopes(SERVICES)]

    assert {*served("api_particulier"), *served("dgfip")} == set(SERVICES)
    assert {*Datum} == {datum for scope in known_scopes(SERVICES) for datum in scope.data}
    assert len(names) == len(set(names))
