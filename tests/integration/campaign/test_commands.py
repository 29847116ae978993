"""The commands on campaigns, over decisions that the tariff's own step has sealed."""

import csv
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from services.command.__main__ import app
from services.tariff.language.reading import read_tariff
from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.tariff.work import Price
from shared.application import Application
from shared.evidence import EajeFacts
from shared.protocol import saving
from shared.protocol.campaigning import ending, feeding
from shared.states import Status, Step
from shared.store.places import evidence_place
from shared.store.published import TariffRow
from shared.store.tables import VerificationRow
from tests.integration.campaign.conftest import ON
from tests.integration.conftest import Record

if TYPE_CHECKING:
    from tests.conftest import Database

pytestmark = pytest.mark.stack

_ON = ("--scheme", "arles/creches", "--on", "2026-10-01")
_SCHEME = (*_ON, "--ground", "tariff_changed")  # that day is over


@dataclass
class Office:
    """A record with its key ring in a file, and who types commands there."""

    record: Record
    env: dict[str, str]
    application: Application
    facts: EajeFacts

    def berceau(self, *words: str, code: int = 0, typed: str = "") -> Result:
        """A command that ends with this code."""
        ended = CliRunner(env=self.env).invoke(app, list(words), input=typed)
        assert code == ended.exit_code, ended.output
        return ended

    def told(self, *words: str) -> Any:
        return json.loads(self.berceau(*words, "--json").stdout)

    def enrol(self, **care: Any) -> UUID:
        """A family whose data is certified; its fee is due."""
        own = self.application.care.model_copy(update=care)
        application = self.application.model_copy(update={"care": own})
        return self.record.enrol(application, self.facts, status=Status.VERIFIED)

    def learn(self, id_: UUID, **changes: Any) -> None:
        """What the fund certifies of it later."""
        facts = self.facts.model_copy(update=changes)
        sealed = self.record.key_of(id_).seal(
            facts.model_dump_json().encode(), place=evidence_place(id_)
        )
        values = {
            "application_id": id_,
            "outcome": "Certified",
            "source": facts.provenance.source,
            "fetched_at": facts.provenance.fetched_at,
            "sealed": sealed,
        }
        with self.record.engine.begin() as connection:
            connection.execute(insert(VerificationRow), values)

    async def price_all(self) -> int:
        """Every fee that is due, by the tariff's own step."""
        priced = 0
        while due := self.record.rows("SELECT id FROM applications WHERE status = 'VERIFIED'"):
            step = Price(
                ring=self.record.ring,
                scales=Shelf(self.record.engine),
                parties=Parties(self.record.engine),
            )
            held = self.record.claim([row.id for row in due], step=Step.PRICE)
            moves = [await step(one) for one in held]
            priced += len(saving.save(self.record.engine, moves, actor="service:tariff"))
        return priced


@pytest.fixture
def family(application: Application, facts: EajeFacts) -> tuple[Application, EajeFacts]:
    return application, facts


@pytest.fixture
def office(
    record: Record,
    migrated: "Database",
    redis_url: str,
    tmp_path: Path,
    family: tuple[Application, EajeFacts],
) -> Office:
    ring_file = tmp_path / "ring.json"
    record.ring.write(ring_file)
    env = {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": redis_url,
        "BERCEAU_KEY_RING_FILE": str(ring_file),
    }
    return Office(record, env, *family)


async def _run(office: Office) -> None:
    """Feed, price and end, as the processes do."""
    while feeding.feed(office.record.engine).fed:
        await office.price_all()
    ending.finish(office.record.engine)


