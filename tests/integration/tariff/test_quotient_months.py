"""A quotient of the month that its tariff goes by: from the published text to the decision."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import pytest
import yaml
from sqlalchemy import insert, text

from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.tariff.work import Price
from services.verifier.months import QuotientMonths
from services.verifier.provider.auth import by_habilitation
from services.verifier.provider.client import Exchange
from services.verifier.provider.endpoint import QF
from services.verifier.provider.particulier import ApiParticulier, ByCivilStatus
from services.verifier.work import Verify
from shared.application import Application, LocalCare
from shared.evidence import QF_SOURCE, Month, Outcome
from shared.protocol import saving
from shared.protocol.claiming import Held
from shared.states import Reason, Step
from shared.store.places import decision_place
from shared.store.published import TariffRow
from tests.local_tariffs import READ, bands
from tests.tariff_cases import with_care

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_PEOPLE = {
    "allocataires": [
        {"nom_naissance": "LO", "prenoms": "AMINATA ROSE", "date_naissance": "1992-07-19"}
    ],
    "enfants": [
        {"nom_naissance": "MARCHETTI LO", "prenoms": "ZOE", "date_naissance": "2025-03-04"}
    ],
}


@dataclass
class _Fund:
    """The counter of the funds at the end of the wire: 700 € now, 350 € in every other month."""

    always: bool = False  # as the MSA: the current month, whatever was asked
    source: str = QF_SOURCE
    refusal: str = "token:of:test"
    asked: list[str] = field(default_factory=list)

    async def of(self, _scheme: UUID, _habilitation: UUID) -> "_Fund":
        return self

    async def verify(self, application: Application, now: datetime) -> Outcome:
        return await self.verify_months(application, now, (None,))

    async def verify_months(
        self, application: Application, now: datetime, months: tuple[Month | None, ...]
    ) -> Outcome:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self._answer)) as http:
            api = ApiParticulier(Exchange(http), QF, "https://counter.test", "21130004900015")
            client = ByCivilStatus(api, by_habilitation("t"))
            return await client.verify_months(application, now, months)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        year, month = request.url.params.get("annee"), request.url.params.get("mois")
        self.asked.append(f"{year}-{month}")
        current = year is None or self.always
        told = {"annee": 2026, "mois": 11} if current else {"annee": int(year), "mois": int(month)}
        quotient = {"fournisseur": "CNAF", "valeur": 700 if current else 350, **told}
        return httpx.Response(
            200, json={"data": {**_PEOPLE, "quotient_familial": quotient}, "links": {}, "meta": {}}
        )

    def learn_at_once(self, *_: object, **__: object) -> bool:
        return False

    def learn(self, held: Held, outcome: Outcome, *, token: str) -> None: ...


def _published(record: "Record", month: str) -> None:
    """A tariff that goes by a month, and a scheme under it."""
    measure = {"kind": "quotient_familial", "month": month, "source": READ}
    tariff = bands(("0", "0.29"), ("400", "0.52"), measure=measure, policies=["child_not_listed"])
    values = {
        "tariff_id": tariff.id,
        "version": tariff.version,
        "authority_id": record.founded.authority,
        "content": yaml.safe_dump(tariff.content, allow_unicode=True),
        "digest": tariff.digest,
        "valid_from": tariff.valid_from,
        "review_by": date(2030, 1, 1),
        "published_by": "command:essai",
    }
    with record.owner.begin() as connection:
        connection.execute(insert(TariffRow), values)
        connection.execute(text("UPDATE schemes SET profile = 'qf', tariff = 'essai'"))


async def _decided(record: "Record", application: Application, fund: _Fund) -> UUID:
    """Handed in, verified by the fund, priced."""
    care = {"type": LocalCare.PERISCOLAIRE, "contract_hours": None, "instalments": None}
    id_ = record.enrol(with_care(application, **care, units_a_month=16))
    verify = Verify(
        ring=record.ring,
        clients=fund,
        stop_calls=lambda _habilitation, _until, _why: None,
        health=fund,
        first_retry=timedelta(seconds=10),
        chance=Random(7),
        months=QuotientMonths(record.engine),
    )
    price = Price(ring=record.ring, scales=Shelf(record.engine), parties=Parties(record.engine))
    for step, work in ((Step.VERIFY, verify), (Step.PRICE, price)):
        [held] = record.claim([id_], step=step)
        move = await work(held)
        assert {id_} == saving.save(record.engine, [move], actor="service:test")
    return id_


def _price_of(record: "Record", id_: UUID) -> int:
    """The price of half an hour, in cents."""
    sealed = record.one("SELECT sealed FROM decisions")
    content = json.loads(record.key_of(id_).open(sealed, place=decision_place(id_)))
    cents: int = content["record"]["fee"]["price_cents"]
    return cents


@pytest.mark.parametrize(
    ("month", "asked", "price"),
    [("current", ["None-None"], 52), ("2026-01", ["2026-1"], 29)],
)
async def test_the_month_of_a_tariff_is_the_one_that_is_asked_for(
    record: "Record", application: Application, month: str, asked: list[str], price: int
) -> None:
    """By who publishes it, without anything else to set."""
    _published(record, month)
    fund = _Fund()
    id_ = await _decided(record, application, fund)

    assert asked == fund.asked
    assert price == _price_of(record, id_)


async def test_a_fund_that_answers_for_another_month_sends_it_to_a_person(
    record: "Record", application: Application
) -> None:
    """The MSA gives the current month, whatever was asked."""
    _published(record, "2026-01")
    await _decided(record, application, _Fund(always=True))

    assert Reason.QUOTIENT_OF_ANOTHER_MONTH == record.one("SELECT reason FROM applications")


async def test_the_lowest_of_several_months_is_asked_for_and_counts(
    record: "Record", application: Application
) -> None:
    """One call a month; 350 € of an earlier month beats 700 € of the current one."""
    _published(record, "lowest_of_3")
    fund = _Fund()
    id_ = await _decided(record, application, fund)

    assert 3 == len(set(fund.asked))
    assert 29 == _price_of(record, id_)
