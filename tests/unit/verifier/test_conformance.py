"""The built-in providers and the one of the how-to page owe the verifier the same."""

import json
from datetime import date
from typing import Any

from services.verifier.eaje import eaje
from services.verifier.provider.answer import Answered
from services.verifier.qf import qf
from shared import evidence
from tests.integration.providers.toy.berceau_registre import make
from tests.provider_conformance import FAMILY, ProviderConformance

_THIS_YEAR = date(2026, 11, 23).year


def _answered(status: int, **body: Any) -> Answered:
    return Answered(status, {}, json.dumps(body).encode())


def _person(birth_name: str) -> dict[str, str]:
    person = {"nom_naissance": birth_name, "prenoms": "AMINATA ROSE", "sexe": "F"}
    return person | {"date_naissance": str(FAMILY.applicant.birth)}


def _eaje(birth_name: str) -> Answered:
    resources = {"valeur": 36_000, "annee_calcul": _THIS_YEAR - 2}
    parameters = {"nombre_enfants_a_charge": 2, "base_ressources_annuelles": resources}
    return _answered(
        200,
        data={
            "allocataires": [_person(birth_name)],
            "enfants": [],
            "parametres_calcul_participation_familiale": parameters,
        },
    )


def _refused(status: int, code: str) -> Answered:
    return _answered(status, errors=[{"code": code, "title": "", "detail": ""}])


class TestEaje(ProviderConformance):
    provider = eaje("https://counter.test")
    certified = _eaje("LO")
    about_another = _eaje("BERTHIER")
    meanings = {  # noqa: RUF012  # never changed
        evidence.Inconsistent: _eaje("BERTHIER"),
        evidence.Forbidden: _refused(403, "00100"),
        evidence.NoFile: _refused(404, "23003"),
        evidence.NotIdentified: _refused(422, "36560"),
        evidence.InputRefused: _refused(422, "00420"),
        evidence.Busy: Answered(429),
        evidence.Unavailable: Answered(502),
        evidence.Unreadable: Answered(418),
    }


def _qf(birth_name: str, **changed: Any) -> Answered:
    quotient = {"fournisseur": "MSA", "valeur": 742, "annee": 2026, "mois": 11} | changed
    people = {"allocataires": [_person(birth_name)], "enfants": []}
    return _answered(200, data=people | {"quotient_familial": quotient})


class TestQf(ProviderConformance):
    provider = qf("https://counter.test")
    certified = _qf("LO")
    about_another = _qf("BERTHIER")
    meanings = {  # noqa: RUF012  # idem
        evidence.Inconsistent: _qf("BERTHIER"),
        evidence.Forbidden: _refused(401, "00103"),
        evidence.NoFile: _refused(404, "35003"),
        evidence.NotIdentified: _refused(422, "35560"),
        evidence.InputRefused: _refused(422, "35565"),
        evidence.Busy: _refused(503, "35020"),
        evidence.Unavailable: _refused(502, "35000"),
        evidence.Unreadable: _qf("LO", valeur=0.5),
    }


def _household(birth_name: str, **changed: Any) -> Answered:
    household = {
        "birth_name": birth_name,
        "children": 2,
        "aeeh_children": 0,
        "resources_cents": 3_600_000,
        "resources_year": _THIS_YEAR - 2,
        "births": ["2025-03-04"],
    }
    return _answered(200, **household | changed)


class TestToy(ProviderConformance):
    provider = make({"url": "https://register.test/"})
    certified = _household("LO")
    about_another = _household("BERTHIER")
    meanings = {  # noqa: RUF012  # idem
        evidence.Inconsistent: _household("BERTHIER"),
        evidence.Forbidden: Answered(401),
        evidence.NoFile: Answered(404),
        evidence.NotIdentified: Answered(422),
        evidence.Busy: Answered(429),
        evidence.Unavailable: Answered(503),
        evidence.Unreadable: _household("LO", children=1.5),
    }