async def test_a_september_ceiling_is_a_campaign_from_the_evidence_held(
    office: Office, tmp_path: Path
) -> None:
    """Who changes is reported with why and by how much; who does not keeps the decision."""
    changes, same, ended = office.enrol(), office.enrol(), office.enrol(end=date(2026, 9, 30))
    await office.price_all()
    office.learn(changes, annual_resources_cents=6_000_000)

    said = office.berceau("campaign", "start", *_SCHEME, "--reuse-evidence", "--yes").output
    assert "2 décisions en cours au 01/10/2026." in said
    assert "accueil terminé\u00a0: 1" in said
    code = "arles-creches-2026-10-01"
    await _run(office)

    shown = office.told("campaign", "show", code)
    assert ("finished", 1, 1, {"care_ended": 1}) == (
        shown["state"],
        shown["progress"]["changed"],
        shown["progress"]["same"],
        shown["progress"]["left_out"],
    )
    assert [code] == [one["code"] for one in office.told("campaign", "list")]
    sheet = tmp_path / "rapport.csv"
    told = office.told("campaign", "report", code, "--csv", str(sheet))
    assert (2, 1, 1, {"resources": 1}) == (
        told["members"],
        told["changed"],
        told["same"],
        told["because"],
    )
    assert [f"T-{changes}"] == office.told("campaign", "letters", code)
    lines = list(csv.DictReader(sheet.read_text("utf-8").splitlines(), delimiter=";"))
    assert {f"T-{changes}": ("284.28", "no"), f"T-{same}": ("284.28", "yes")} == {
        line["reference"]: (line["before_month"], line["same"]) for line in lines
    }
    [new] = [line for line in lines if line["same"] == "no"]
    assert (new["difference"], new["price"], new["valid_from"]) == ("71.76", "2.58", "2026-10-01")
    assert [1, 2] == [
        row.version
        for row in office.record.rows(
            "SELECT version FROM decisions WHERE application_id = :id ORDER BY version", id=changes
        )
    ]
    assert [Status.DECIDED] == office.record.column("status", [ended])
    names = {"Marchetti", "Aminata", "Tilleuls", "Zoé"}
    assert not any(name in sheet.read_text("utf-8") for name in names)


async def test_nothing_is_written_before_a_yes(office: Office) -> None:
    """What would be taken is told by the very statements that would write it, and undone."""
    office.enrol()
    await office.price_all()

    foreseen = office.told("campaign", "start", *_SCHEME, "--dry-run")
    assert (1, {}, "arles-creches-2026-10-01") == (
        foreseen["members"],
        foreseen["left_out"],
        foreseen["code"],
    )
    refused = office.berceau("campaign", "start", *_SCHEME, code=1, typed="n\n")
    assert "1 décision en cours au 01/10/2026." in refused.output
    assert 0 == office.record.one("SELECT count(*) FROM campaigns")
    assert 0 == office.record.one("SELECT count(*) FROM changes WHERE kind = 'campaign'")

    office.berceau("campaign", "start", *_SCHEME, typed="y\n")
    assert 1 == office.record.one("SELECT count(*) FROM campaigns")


async def test_who_steers_a_campaign_stands_in_the_journal(office: Office) -> None:
    """Started, paused, resumed, cancelled: four lines, and the chain holds."""
    office.enrol()
    await office.price_all()
    office.berceau("campaign", "start", *_SCHEME, "--yes")
    code = "arles-creches-2026-10-01"
    for verb in ("pause", "resume"):
        office.berceau("campaign", verb, code)
        office.berceau("campaign", verb, code, code=2)
    office.berceau("campaign", "cancel", code, "--yes")
    office.berceau("campaign", "cancel", code, "--yes", code=2)

    lines = [line for line in office.told("records", "journal") if line["kind"] == "campaign"]
    assert [[None, "running"], ["running", "paused"], ["paused", "running"]] == [
        line["change"]["state"] for line in lines[:3]
    ]
    assert ["running", "cancelled"] == lines[3]["change"]["state"]
    office.berceau("records", "verify")
    assert {"cancelled": 1} == office.told("campaign", "show", code)["progress"]["left_out"]


