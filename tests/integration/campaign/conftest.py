"""A town whose decisions are running, and a worker of straw that prices them again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from shared.campaigns import CampaignKind
from shared.protocol import saving
from shared.protocol.campaigning import planning
from shared.protocol.campaigning.planning import Plan
from shared.protocol.recording import record_decided
from shared.protocol.saving import Move
from shared.states import Status, Step
from tests.integration.conftest import Record

ON = date(2026, 10, 1)
BEGUN = date(2026, 9, 1)


@dataclass
class Town:
    """Applications that are decided, and what a campaign does with them."""

    record: Record

    def decided(self, how_many: int, *, since: date = BEGUN, **columns: Any) -> list[UUID]:
        """Applications with a decision in force since a day."""
        values = {"status": Status.DECIDED, "due_at": None, **columns}
        ids = self.record.plant(how_many, **values)
        self.decide(ids, since=since)
        return ids

    def decide(self, ids: Sequence[UUID], *, since: date, **changes: Any) -> None:
        """One more version for each."""
        with self.record.engine.begin() as connection:
            made = self.record.decision(valid_from=since, **changes)
            record_decided(connection, [(id_, made) for id_ in ids])

    def start(
        self,
        *,
        code: str = "essai",
        kind: CampaignKind = CampaignKind.FROM_EVIDENCE,
        ended: Sequence[UUID] = (),
        upcoming: bool = False,
        rest_of: UUID | None = None,
        **changes: Any,
    ) -> UUID:
        """A campaign on the town's scheme from `ON`."""
        founded = self.record.founded
        values: dict[str, Any] = {"scheme": founded.scheme, "effective_on": ON, **changes}
        plan = Plan(code, founded.authority, kind, "command:test", **values)
        with self.record.engine.begin() as connection:
            planning.alone(connection)
            campaign, _ = planning.start(
                connection, plan, ended=ended, upcoming=upcoming, rest_of=rest_of
            )
        return campaign

    def price(self, *, most: int = 64, **changes: Any) -> int:
        """Claim what is due to be priced and decide it on its day, as the tariff worker does."""
        due = self.record.rows(
            "SELECT id, effective_on, campaign_id FROM applications WHERE status = 'VERIFIED' "
            "AND claim IS NULL ORDER BY id LIMIT :most",
            most=most,
        )
        days = {row.id: (row.effective_on, row.campaign_id) for row in due}
        held = self.record.claim(list(days), step=Step.PRICE)
        moves = [
            Move(
                application_id=one.id,
                claim=one.claim,
                was=one.status,
                now=changes.get("now", Status.DECIDED),
                decided=None
                if changes.get("same")
                else self.record.decision(
                    valid_from=days[one.id][0],
                    proposed=changes.get("proposed", False),
                    campaign_id=days[one.id][1],
                ),
            )
            for one in held
        ]
        return len(saving.save(self.record.engine, moves, actor="service:tariff"))

    def member(self, campaign: UUID, column: str) -> dict[UUID, Any]:
        """One column of the members, by application."""
        rows = self.record.rows(
            f"SELECT application_id, {column} AS value FROM campaign_members "  # noqa: S608
            "WHERE campaign_id = :campaign",
            campaign=campaign,
        )
        return {row.application_id: row.value for row in rows}

    def held_on(self, id_: UUID, day: date) -> int | None:
        """The version that holds on a day."""
        version: int | None = self.record.one(
            "SELECT max(version) FROM decisions WHERE application_id = :id AND NOT proposed "
            "AND valid_from <= :day",
            id=id_,
            day=day,
        )
        return version


@pytest.fixture
def town(record: Record) -> Town:
    return Town(record)
