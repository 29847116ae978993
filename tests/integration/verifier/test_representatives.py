"""Two representatives of one household on a real record: one call each, in its own turn."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from services.verifier.provider.ages import unless_under_seven
from services.verifier.work import Verify
from shared.application import Application
from shared.civil_status import CivilStatus
from shared.evidence import (
    EAJE_SOURCE,
    Busy,
    Certified,
    EajeFacts,
    Inconsistent,
    NoFile,
    NotIdentified,
    Outcome,
    Provenance,
)
from shared.paris import day_in_paris
from shared.protocol import saving
from shared.protocol.claiming import Held
from shared.states import Reason, Status, Step

if TYPE_CHECKING:
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack

_FROM = Provenance(
    source=EAJE_SOURCE, fetched_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC), http_status=404
)
_NO_FILE, _UNKNOWN = NoFile(_FROM), NotIdentified(_FROM)
_BUSY = Busy(_FROM, None, whole_habilitation=False)
_OTHERS = Inconsistent(_FROM, "applicant_not_listed")
_OTHER = "other_representative"


@pytest.fixture(name="household")
def _household(application: Application) -> Application:
    """The invented family, with a second representative under the same roof."""
    luc = CivilStatus.model_validate(
        {
            "birth_name": "Marchetti",
            "first_names": ["Luc"],
            "sex": "M",
            "birth": "1990-01-02",
            "birth_place": {"commune": "13004"},
        }
    )
    return application.model_copy(update={"other_representative": luc})


@dataclass
class Fund:
    """A client of every habilitation: an outcome for each birth name, and who was asked about."""

    outcomes: dict[str, Outcome]
    source: str = EAJE_SOURCE
    refusal: str = "token:of:test"
    asked: list[str] = field(default_factory=list)

    async def of(self, _scheme: UUID, _habilitation: UUID) -> "Fund":
        return self

    async def verify(self, application: Application, now: datetime) -> Outcome:
        unasked = unless_under_seven(application.child, day_in_paris(now))
        if unasked is not None:
            return unasked
        self.asked.append(application.applicant.birth_name)
        return self.outcomes[application.applicant.birth_name]

    def learn_at_once(self, *_: object, **__: object) -> bool:
        return False

    def learn(self, held: Held, outcome: Outcome, *, token: str) -> None: ...


async def _turn(record: "Record", id_: UUID, fund: Fund) -> tuple[Status, Reason | None]:
    """Make it due, claim it, verify and save; where it stands then."""
    record.change([id_], due_at=datetime.now(UTC) - timedelta(seconds=1))
    verify = Verify(
        ring=record.ring,
        clients=fund,
        stop_calls=lambda _habilitation, _until, _why: None,
        health=fund,
        first_retry=timedelta(seconds=10),
        chance=Random(7),
    )
    [held] = record.claim([id_])
    move = await verify(held)
    assert {id_} == saving.save(record.engine, [move], actor="service:verifier")
    return move.now, move.reason


def _lines(record: "Record") -> list[tuple[str, str | None]]:
    rows = record.rows("SELECT outcome, asked FROM verifications ORDER BY recorded_at")
    return [(row.outcome, row.asked) for row in rows]


@pytest.mark.parametrize("first", [_NO_FILE, _UNKNOWN])
async def test_the_other_representatives_file_is_found(
    record: "Record", household: Application, facts: EajeFacts, first: Outcome
) -> None:
    """In a second turn, with a permit of its own; the record says whose file it is, by role."""
    id_ = record.enrol(household)
    fund = Fund({"Lô": first, "Marchetti": Certified(facts)})

    assert (Status.RECEIVED, Reason.OTHER_REPRESENTATIVE_ASKED) == await _turn(record, id_, fund)
    assert ["Lô"] == fund.asked
    assert (Status.VERIFIED, None) == await _turn(record, id_, fund)

    assert ["Lô", "Marchetti"] == fund.asked
    assert [(type(first).__name__, None), ("Certified", _OTHER)] == _lines(record)
    [held] = record.claim([id_], step=Step.PRICE)
    assert held.evidence
    assert _OTHER == held.evidence.asked


async def test_a_turn_that_told_nothing_is_taken_again(
    record: "Record", household: Application, facts: EajeFacts
) -> None:
    """The applicant, who was answered about, is not asked about twice."""
    id_ = record.enrol(household)
    fund = Fund({"Lô": _NO_FILE, "Marchetti": _BUSY})
    await _turn(record, id_, fund)
    await _turn(record, id_, fund)
    fund.outcomes["Marchetti"] = Certified(facts)
    await _turn(record, id_, fund)

    assert ["Lô", "Marchetti", "Marchetti"] == fund.asked


@pytest.mark.parametrize(
    ("applicant", "other", "stands"),
    [
        (_NO_FILE, _UNKNOWN, (Status.PARKED, Reason.NO_FILE)),
        (_UNKNOWN, _NO_FILE, (Status.PARKED, Reason.NO_FILE)),
        (_NO_FILE, _NO_FILE, (Status.PARKED, Reason.NO_FILE)),
        (_UNKNOWN, _UNKNOWN, (Status.TO_REVIEW, Reason.NOT_IDENTIFIED)),
        (_NO_FILE, _OTHERS, (Status.TO_REVIEW, Reason.INCONSISTENT)),
    ],
)
async def test_when_neither_is_found_the_household_waits_or_a_person_looks(
    record: "Record",
    household: Application,
    applicant: Outcome,
    other: Outcome,
    stands: tuple[Status, Reason],
) -> None:
    """A file may still come for who is known; somebody else's answer is kept from everybody."""
    id_ = record.enrol(household)
    fund = Fund({"Lô": applicant, "Marchetti": other})
    await _turn(record, id_, fund)

    assert stands == await _turn(record, id_, fund)
    assert 0 == record.one("SELECT count(*) FROM verifications WHERE sealed IS NOT NULL")