async def test_drafts_wait_for_a_person_and_can_be_found(office: Office) -> None:
    """By batch: they are the campaign's proposals, and the decision in force stays."""
    id_ = office.enrol()
    await office.price_all()
    office.learn(id_, annual_resources_cents=6_000_000)
    office.berceau("campaign", "start", *_SCHEME, "--reuse-evidence", "--drafts", "--yes")
    await _run(office)

    code = "arles-creches-2026-10-01"
    waiting = office.told("review", "list", "--campaign", code)
    assert f"T-{id_}" in json.dumps(waiting)
    assert 1 == office.told("campaign", "report", code)["proposed"]
    assert [] == office.told("campaign", "letters", code)
    assert "1 projet à valider par un agent." in office.berceau("campaign", "show", code).output

    office.berceau("review", "validate", "--all", "--campaign", code, "--yes")
    told = office.told("campaign", "report", code)
    assert (1, 0, {"resources": 1}) == (told["changed"], told["proposed"], told["because"])
    assert [f"T-{id_}"] == office.told("campaign", "letters", code)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("start", "--scheme", "arles/inconnu", "--on", "2026-10-01"), 1, "introuvable"),
        (("start", "--scheme", "arles/creches", "--on", "demain"), 2, "AAAA-MM-JJ"),
        (("start", *_ON, "--yes"), 2, "Donnez le motif"),
        (("start", *_SCHEME, "--rest-of", "inconnue"), 1, "introuvable"),
        (("start", "--scheme", "arles/creches", "--on", "2016-01-01"), 2, "Publiez d'abord"),
        (("start", *_SCHEME, "--yes"), 1, "Aucun dossier à reprendre"),
        (("show", "inconnue"), 1, "berceau campaign list"),
        (("report", "inconnue"), 1, "introuvable"),
        (("pause", "inconnue"), 1, "introuvable"),
    ],
)
def test_what_cannot_be_is_told(
    office: Office, words: tuple[str, ...], code: int, said: str
) -> None:
    """In French, with the remedy, and nothing is written."""
    assert said in office.berceau("campaign", *words, code=code).output
    assert 0 == office.record.one("SELECT count(*) FROM campaigns")


async def test_one_campaign_at_a_time_on_a_scheme(office: Office) -> None:
    """The second is refused until the first has ended, and is then told of it."""
    office.enrol()
    await office.price_all()
    start = ("campaign", "start", *_SCHEME, "--reuse-evidence", "--yes")
    office.berceau(*start)
    assert "est en cours sur ce dispositif" in office.berceau(*start, code=2).output
    await _run(office)

    assert "porte déjà sur ce dispositif" in office.berceau(*start).output
    assert ["arles-creches-2026-10-01-2", "arles-creches-2026-10-01"] == [
        one["code"] for one in office.told("campaign", "list")
    ]


async def test_tax_numbers_are_gone_so_the_tax_office_is_not_asked(office: Office) -> None:
    """The evidence held may be used, when only the tariff has moved."""
    office.enrol()
    await office.price_all()
    with office.record.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE schemes SET profile = 'tax'")

    refused = office.berceau("campaign", "start", *_SCHEME, "--yes", code=2)
    assert "--reuse-evidence" in refused.output
    office.berceau("campaign", "start", *_SCHEME, "--yes", "--reuse-evidence")


async def test_a_campaign_of_next_year_says_since_when_it_asks(office: Office) -> None:
    """Its members would be those of today: who is decided by then is told of."""
    office.enrol()
    await office.price_all()
    on = ("--scheme", "arles/creches", "--on", "2999-01-01")

    said = office.berceau("campaign", "start", *on, "--yes").output
    assert "avant le 31/12/2998 23:00:00 UTC" in said
    assert "--rest-of arles-creches-2999-01-01" in said
    await _run(office)
    shown = office.berceau("campaign", "show", "arles-creches-2999-01-01").output
    assert "Rien n’est demandé avant le 31/12/2998" in shown


_RIGHT = (
    Path(__file__).resolve().parents[3] / "services/tariff/scales/psu/2026-01-01.yaml"
).read_text("utf-8")
_WRONG = _RIGHT.replace('"0.0516"', '"0.0600"')
_CORRECTED = _RIGHT.replace('version: "2026-01-01"', 'version: "2026-01-01.1"')


