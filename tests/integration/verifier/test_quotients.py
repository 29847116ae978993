"""A quotient of zero, one that is null and one that did not come stay three things to the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx
import pytest

from services.verifier.provider.auth import by_habilitation
from services.verifier.provider.client import Exchange
from services.verifier.provider.endpoint import QF
from services.verifier.provider.particulier import ApiParticulier, ByCivilStatus
from services.verifier.work import Verify
from shared.application import Application
from shared.evidence import QF_SOURCE, Outcome, Presence, QfFacts, read_facts
from shared.protocol import saving
from shared.protocol.claiming import Held
from shared.store.places import evidence_place

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_PEOPLE = {
    "allocataires": [
        {"nom_naissance": "LO", "prenoms": "AMINATA ROSE", "date_naissance": "1992-07-19"}
    ],
    "enfants": [{"nom_naissance": "LO", "prenoms": "ZOE", "date_naissance": "2025-03-04"}],
}
_MONTH = {"fournisseur": "CNAF", "annee": 2026, "mois": 11}


@dataclass
class Fund:
    """The counter of the funds: the real client, with one answer at the end of the wire."""

    data: dict[str, Any]
    source: str = QF_SOURCE
    refusal: str = "token:of:test"

    async def of(self, _scheme: UUID, _habilitation: UUID) -> "Fund":
        return self

    async def verify(self, application: Application, now: datetime) -> Outcome:
        answer = httpx.Response(200, json={"data": self.data, "links": {}, "meta": {}})
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as http:
            api = ApiParticulier(Exchange(http), QF, "https://counter.test", "21130004900015")
            return await ByCivilStatus(api, by_habilitation("t")).verify(application, now)

    def learn_at_once(self, *_: object, **__: object) -> bool:
        return False

    def learn(self, held: Held, outcome: Outcome, *, token: str) -> None: ...


_CASES: list[tuple[dict[str, Any], tuple[Presence, int | None]]] = [
    ({"quotient_familial": {**_MONTH, "valeur": 0}}, (Presence.GIVEN, 0)),
    ({"quotient_familial": {**_MONTH, "valeur": "1"}}, (Presence.GIVEN, 1)),
    ({"quotient_familial": {**_MONTH, "valeur": None}}, (Presence.NULL, None)),
    ({"quotient_familial": None}, (Presence.NULL, None)),
    ({"quotient_familial": _MONTH}, (Presence.ABSENT, None)),
    ({}, (Presence.ABSENT, None)),
]


@pytest.mark.parametrize(("told", "read"), _CASES)
async def test_what_came_of_a_quotient_is_what_a_tariff_reads(
    record: "Record",
    application: Application,
    told: dict[str, Any],
    read: tuple[Presence, int | None],
) -> None:
    """From the wire through the seal: no zero out of nothing, and no nothing out of a zero."""
    fund = Fund({**_PEOPLE, **told})
    id_ = record.enrol(application)
    verify = Verify(
        ring=record.ring,
        clients=fund,
        stop_calls=lambda _habilitation, _until, _why: None,
        health=fund,
        first_retry=timedelta(seconds=10),
        chance=Random(7),
    )
    [held] = record.claim([id_])
    assert {id_} == saving.save(record.engine, [await verify(held)], actor="service:verifier")

    sealed = record.one("SELECT sealed FROM verifications")
    facts = read_facts(record.key_of(id_).open(sealed, place=evidence_place(id_)))
    assert isinstance(facts, QfFacts)
    assert read == (facts.quotient_familial, facts.quotient_familial_euros)