async def test_each_round_begins_with_the_applicant(
    record: "Record", household: Application
) -> None:
    """What was parked and is woken is asked about from the start."""
    id_ = record.enrol(household)
    fund = Fund({"Lô": _NO_FILE, "Marchetti": _NO_FILE})
    await _turn(record, id_, fund)
    await _turn(record, id_, fund)
    record.change([id_], status=Status.RECEIVED)
    await _turn(record, id_, fund)

    assert ["Lô", "Marchetti", "Lô"] == fund.asked


async def test_nobody_is_asked_about_who_lives_elsewhere(
    record: "Record", application: Application
) -> None:
    """Without a declared household the applicant alone is asked about, and waits."""
    id_ = record.enrol(application)
    fund = Fund({"Lô": _NO_FILE})

    assert (Status.PARKED, Reason.NO_FILE) == await _turn(record, id_, fund)
    assert [("NoFile", None)] == _lines(record)


async def test_a_birth_to_come_is_waited_for_without_a_call(
    record: "Record", household: Application
) -> None:
    """Parked until that day, with a last date, and no line of an answer that nobody gave."""
    born_on = day_in_paris(datetime.now(UTC)) + timedelta(days=40)
    child = household.child.model_copy(update={"birth": born_on})
    id_ = record.enrol(household.model_copy(update={"child": child}))
    fund = Fund({})

    assert (Status.PARKED, Reason.BIRTH_AWAITED) == await _turn(record, id_, fund)

    [row] = record.rows("SELECT due_at, last_date FROM applications")
    assert born_on <= day_in_paris(row.due_at) <= born_on + timedelta(days=1)
    assert row.last_date > row.due_at + timedelta(days=5)
    assert ([], []) == (fund.asked, _lines(record))


async def test_a_child_of_seven_goes_to_a_person_without_a_call(
    record: "Record", household: Application
) -> None:
    """The endpoint is for younger ones, and logs as misuse who insists."""
    child = household.child.model_copy(update={"birth": date(2012, 5, 1)})
    id_ = record.enrol(household.model_copy(update={"child": child}))
    fund = Fund({})

    assert (Status.TO_REVIEW, Reason.NO_CHILD_UNDER_SEVEN) == await _turn(record, id_, fund)
    assert ([], []) == (fund.asked, _lines(record))
