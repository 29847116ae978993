"""A town of its own for each case: families hand the same things in, whoever dies meanwhile."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import text

from services.command.demo.town import plan
from services.command.founding import Founded, found
from services.command.records import webhooks
from services.command.records.book import Hand
from shared.campaigns import CampaignKind
from shared.portal_keys import hash_of, mint_key
from shared.protocol.campaigning import planning
from shared.protocol.operating import bulk
from shared.protocol.operating.orders import Order, Verb
from shared.review_acts import ClosedFor
from shared.seeking.sought import Sought
from shared.states import Status
from tests.integration.crashes.stack import Stack

Enrolment = Mapping[str, Any]
_ANSWERED_WITHIN_S = 60.0
_CAME_BACK = {429, 500, 502, 503, 504}
_UNSETTLED = text("""
    SELECT a.status || coalesce(' ' || a.reason, '') || ' claimed ' || (a.claim IS NOT NULL)
    FROM applications a WHERE a.authority_id = :authority
      AND (a.status IN ('RECEIVED', 'VERIFIED', 'PARKED') OR a.claim IS NOT NULL)
    UNION ALL
    SELECT 'delivery ' || coalesce(outcome, '') || ' claimed ' || (d.claim IS NOT NULL)
    FROM deliveries d WHERE d.portal_id = :portal AND d.status = 'WAITING'
    UNION ALL
    SELECT 'campaign ' || c.state FROM campaigns c
    WHERE c.authority_id = :authority AND c.state <> 'finished'
    UNION ALL
    SELECT 'bulk action' FROM bulk_members m JOIN bulk_actions b ON b.id = m.action_id
    WHERE m.authority_id = :authority AND b.state <> 'finished'
