"""Whatever comes over the wire, the translation is total: an outcome, never an exception."""

import json
from datetime import datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.verifier.provider.answer import Answered
from services.verifier.provider.translation import translate
from shared.application import Application
from shared.canonical import canonical_json
from shared.evidence import Certified, Outcome

_DATES = st.sampled_from(
    ["1992-07-19", "2012-04-00", "0000-00-00", "200&-04-23", "1992-00-19", "9999-99-99", "", "\0"]
)
_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, "", "\0", "0", "1e9", True, [], {}, [None], 10**30, 0.1, "L\ud800", "2"]
)
_TEXT = st.sampled_from(["LO", "Lô", "MARCHETTI LO", "AMINATA ROSE", "ZOE", "F", "M"]) | st.text()
_FIGURES = st.integers(0, 99_999) | st.integers() | st.floats(allow_nan=False)


def _objects(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects where each key may be missing, odd, or as it should be, with unknown keys beside."""
    known = st.fixed_dictionaries({}, optional={k: v | _ODD for k, v in values.items()})
    unknown = st.dictionaries(st.text(max_size=5), _ODD, max_size=2)
    return st.builds(lambda extra, kept: {**extra, **kept}, unknown, known)


_PERSON = _objects(
    nom_naissance=_TEXT, nom_usage=_TEXT, prenoms=_TEXT, date_naissance=_DATES, sexe=_TEXT
)
_APPLICANT = st.just(
    {"nom_naissance": "LO", "prenoms": "AMINATA", "date_naissance": "1992-07-19", "sexe": "F"}
)
_PEOPLE = st.lists(_APPLICANT | _PERSON | _ODD, max_size=3)
_PARAMETERS = _objects(
    nombre_enfants_a_charge=_FIGURES,
    nombre_enfants_beneficiaire_aeeh=_FIGURES,
    base_ressources_annuelles=_objects(valeur=_FIGURES, annee_calcul=st.integers(0, 3000)),
)
_ADDRESS = _objects(numero_libelle_voie=_TEXT, code_postal_ville=_TEXT)
_DATA = _objects(
    allocataires=_PEOPLE,
    enfants=_PEOPLE,
    adresse=_ADDRESS,
    parametres_calcul_participation_familiale=_PARAMETERS,
)
_CODES = st.sampled_from(["00355", "00420", "00402", "36560", "36561", "36020", "37003", "23003"])
_ERROR = st.builds(
    lambda rest, code: rest | {"code": code},
    _objects(
        title=_TEXT | st.just("Allocataire non éligible"),
        detail=_TEXT,
        source=_objects(parameter=_TEXT),
        meta=_objects(retry_in=_FIGURES, provider_error_code=_FIGURES),
    ),
    _CODES | _ODD,
)
_ERRORS = st.lists(_ERROR | _ODD, max_size=3)
_ENVELOPE = (
    _objects(data=_DATA, errors=_ERRORS)
    | st.fixed_dictionaries({"data": _DATA})
    | st.fixed_dictionaries({"errors": st.lists(_ERROR, min_size=1, max_size=3)})
)
_WHOLE = (_ENVELOPE | _ODD).map(lambda content: json.dumps(content).encode())
_CUT = st.builds(lambda body, at: body[:at], _WHOLE, st.integers(0, 200))
_BODIES = _WHOLE | _CUT | st.binary(max_size=50)
_HEADERS = st.dictionaries(
    st.sampled_from(["x-request-id", "x-response-cached", "retry-after", "ratelimit-reset"]),
    st.text() | st.integers().map(str) | st.just("Mon, 01 Jan 0001 00:00:00 +2359"),
)
_STATUSES = st.sampled_from([200, 204, 404, 409, 422, 429, 503]) | st.integers(100, 599)


_HUGE_EXPONENT = (
    b'{"data":{"parametres_calcul_participation_familiale":'
    b'{"base_ressources_annuelles":{"valeur":1e999999999999}}}}'
)


@settings(deadline=None, max_examples=300)
@given(status=_STATUSES, headers=_HEADERS, body=_BODIES)
def test_any_answer_is_an_outcome(
    application: Application, now: datetime, status: int, headers: dict[str, str], body: bytes
) -> None:
    """Missing keys, nulls, zeros, NULs, half bodies: always one of the closed set."""
    outcome = translate(Answered(status, headers, body), application, now)

    assert isinstance(outcome, get_args(Outcome))


@settings(deadline=None)
@given(body=st.builds(lambda data: json.dumps({"data": data}).encode(), _DATA))
def test_what_is_certified_can_be_sealed(
    application: Application, now: datetime, body: bytes
) -> None:
    """Certified facts always have canonical bytes: no surrogate, no endless number."""
    outcome = translate(Answered(200, {}, body), application, now)

    if isinstance(outcome, Certified):
        assert canonical_json(outcome.facts.model_dump(mode="json"))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"data":' * 100_000,
        b'{"data":' + b"9" * 5_000 + b"}",
        b'{"errors":[' + b'{"code":"00420"},' * 50_000 + b"{}]}",
        b"\xff\xfe\x00",
        _HUGE_EXPONENT,
    ],
    ids=["lists", "objects", "endless number", "many errors", "not UTF-8", "huge exponent"],
)
@pytest.mark.parametrize("status", [200, 404, 422, 503])
def test_hostile_bodies_are_outcomes(
    application: Application, now: datetime, status: int, body: bytes
) -> None:
    """Bodies made to break a parser break nothing."""
    outcome = translate(Answered(status, {}, body), application, now)

    assert isinstance(outcome, get_args(Outcome))
