"""A scheme that rests on tax data, on the whole stack: asked once by number, then forgotten."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from services.command.running import Choices
from shared.evidence import read_facts
from shared.sealing import KeyRing, WrappedKey
from shared.states import Reason, Status
from shared.store.places import evidence_place
from shared.taxation import TaxFacts
from tests.integration.whole.everywhere import everywhere

if TYPE_CHECKING:
    from tests.integration.whole.conftest import Start, Whole

pytestmark = pytest.mark.stack

_FAMILIES, _CROWD = 8, 40
_QUOTA = 50  # calls a minute (conditions of API Impôt particulier)
_TOWN, _SIRET = "berceau-sur-loire", "21130000900019"
_SETTLED = """
    SELECT count(*) FROM applications WHERE status NOT IN ('RECEIVED', 'VERIFIED', 'ESTIMATED')
"""
_ANSWERED = """
    SELECT v.application_id, v.outcome, v.source, v.sealed, k.ring_key, k.wrapped
    FROM verifications v JOIN application_keys k ON k.application_id = v.application_id
    WHERE starts_with(v.source, 'dgfip')
"""
_CERTIFIED = "SELECT count(*) FROM verifications WHERE outcome = 'Certified'"


class Town:
    """The demo's town, with a scheme of profile `tax` that its own commands set up."""

    def __init__(self, whole: "Whole", folder: Path) -> None:
        self.whole = whole
        self._secret = folder / "dgfip"
        kept = json.loads((whole.stack.home.path / "secrets" / "demo.json").read_text())
        credentials = {"client_id": "berceau", "client_secret": kept["token"]}
        self._secret.write_text(
            json.dumps(credentials | {"teleservice": "berceau"}, separators=(",", ":"))
        )

    def set_up(self) -> None:
        """The right to ask the DGFiP, and the scheme that rests on it."""
        own = ("--authority", _TOWN)
        right = ("--recipient", _SIRET, "--provider", "dgfip", "--endpoint", "tax")
        given = (*right, "--pace", "5", "--token-file", self._secret)
        self._berceau("habilitation", "create", "impots", *own, *given)
        named = ("--habilitation", "impots", "--profile", "tax", "--name", "Tarif local")
        self._berceau("scheme", "create", "tarif-local", *own, *named)

    def families(self) -> Iterator[dict[str, Any]]:
        """Families that every counter knows, each with the numbers of those whom it names."""
        page = {"limit": 200}
        known = httpx.get(f"{self.whole.stack.simulator_url}/population", params=page).json()
        for family in known:
            if family["truth"]["kind"] == "nominal" and family["spi"]:
                enrolment = family["enrolment"]
                parents = 2 if enrolment["other_representative"] else 1
                numbers = {"tax_numbers": family["spi"][:parents], "scheme": "tarif-local"}
                yield enrolment | numbers

    def hand_in(self, body: dict[str, Any]) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.whole.stack.portal_key}"}
        url = f"{self.whole.stack.intake_url}/v1/applications"
        return httpx.post(url, json=body, headers=headers)

    def _berceau(self, *words: object) -> None:
        argv = [sys.executable, "-m", "services.command", *map(str, words)]
        done = subprocess.run(
            argv, env=dict(self.whole.stack.env), capture_output=True, text=True, check=False
        )
        assert 0 == done.returncode, done.stderr


@pytest.fixture
def town(whole: "Start", tmp_path: Path) -> Iterator[Town]:
    with ExitStack() as stack:
        started = stack.enter_context(whole(Choices(population=200, latency_ms=1)))
        town = Town(started, tmp_path)
        town.set_up()
        yield town


def test_a_family_is_asked_about_by_number_and_its_number_forgotten(town: Town) -> None:
    """Handed in, asked, certified, sealed; no scale prices it yet; no place holds its number."""
    some = list(islice(town.families(), _FAMILIES))
    numbers = {number for body in some for number in body["tax_numbers"]}
    assert len(numbers) > len(some)  # some have two
    answers = [town.hand_in(body) for body in some]
    assert [202] * len(some) == [answer.status_code for answer in answers]

    town.whole.until(lambda: town.whole.one(_SETTLED) == len(some), within_s=60)

    with town.whole.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT status, reason, sealed_tax_numbers FROM applications"
        ).all()
        answered = connection.exec_driver_sql(_ANSWERED).all()
    assert {(Status.TO_REVIEW, Reason.EVIDENCE_UNFIT, None)} == set(map(tuple, rows))
    certified = [row for row in answered if row.outcome == "Certified"]
    assert {row.outcome for row in answered} <= {"Certified", "Busy"}  # busy: our own pace, waited
    assert len(some) == len(certified)
    facts = [_opened(town.whole, row) for row in certified]
    assert all(one.income_of_reference_cents is not None for one in facts)
    assert [] == [
        (place, number)
        for place, content in everywhere(town.whole).items()
        for number in numbers
        if number in content
    ]


@pytest.mark.prove
def test_calls_keep_to_the_quota_however_many_a_family_costs(town: Town) -> None:
    """More calls than a minute bears, two for some families: none is refused, all are answered."""
    some = list(islice(town.families(), _CROWD))
    assert {202} == {town.hand_in(body).status_code for body in some}

    town.whole.until(lambda: town.whole.one(_SETTLED) == len(some), within_s=200)

    calls = httpx.get(f"{town.whole.stack.simulator_url}/calls").json()
    assert calls["total"] > _QUOTA
    assert "429" not in calls["by_status"]
    assert calls["tightest"]["dgfip"]["60s"] <= _QUOTA
    assert len(some) == town.whole.one(_CERTIFIED)


def _opened(whole: "Whole", row: Any) -> TaxFacts:
    ring = KeyRing.read(Path(whole.stack.env["BERCEAU_KEY_RING_FILE"]))
    key = ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    facts = read_facts(key.open(row.sealed, place=evidence_place(row.application_id)))
    assert isinstance(facts, TaxFacts)
    return facts
