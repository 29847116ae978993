"""Whatever comes over the wire, the reading is total: an outcome, never an exception."""

import json
from datetime import datetime
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.verifier.provider.answer import Answered, Failure, Unanswered
from services.verifier.tax.answers import TaxAnswer, Tokenless
from services.verifier.tax.translation import shown_facts, translate
from shared.canonical import canonical_json
from shared.civil_status import CivilStatus
from shared.evidence import Certified, Outcome, read_facts
from shared.taxation import TaxNumber
from tests.unit.verifier.tax.gateway import Gateway

_ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, -1, "", "\0", "0", "1e9", True, [], {}, [None], 10**30, 0.1, "L\ud800", "2", [[[]]]]
)
_TEXT = st.sampled_from(["LO", "Lô", "AMINATA ROSE", "LUC", "MARCHETTI", "M", "C "]) | st.text()
_FIGURES = st.integers(-10, 99_999) | st.integers() | st.floats(allow_nan=False)
_DAYS = st.sampled_from(
    [
        "2026-07-08",
        "31/07/2026",
        "20260731",
        "Fri Jul 31 00:00:00 CEST 2026",
        "0000-00-00",
        "31 mai",
    ]
)


def _objects(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Objects where each key may be missing, odd, or as it should be, with unknown keys beside."""
    known = st.fixed_dictionaries({}, optional={k: v | _ODD for k, v in values.items()})
    unknown = st.dictionaries(st.text(max_size=5), _ODD, max_size=2)
    return st.builds(lambda extra, kept: {**extra, **kept}, unknown, known)


_PART = st.sampled_from(["00", "0", "07", "19", "1992", "19 92", "2012"]) | st.integers()
_BIRTH = _objects(jour=_PART, mois=_PART, annee=_PART)
_ADDRESS = _objects(
    voie=_TEXT, commune=_TEXT, getcommune=_TEXT, codePostal=_TEXT, getcodePostal=_TEXT
)
_SITUATION = _objects(
    annRevenu=st.sampled_from([2024, 2025]) | st.integers(0, 3000),
    rfr=_FIGURES,
    sitFam=_TEXT,
    nbPart=st.sampled_from([1, 1.5, 2.75, "3.25"]) | _FIGURES,
    pac=_objects(nbPac=_FIGURES),
    nmNaiDec1=_TEXT,
    nmUsaDec1=_TEXT,
    prnmDec1=_TEXT,
    dateNaisDec1=_BIRTH,
    nmNaiDec2=_TEXT,
    prnmDec2=_TEXT,
    dateNaisDec2=_BIRTH,
    aft=_TEXT,
    aftDetail=_ADDRESS,
    mntRevbareme=_FIGURES,
    montTotIr=_FIGURES,
    datEtab=_DAYS | st.text(),
    datRec=_DAYS | st.text(),
)


def _of(birth_name: str, first_name: str) -> st.SearchStrategy[Any]:
    """A situation of this declarant, as it should be but for what is odd in it."""
    return _SITUATION.map(lambda one: one | {"nmNaiDec1": birth_name, "prnmDec1": first_name})


_HERS, _HIS = _of("LO", "AMINATA"), _of("MARCHETTI", "LUC")
_ERROR = _objects(
    erreur=_objects(code=st.sampled_from([4001, 4002, 4031, 4101, 4102, "4101"]) | _FIGURES),
    error=st.sampled_from(["invalid_client", "autre"]),
    access_token=_TEXT,
    expires_in=_FIGURES,
)
_WHOLE = (_HERS | _HIS | _SITUATION | _ERROR | _ODD).map(lambda one: json.dumps(one).encode())
_CUT = st.builds(lambda body, at: body[:at], _WHOLE, st.integers(0, 200))
_BODIES = _WHOLE | _CUT | st.binary(max_size=50)
_HEADERS = st.dictionaries(
    st.sampled_from(["x-request-id", "retry-after", "ratelimit-reset"]),
    st.text() | st.integers().map(str) | st.just("Mon, 01 Jan 0001 00:00:00 +2359"),
)
_STATUSES = st.sampled_from([200, 204, 400, 401, 403, 404, 410, 429, 503]) | st.integers(100, 599)
_ANSWERED = st.builds(Answered, _STATUSES, _HEADERS, _BODIES)
_ANSWER = _ANSWERED | st.builds(Unanswered, st.sampled_from(Failure))
_TAX_ANSWER = _ANSWER | st.builds(Tokenless, _ANSWER)


@settings(deadline=None, max_examples=300)
@given(answers=st.lists(_TAX_ANSWER, min_size=1, max_size=2), known=st.booleans())
def test_any_answers_are_an_outcome(
    applicant: CivilStatus,
    other: CivilStatus,
    now: datetime,
    answers: list[TaxAnswer],
    *,
    known: bool,
) -> None:
    """One household or two: always one of the closed set, and what is shown never fails either."""
    outcome = translate(answers, applicant, now, other=other if known else None)

    assert isinstance(outcome, get_args(Outcome))
    assert all(isinstance(shown_facts(answer), dict) for answer in answers)


@settings(deadline=None, max_examples=300)
@given(first=_HERS, second=_HIS | st.none())
def test_what_is_certified_can_be_sealed_and_read_again(
    applicant: CivilStatus, other: CivilStatus, now: datetime, first: Any, second: Any
) -> None:
    """Certified facts have canonical bytes, and come out of the seal as they went in."""
    bodies = [first] if second is None else [first, second]
    answers = [Answered(200, {}, json.dumps(body).encode()) for body in bodies]

    outcome = translate(answers, applicant, now, other=other)

    if isinstance(outcome, Certified):
        assert canonical_json(outcome.facts.model_dump(mode="json"))
        assert outcome.facts == read_facts(outcome.facts.model_dump_json().encode())


@settings(deadline=None, max_examples=100)
@given(answer=_ANSWERED, token=_BODIES)
async def test_any_gateway_is_an_outcome(
    applicant: CivilStatus, number: TaxNumber, now: datetime, *, answer: Answered, token: bytes
) -> None:
    """Through the client too, whatever stands for a token and for a situation."""
    plain = Gateway(situation=httpx.Response(answer.status, content=answer.body))
    odd = Gateway(token=httpx.Response(answer.status, content=token))

    for gateway in (plain, odd):
        outcome = await gateway.client().verify([number], applicant, now)

        assert isinstance(outcome, get_args(Outcome))
        assert len(gateway.calls) <= 2


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 1_000_000,
        b'{"pac":' * 100_000,
        b'{"rfr":' + b"9" * 5_000 + b"}",
        b'{"rfr":' + b"9" * 4_000 + b"}",
        b'{"rfr":1e999999999999}',
        b'{"rfr":1e99999999999999999999999}',
        b'{"nbPart":1e-99999999999999999999999}',
        b'{"nbPart":NaN}',
        b'{"rfr":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"erreur":{"code":1e99999999999999999999}}',
        b'{"datEtab":"' + b"9" * 100_000 + b'"}',
        b"\xff\xfe\x00",
        b'{"aft":"L\xc3"}',  # not UTF-8
        b'\xef\xbb\xbf{"erreur":{"code":4101}}',
        '{"rfr":1}'.encode("utf-16"),
        b'{"rfr":1}\0',
        b'{"rfr":1,"rfr":[],"pac":1,"pac":{}}',
        b'{"erreur":{"code":4101},"erreur":[4101]}',
    ],
    ids=range(18),
)
@pytest.mark.parametrize("status", [200, 400, 404, 410, 429, 503])
def test_hostile_bodies_are_outcomes(
    applicant: CivilStatus, now: datetime, status: int, body: bytes
) -> None:
    """Bodies made to break a parser break nothing, in a situation or in a token's place."""
    answer = Answered(status, {}, body)

    for hostile in (answer, Tokenless(answer)):
        assert isinstance(translate([hostile], applicant, now), get_args(Outcome))
