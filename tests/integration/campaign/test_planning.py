"""Who is in a campaign, and why the others are not."""

from datetime import date
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from services.command.campaign import following
from shared.campaigns import CampaignKind
from shared.protocol.campaigning import outcomes, planning
from shared.protocol.campaigning.progress import latest
from shared.states import Status

if TYPE_CHECKING:
    from tests.integration.campaign.conftest import Town

pytestmark = pytest.mark.stack


def test_running_decisions_are_members_and_the_rest_says_why(town: "Town") -> None:
    """Decided and running: in; the rest of the scheme is left out by name, or was never in it."""
    running = town.decided(3)
    ended = town.decided(1)
    begins = town.decided(1, since=date(2026, 12, 1))
    refused = town.decided(1, since=date(2026, 8, 1))
    town.decide(refused, since=date(2026, 9, 1), kind="not_awarded")
    in_hand = [*town.decided(1, status=Status.RECEIVED), *town.decided(1, status=Status.TO_REVIEW)]
    town.decided(1, status=Status.WITHDRAWN)
    town.record.plant(2)

    campaign = town.start(ended=ended)

    expected = {
        **dict.fromkeys(running, None),
        ended[0]: "care_ended",
        begins[0]: "not_begun",
        refused[0]: "aid_refused",
        **dict.fromkeys(in_hand, "in_hand"),
    }
    assert expected == town.member(campaign, "left_out")
    assert len(expected) == town.record.one("SELECT total FROM campaigns")


def test_the_version_before_is_the_one_of_the_day(town: "Town") -> None:
    """Not a later one, not a proposal, and not an older one that was superseded."""
    [id_] = town.decided(1, since=date(2026, 8, 1))
    town.decide([id_], since=date(2026, 9, 15))
    town.decide([id_], since=date(2026, 9, 1), proposed=True)
    town.decide([id_], since=date(2026, 11, 1))

    assert {id_: 2} == town.member(town.start(), "before_version")


def test_upcoming_ones_may_be_asked_for(town: "Town") -> None:
    """Each from the first day that it has a decision for."""
    [id_] = town.decided(1, since=date(2026, 11, 1))
    town.decide([id_], since=date(2026, 12, 1))

    campaign = town.start(upcoming=True)

    assert ({id_: None}, {id_: 1}) == (
        town.member(campaign, "left_out"),
        town.member(campaign, "before_version"),
    )


def test_the_rest_of_a_campaign_is_whom_it_did_not_take(town: "Town") -> None:
    """Those whom it left out, and those who came since."""
    town.decided(2)
    in_hand = town.decided(1, status=Status.PARKED)
    first = town.start()
    town.record.change(in_hand, status=Status.DECIDED)
    since = town.decided(1)

    rest = town.start(code="reste", rest_of=first)

    assert {*in_hand, *since} == set(town.member(rest, "left_out"))


def test_a_correction_takes_what_a_wrong_version_still_touches(town: "Town") -> None:
    """In force or past; not what never held, nor what was set right already."""
    wrong, right = {"tariff_version": "faux"}, {"tariff_version": "faux.1"}
    [in_force] = town.record.plant(1, status=Status.DECIDED)
    town.decide([in_force], since=date(2026, 9, 1), **wrong)
    [past] = town.record.plant(1, status=Status.DECIDED)
    town.decide([past], since=date(2026, 9, 1), **wrong)
    town.decide([past], since=date(2026, 10, 1), **right)
    [mended] = town.record.plant(1, status=Status.DECIDED)
    town.decide([mended], since=date(2026, 9, 1), **wrong)
    town.decide([mended], since=date(2026, 9, 1), **right)
    [gone] = town.record.plant(1, status=Status.WITHDRAWN)
    town.decide([gone], since=date(2026, 9, 1), **wrong)
    town.decided(1)

    campaign = town.start(scheme=None, effective_on=None, tariff=("psu", "faux"))

    assert {in_force: None, past: None, gone: "withdrawn"} == town.member(campaign, "left_out")


def test_a_code_that_is_taken_gets_a_number(town: "Town") -> None:
    """The second campaign of a scheme and a day is told from the first."""
    town.start(code="arles-creches-2027-01-01")
    with town.record.engine.begin() as connection:
        planning.alone(connection)
        assert "arles-creches-2027-01-01-2" == planning.free_code(
            connection, "arles-creches-2027-01-01"
        )
        assert "arles-creches-2027-01" == planning.free_code(connection, "arles-creches-2027-01")


def test_members_are_read_a_page_at_a_time(town: "Town") -> None:
    """Each once, however many pages."""
    ids = town.decided(501)
    with town.record.engine.connect() as connection:
        pages = planning.sealed_cares(connection, town.record.founded.scheme, date(2026, 10, 1))
        read = [[one.id for one in page] for page in pages]

    assert [500, 1] == [len(page) for page in read]
    assert ids == [id_ for page in read for id_ in page]
    assert 0 == town.record.one("SELECT count(*) FROM campaigns")


def test_outcomes_are_read_a_page_at_a_time(town: "Town") -> None:
    """Each member once, and the letters of nobody who has no new decision."""
    ids = town.decided(outcomes._PAGE + 1)
    town.start()
    with town.record.engine.connect() as connection:
        campaign = town.record.one("SELECT id FROM campaigns")
        pages = [[one.id for one in page] for page in outcomes.outcomes(connection, campaign)]
        letters = list(outcomes.letters(connection, campaign))

    assert [outcomes._PAGE, 1] == [len(page) for page in pages]
    assert (ids, []) == ([id_ for page in pages for id_ in page], letters)


def test_so_many_campaigns_are_listed(town: "Town") -> None:
    """The last ones."""
    for number in range(following._MOST_LISTED + 1):
        town.start(code=f"c-{number}")
    with town.record.engine.connect() as connection:
        listed = [one.code for one in latest(connection, following._MOST_LISTED)]

    assert following._MOST_LISTED == len(listed)
    assert "c-0" not in listed


def test_a_campaign_that_dies_while_it_starts_never_was(town: "Town") -> None:
    """One transaction: the campaign and all its members, or nothing."""
    town.decided(2)
    with town.record.engine.connect() as connection:
        planning.alone(connection)
        plan = planning.Plan(
            "essai",
            town.record.founded.authority,
            CampaignKind.REPRICING,
            "command:test",
            scheme=town.record.founded.scheme,
            effective_on=date(2026, 10, 1),
        )
        planning.start(connection, plan)
        connection.execute(text("ROLLBACK"))

    assert (0, 0) == (
        town.record.one("SELECT count(*) FROM campaigns"),
        town.record.one("SELECT count(*) FROM campaign_members"),
    )
