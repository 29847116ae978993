"""What an answer said is shown as it came, also when it is not believed."""

import json
from typing import Any

import pytest

from services.verifier.provider.answer import Answered, Failure, Unanswered
from services.verifier.provider.endpoint import EAJE, QF
from services.verifier.provider.shown import shown_facts


def _answered(body: Any, status: int = 200) -> Answered:
    return Answered(status, {}, json.dumps(body).encode())


def test_the_figures_are_shown_under_their_own_names() -> None:
    """In euros, with zeros and partial dates as they came; unknown keys are not facts."""
    parameters = {
        "nombre_enfants_a_charge": 2,
        "nombre_enfants_beneficiaire_aeeh": 0,
        "base_ressources_annuelles": {"valeur": 40923, "annee_calcul": 2024},
    }
    people = [{"nom_naissance": "BERTHIER", "date_naissance": "1990-00-00", "sexe": None}]
    data = {"allocataires": people, "parametres_calcul_participation_familiale": parameters}

    assert data == shown_facts(_answered({"data": data | {"nouveau": 1}}), EAJE)


@pytest.mark.parametrize(
    "quotient",
    [{"valeur": 0}, {"valeur": None}, {}, None],
    ids=["zero", "null", "absent", "no object"],
)
def test_zero_null_and_absent_are_three_things(quotient: object) -> None:
    """And so is a null object."""
    data = {"quotient_familial": quotient}

    assert data == shown_facts(_answered({"data": data}), QF)


def test_cents_that_the_contract_does_not_have_are_shown_exactly() -> None:
    """As text: no float stands near money."""
    body = (
        b'{"data": {"parametres_calcul_participation_familiale":'
        b' {"base_ressources_annuelles": {"valeur": 40923.07}}}}'
    )
    shown = shown_facts(Answered(200, {}, body), EAJE)

    assert {"base_ressources_annuelles": {"valeur": "40923.07"}} == shown[
        "parametres_calcul_participation_familiale"
    ]


@pytest.mark.parametrize(
    "answer",
    [
        Unanswered(Failure.RESET),
        _answered({"errors": [{"code": "23003"}]}, status=404),
        _answered({"data": {"quotient_familial": {"valeur": "beaucoup"}}}),
        _answered({"data": []}),
        Answered(200, {}, b'{"data": '),
    ],
    ids=["no answer", "error", "outside the contract", "no object", "half a body"],
)
def test_what_is_no_answer_of_the_contract_shows_nothing(answer: Answered | Unanswered) -> None:
    """Facts are facts or are not there."""
    assert {} == shown_facts(answer, QF)
