"""What a request lacks is told field by field, and nothing that it has."""

from typing import TYPE_CHECKING, Any

import pytest

from services.command.habilitation import lacks
from services.command.habilitation.catalogue import EAJE, TAX

if TYPE_CHECKING:
    from services.command.records.models import Authority
    from tests.unit.habilitation.conftest import Makes

_NAMES = [scope.name for scope in EAJE.scopes]


def _fields(right: "Makes", authority: "Authority", *args: Any, **changes: Any) -> list[str]:
    return [one.field for one in lacks.of_request(right(*args, **changes), authority.siret)]


def test_the_demos_dossier_is_whole(right: "Makes", authority: "Authority") -> None:
    """So that its texts can be read by whoever tries Berceau."""
    assert [] == _fields(right, authority)
    assert [] == lacks.of_grant(right())


@pytest.mark.parametrize(
    ("dossier", "field", "said"),
    [
        ({"title": ""}, "dossier.title", "intitulé"),
        ({"purpose": None}, "dossier.purpose", "finalité"),
        ({"simplification": ""}, "dossier.simplification", "usager"),
        ({"legal_bases": []}, "dossier.legal_bases", "article par article"),
        ({"legal_bases": ["RGPD"]}, "dossier.legal_bases", "L. 114-8"),
        ({"recipients": []}, "dossier.recipients", "destinataires"),
        ({"retention_months": None}, "dossier.retention_months", "mois"),
        ({"retention_months": 37}, "dossier.retention_reason", "plus de 36 mois"),
        ({"convention": {}}, "dossier.convention.date", "CAF"),
        ({"scopes": _NAMES[:3]}, "dossier.scopes", _NAMES[3]),
        ({"scopes": [*_NAMES, "cnaf_adresse"]}, "dossier.scopes", "ne s'en sert pas"),
        ({"volume": {"per_minute": 1, "per_day": 1}}, "dossier.volume.per_year", "par an"),
        ({"contacts": {}}, "dossier.contacts.controller", "responsable de traitement"),
    ],
)
def test_each_thing_that_is_missing_is_told(
    right: "Makes", authority: "Authority", dossier: dict[str, Any], field: str, said: str
) -> None:
    """By its field, with the word that finds it in the form."""
    found = lacks.of_request(right(dossier), authority.siret)

    assert field == found[0].field
    assert said in found[0].said


def test_a_deliberation_names_each_datum_that_is_asked_for(
    right: "Makes", authority: "Authority"
) -> None:
    """An article of the code does not replace it; what is not asked for need not be named."""
    act = {"number": "1", "date": "2026-01-15", "data": ["ressources", "enfants_a_charge"]}
    found = lacks.of_request(right({"deliberation": act}), authority.siret)
    fewer = right(
        {"deliberation": act, "scopes": [name for name in _NAMES if "adresse" not in name]}
    )

    assert ["« adresse »", "« enfants_aeeh »"] == [
        one.said.split("il manque ")[1].split(",")[0] for one in found
    ]
    assert ["dossier.deliberation.data"] == [
        one.field for one in lacks.of_request(fewer, authority.siret)
    ]


def test_a_recipient_is_an_establishment_of_the_authority(
    right: "Makes", authority: "Authority"
) -> None:
    """Another administration asks for its own habilitation."""
    assert ["recipient"] == _fields(right, authority, recipient="35600000049837")


def test_the_tax_office_wants_a_year_and_its_own_identifiers(
    right: "Makes", authority: "Authority"
) -> None:
    """Either way of asking for the last year; and no convention with the CAF."""
    needed = [scope.name for scope in TAX.scopes if scope.needed]
    act = {"number": "1", "date": "2026-01-15", "data": ["revenu_fiscal_de_reference"]}
    tax = {"scopes": needed, "deliberation": act, "convention": {}}

    [year] = lacks.of_request(right(tax, provider="dgfip"), authority.siret)
    dated = right(tax | {"scopes": [*needed, TAX.alternatives[1]]}, provider="dgfip")
    assert "dgfip_annee_n_moins_1" in year.said
    assert [] == lacks.of_request(dated, authority.siret)
    assert ["dossier.teleservice", "dossier.client_id"] == [
        one.field for one in lacks.of_grant(dated)
    ]
