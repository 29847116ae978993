"""The built-in provider and the one of the how-to page owe the verifier the same."""

import json
from datetime import date
from typing import Any

from services.verifier.eaje import Eaje
from services.verifier.provider.answer import Answered
from shared import evidence
from tests.integration.providers.toy.berceau_registre import make
from tests.provider_conformance import FAMILY, ProviderConformance

_THIS_YEAR = date(2026, 11, 23).year


def _answered(status: int, **body: Any) -> Answered:
    return Answered(status, {}, json.dumps(body).encode())


def _eaje(birth_name: str) -> Answered:
    person = {"nom_naissance": birth_name, "prenoms": "AMINATA ROSE", "sexe": "F"}
    born = {"date_naissance": str(FAMILY.applicant.birth)}
    resources = {"valeur": 36_000, "annee_calcul": _THIS_YEAR - 2}
    parameters = {"nombre_enfants_a_charge": 2, "base_ressources_annuelles": resources}
    return _answered(
        200,
        data={
            "allocataires": [person | born],
            "enfants": [],
            "parametres_calcul_participation_familiale": parameters,
        },
    )


def _refused(status: int, code: str) -> Answered:
    return _answered(status, errors=[{"code": code, "title": "", "detail": ""}])


class TestEaje(ProviderConformance):
    provider = Eaje("https://counter.test")
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