async def test_a_wrong_tariff_is_corrected_from_its_own_day_and_evidence(office: Office) -> None:
    """Rate put right, resources of the time, difference owed; what was decided stays written."""
    _publish(office, _WRONG)
    id_ = office.enrol()
    await office.price_all()
    office.learn(id_, annual_resources_cents=9_000_000)
    correct = ("tariff", "correct", "--tariff", "psu", "--version", "2026-01-01")
    assert "2026-01-01.1 (« berceau tariff publish »)" in office.berceau(*correct, code=2).output
    _publish(office, _CORRECTED)

    foreseen = office.told(*correct, "--dry-run")
    assert (1, "2026-01-01.1") == (foreseen["members"], foreseen["replaced_by"])
    assert 0 == office.record.one("SELECT count(*) FROM campaigns")
    office.berceau(*correct, "--yes")
    await _run(office)

    rows = office.record.rows("SELECT * FROM decisions ORDER BY version")
    assert [
        ("2026-01-01", date(2026, 9, 1), []),
        ("2026-01-01.1", date(2026, 9, 1), ["correction"]),
    ] == [(row.tariff_version, row.valid_from, row.because) for row in rows]
    told = office.told("campaign", "report", "arles-correction-psu-2026-01-01")
    assert ({"correction": 1}, 0) == (told["because"], told["owed_by_families_cents"])
    assert told["owed_to_families_cents"] > 0
    assert [{"way": "down", "up_to_cents": 5_000, "count": 1}] == told["brackets"]
    again = office.berceau(*correct, "--yes", code=1).output
    assert "Aucun dossier à reprendre" in again


async def test_a_correction_prices_again_what_it_would_hide(office: Office) -> None:
    """A later version, under the same wrong tariff, is corrected on its own day and evidence."""
    _publish(office, _WRONG)
    id_ = office.enrol()
    await office.price_all()
    office.learn(id_, annual_resources_cents=3_000_000)
    office.record.change(
        [id_], status=Status.VERIFIED, effective_on=ON, due_at="2026-01-01T00:00:00Z"
    )
    await office.price_all()
    _publish(office, _CORRECTED)
    office.berceau("tariff", "correct", "--tariff", "psu", "--version", "2026-01-01", "--yes")
    await _run(office)

    rows = office.record.rows("SELECT * FROM decisions ORDER BY version")
    assert [
        (1, "2026-01-01", date(2026, 9, 1)),
        (2, "2026-01-01", ON),
        (3, "2026-01-01.1", date(2026, 9, 1)),
        (4, "2026-01-01.1", ON),
    ] == [(row.version, row.tariff_version, row.valid_from) for row in rows]
    assert [4_800_000, 3_000_000, 4_800_000, 3_000_000] == [
        _resources(office, id_, row) for row in rows
    ]


def _resources(office: Office, id_: UUID, row: Any) -> int:
    content = office.record.key_of(id_).open(row.sealed, place=f"decisions.sealed:{id_}")
    value: int = json.loads(content)["record"]["inputs"]["annual_resources_cents"]["value"]
    return value


def _publish(office: Office, *texts: str) -> None:
    """As `berceau tariff publish` does, long ago enough for every worker to know."""
    tariffs = [(text, read_tariff(text, file=_file(text))) for text in texts]
    rows = [
        {
            "tariff_id": tariff.id,
            "version": tariff.version,
            "authority_id": office.record.founded.authority,
            "content": text,
            "digest": tariff.digest,
            "valid_from": tariff.valid_from,
            "valid_to": tariff.valid_to,
            "review_by": tariff.review_by,
            "published_by": "command:test",
            "published_at": "2026-01-01T00:00:00Z",
        }
        for text, tariff in tariffs
    ]
    with office.record.engine.begin() as connection:
        connection.execute(insert(TariffRow), rows)


def _file(text: str) -> str:
    return f"{text.partition('version: ')[2].partition(chr(10))[0].strip(chr(34))}.yaml"
