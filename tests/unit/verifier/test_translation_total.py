"""Whatever comes over the wire, at any endpoint: an outcome, never an exception."""

import asyncio
import json
from datetime import datetime
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.verifier.provider.answer import Answered
from services.verifier.provider.asked import Asked
from services.verifier.provider.endpoint import EAJE, QF, Endpoint
from services.verifier.provider.particulier import ByFranceConnect
from services.verifier.provider.shown import shown_facts
from services.verifier.provider.soundings import read_counters, read_ping, read_scopes
from services.verifier.provider.translation import translate
from shared.application import Application
from shared.canonical import canonical_json
from shared.evidence import Certified, Outcome
from tests.unit.verifier.particulier import ALL_ENDPOINTS, Counter, api, client, named

_DATES = st.sampled_from(
    ["1992-07-19", "2012-04-00", "0000-00-00", "200&-04-23", "1992-00-19", "9999-99-99", "", "\0"]
)
_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, "", "\0", "0", "1e9", True, [], {}, [None], 10**30, 0.1, "L\ud800", "2", [[[]]]]
)
_TEXT = st.sampled_from(["LO", "Lô", "MARCHETTI LO", "AMINATA ROSE", "ZOE", "F", "M"]) | st.text()
_FIGURES = st.integers(0, 99_999) | st.integers() | st.floats(allow_nan=False)
_ENDPOINTS = st.sampled_from(ALL_ENDPOINTS)


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
_QUOTIENT = _objects(
    fournisseur=st.sampled_from(["CNAF", "MSA", "RNCPS"]) | _TEXT,
    valeur=st.integers(0, 5_000) | _FIGURES,
    annee=st.integers(0, 3000),
    mois=st.integers(0, 13),
    annee_calcul=st.integers(0, 3000),
    mois_calcul=st.integers(0, 13),
)
_ADDRESS = _objects(numero_libelle_voie=_TEXT, code_postal_ville=_TEXT)
_DATA = _objects(
    allocataires=_PEOPLE,
    enfants=_PEOPLE,
    adresse=_ADDRESS,
    parametres_calcul_participation_familiale=_PARAMETERS,
    quotient_familial=_QUOTIENT,
)
_META = _objects(verification_url=_TEXT, verification_code=_TEXT)
_CODES = st.sampled_from(
    ["00355", "00420", "00402", "36560", "36561", "36020", "37003", "23003", "51502", "51020"]
)
_ERROR = st.builds(
    lambda rest, code: rest | {"code": code},
    _objects(
        title=_TEXT | st.just("Allocataire non éligible"),
        detail=_TEXT | st.just("La période demandée est trop ancienne"),
        source=_objects(parameter=_TEXT),
        meta=_objects(retry_in=_FIGURES, provider_error_code=_FIGURES),
    ),
    _CODES | _ODD,
)
_ERRORS = st.lists(_ERROR | _ODD, max_size=3)
_ENVELOPE = (
    _objects(data=_DATA, errors=_ERRORS)
    | st.fixed_dictionaries({"data": _DATA}, optional={"meta": _META | _ODD})
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


def _nested(depth: int) -> bytes:
    """Lists within lists where a figure should be."""
    lists = b"[" * depth + b"]" * depth
    return b'{"data":{"quotient_familial":{"valeur":%b},"allocataires":%b}}' % (lists, lists)


@settings(deadline=None, max_examples=300)
@given(endpoint=_ENDPOINTS, status=_STATUSES, headers=_HEADERS, body=_BODIES)
def test_any_answer_is_an_outcome(
    application: Application,
    now: datetime,
    *,
    endpoint: Endpoint[Any],
    status: int,
    headers: dict[str, str],
    body: bytes,
) -> None:
    """Missing keys, nulls, zeros, NULs, half bodies: always one of the closed set."""
    answer = Answered(status, headers, body)

    assert isinstance(translate(answer, endpoint, Asked.about(application), now), get_args(Outcome))
    assert json.dumps(shown_facts(answer, endpoint))


_LINES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80)
_RECEIVED = st.dictionaries(
    st.sampled_from(["x-request-id", "retry-after", "content-type", "content-encoding", "x-odd"]),
    _LINES | st.sampled_from(["gzip", "application/vnd.api+json; charset=latin-9", "text/html"]),
)


@settings(deadline=None, max_examples=150)
@given(endpoint=_ENDPOINTS, status=_STATUSES, headers=_RECEIVED, body=_BODIES, token=st.text())
def test_any_exchange_is_an_outcome(
    application: Application,
    now: datetime,
    *,
    endpoint: Endpoint[Any],
    status: int,
    headers: dict[str, str],
    body: bytes,
    token: str,
) -> None:
    """The whole client, both ways of asking, whatever the headers and the token."""

    def counter() -> httpx.MockTransport:
        stream = httpx.ByteStream(body)
        return httpx.MockTransport(Counter(httpx.Response(status, headers=headers, stream=stream)))

    async def exchange() -> list[Outcome]:
        by_france_connect = ByFranceConnect(api(counter(), endpoint))
        return [
            await client(counter(), endpoint).verify(application, now),
            await by_france_connect.verify(token, Asked.about(application), now),
        ]

    assert all(isinstance(each, get_args(Outcome)) for each in asyncio.run(exchange()))


@settings(deadline=None)
@given(status=_STATUSES, body=_BODIES)
def test_any_sounding_is_told(status: int, body: bytes) -> None:
    """Scopes, pings and their list: a closed value, whatever comes."""
    answer = Answered(status, {}, body)

    assert all(read(answer) is not None for read in (read_scopes, read_ping, read_counters))


@settings(deadline=None)
@given(endpoint=_ENDPOINTS, body=st.builds(lambda data: json.dumps({"data": data}).encode(), _DATA))
def test_what_is_certified_can_be_sealed(
    application: Application, now: datetime, endpoint: Endpoint[Any], body: bytes
) -> None:
    """Certified facts always have canonical bytes: no surrogate, no endless number."""
    outcome = translate(Answered(200, {}, body), endpoint, Asked.about(application), now)

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
        b'{"data":{"allocataires":[{"nom_naissance":"L\xc3"}]}}',  # not UTF-8
        b'\xef\xbb\xbf{"errors":[{"code":"00420"}]}',
        '{"data":{"adresse":null}}'.encode("utf-16"),
        b'{"data":{}}\0',
        b'{"data":{"quotient_familial":{"valeur":1,"valeur":{}}},"data":[]}',
        b'{"errors":[{"code":"00420","code":["00420"]}],"errors":{}}',
        b'{"data":{"allocataires":"LO","enfants":7,"adresse":[],"quotient_familial":true}}',
        _HUGE_EXPONENT,
        _HUGE_EXPONENT.replace(b"999999999999", b"9" * 20),  # more than Decimal bears
        *map(_nested, range(100, 1_100, 50)),
    ],
    ids=lambda body: f"{body[:12]!r} {len(body)}",
)
@pytest.mark.parametrize("status", [200, 404, 422, 503])
@pytest.mark.parametrize("endpoint", [EAJE, QF], ids=named)
def test_hostile_bodies_are_outcomes(
    application: Application, now: datetime, endpoint: Endpoint[Any], status: int, body: bytes
) -> None:
    """Bodies made to break a parser break nothing."""
    answer = Answered(status, {}, body)

    assert isinstance(translate(answer, endpoint, Asked.about(application), now), get_args(Outcome))
    assert isinstance(shown_facts(answer, endpoint), dict)