""")


@dataclass
class Town:
    """One authority, its portal, and which family got which reference."""

    stack: Stack
    code: str
    founded: Founded
    key: str
    secret: str
    families: Sequence[Mapping[str, Any]]
    http: httpx.Client
    references: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        self.http.close()

    # What families do

    def post_one_by_one(self) -> None:
        for name in ("nominal-1", "not_identified-1"):
            answer = self._post("/v1/applications", self._enrolment(name), key=name)
            self.references[name] = answer["reference"]

    def post_a_batch(self) -> None:
        names = ("nominal-2", "nominal-3")
        rows = [{"idempotency_key": n, "application": self._enrolment(n)} for n in names]
        answer = self._post("/v1/applications:batch", {"applications": rows})
        for name, row in zip(names, answer["rows"], strict=True):
            self.references[name] = row["receipt"]["reference"]

    def admit(self) -> None:
        """A pre-registration, then its admission."""
        name = "nominal-4"
        whole = self._enrolment(name)
        declared = {"annual_resources": "30000.00", "children": 2, "disabled_children": 0}
        kept = {k: whole[k] for k in _BEFORE}
        care = {k: v for k, v in whole["care"].items() if v is not None}
        wish = {**kept, "stage": "estimate", "declared": declared, "care": care}
        answer = self._post("/v1/applications", wish, key=name)
        self.references[name] = answer["reference"]
        admission = {k: whole[k] for k in ("structure", "care", "fund", "allocataire_number")}
        address = f"/v1/applications/{answer['reference']}/admission"
        self._post(address, {**admission, "exchange": "state_data"})

    def come_through_franceconnect(self) -> None:
        name = "nominal-5"
        family = self._family(name)
        whole = {**family["enrolment"], "identity_assurance": "franceconnect"}
        who = whole["applicant"]
        identity = {
            "family_name": who["birth_name"].upper(),
            "given_name": " ".join(who["first_names"]),
            "gender": "male" if who["sex"] == "M" else "female",
            "birthdate": (who["birth"] + "-00-00")[:10],
        }
        call = {"scheme": whole["scheme"], "access_token": family["france_connect"]}
        held = self._post("/v1/franceconnect-evidence", {**call, "identity": identity})
        with_it = {**whole, "evidence": held["evidence"]}
        self.references[name] = self._post("/v1/applications", with_it, key=name)["reference"]

    def try_the_webhook(self) -> None:
        self._post("/v1/webhook:test", None)

    def withdraw(self) -> None:
        self._post(f"/v1/applications/{self.references['nominal-1']}/withdrawal", None)

    # What the town does

    def start_a_campaign(self) -> None:
        asked = planning.Plan(
            code=f"{self.code}-encore",
            authority=self.founded.authority,
            kind=CampaignKind.REPRICING,
            started_by="command:test",
            scheme=self.founded.scheme,
            effective_on=datetime.now(UTC).date(),
        )
        with self.stack.engine.begin() as connection:
            planning.alone(connection)
            planning.start(connection, asked, upcoming=True)

    def close_one(self) -> None:
        """An agent ends an application; asked again until it is ended."""
        words = ("review", "close", self.references["not_identified-1"], "--ground", "duplicate")
        for _ in range(3):
            process = self.stack.run_command(*words)
            if process.poll() is None:
                return
            if self.one(
                "SELECT count(*) FROM applications WHERE authority_id = :authority "
                "AND status = 'CLOSED'"
            ):
                return
        raise AssertionError("never closed")

    def close_many(self) -> None:
        """Ops end all that a filter finds, in the background."""
        sought = Sought(authority=self.code, state=(Status.TO_REVIEW,))
        order = Order(
            verb=Verb.CLOSE, actor="command:test", comment="essai", ground=ClosedFor.DUPLICATE
        )
        with self.stack.engine.begin() as connection:
            bulk.start(connection, sought, order)

    def settle(self, *, within_s: float) -> None:
        """Wait until nothing is left for a machine to do."""
        deadline = time.monotonic() + within_s
        while left := self.unsettled():
            assert time.monotonic() < deadline, left
            time.sleep(0.1)

    def unsettled(self) -> list[str]:
        values = {"authority": self.founded.authority, "portal": self.founded.portal}
        with self.stack.engine.connect() as connection:
            return list(connection.execute(_UNSETTLED, values).scalars())

    def one(self, query: str) -> Any:
        values = {"authority": self.founded.authority}
        with self.stack.engine.connect() as connection:
            return connection.execute(text(query), values).scalar()

    def _family(self, name: str) -> Mapping[str, Any]:
        kind, _, number = name.rpartition("-")
        alike = [one for one in self.families if one["truth"]["kind"] == kind]
        return alike[int(number) - 1]

    def _enrolment(self, name: str) -> Enrolment:
        enrolment: Enrolment = self._family(name)["enrolment"]
        return enrolment

    def _post(self, path: str, body: Any, *, key: str | None = None) -> dict[str, Any]:
        """As a portal does: what was not answered is sent again, under the same key."""
        headers = {"Idempotency-Key": f"{self.code}-{key}"} if key else {}
        deadline = time.monotonic() + _ANSWERED_WITHIN_S
        while time.monotonic() < deadline:
            try:
                answer = self.http.post(path, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code not in _CAME_BACK:
                assert answer.status_code in {200, 201, 202}, answer.text
                content: dict[str, Any] = answer.json()
                return content
            time.sleep(0.2)
        raise AssertionError(f"never answered: {path}")


_BEFORE = (
    *("scheme", "child", "applicant", "other_representative", "identity_assurance"),
    *("address", "structure", "notice"),
)


def found_town(stack: Stack, code: str, families: Sequence[Mapping[str, Any]]) -> Town:
    """A town with its own portal, told at the receiver."""
    key, _ = mint_key()
    asked = plan(token=stack.token, key_hash=hash_of(key), pace=400)
    asked = replace(asked, code=code, portal=code, access=replace(asked.access, code=code))
    founded = found(stack.engine, stack.ring, asked)
    hand = Hand("command:test", datetime.now(UTC))
    url = f"{stack.receiver.url}/{code}"
    with stack.engine.begin() as connection:
        told = webhooks.set_url(connection, hand, stack.ring, code, url, loopback=True)
    assert told.secret
    headers = {"Authorization": f"Bearer {key}"}
    http = httpx.Client(
        base_url=stack.intake_url, headers=headers, trust_env=False, timeout=httpx.Timeout(20)
    )
    return Town(stack, code, founded, key, told.secret, families, http)
