"""Whatever an owner of the tables does to the journal or its seals is named."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from shared.protocol import journal
from shared.protocol.seals import Seal, SealKey
from shared.watching import auditing
from shared.watching.auditing import audit, audit_one
from shared.watching.faults import DayFault, DayTrouble, LineFault, LineTrouble, Stored

if TYPE_CHECKING:
    from tests.integration.seals.conftest import Ledger, Told


@pytest.fixture
def told(ledger: "Ledger") -> "Told":
    """An application of four lines among others, every day of the last five sealed."""
    ledger.tell(4, 1)
    one = ledger.tell(4, 3, 2, 2)
    ledger.tell(0)
    ledger.seal()
    return one


def _days(ledger: "Ledger", first: int, last: int, trouble: DayTrouble) -> tuple[DayFault, ...]:
    return (DayFault(ledger.day(first), ledger.day(last), trouble),)


def test_what_nobody_touched_is_whole(ledger: "Ledger", told: "Told") -> None:
    """Every chain and seal, also when the day goes on after the last seal."""
    ledger.go_on(told, ledger.one("SELECT now()"))
    ledger.tell()  # no line yet: removed below, since intake writes both at once
    ledger.intrude("DELETE FROM applications WHERE journal_sequence = 0")

    found = ledger.audit()

    assert found.whole
    assert (3, 8, 5) == (found.applications, found.lines, found.seals)
    assert found.newest is not None
    assert (ledger.end, (ledger.key.public,)) == (found.newest.day, found.public_keys)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("page", [1, 2, 3, 4])
def test_pages_make_no_difference(ledger: "Ledger", page: int) -> None:
    """Three applications read one, two, three at a time, or with room to spare."""
    found = audit(ledger.engine, page=page)

    assert found.whole
    assert (3, 7) == (found.applications, found.lines)


def test_a_changed_line_is_named(ledger: "Ledger", told: "Told") -> None:
    """Who did it, for instance: the hash of the line covers it."""
    ledger.intrude(
        "UPDATE journal SET actor = 'agent:x' WHERE application_id = :id AND sequence = 2",
        id=told.id,
    )
    found = ledger.audit()

    assert (LineFault(told.reference, 2, LineTrouble.CHANGED),) == found.line_faults
    assert (1, ()) == (found.faulty, found.day_faults)


def test_a_line_hashed_again_accuses_itself_or_the_next(ledger: "Ledger", told: "Told") -> None:
    """The line after it no longer follows."""
    forged = journal.chain(
        journal.Line(told.id, told.lines[1].line.at, "agent:x", None, told.lines[1].line.now),
        told.lines[0].head,
    )
    ledger.intrude(
        "UPDATE journal SET actor = 'agent:x', was = NULL, hash = :hash"
        " WHERE application_id = :id AND sequence = 2",
        id=told.id,
        hash=forged.head.hash,
    )
    found = ledger.audit()

    assert (LineFault(told.reference, 3, LineTrouble.UNLINKED),) == found.line_faults
    assert _days(ledger, 3, 3, DayTrouble.DIFFERENT) == found.day_faults


def test_a_removed_line_is_named(ledger: "Ledger", told: "Told") -> None:
    """One in the middle: the next does not follow."""
    ledger.intrude("DELETE FROM journal WHERE application_id = :id AND sequence = 3", id=told.id)
    assert (LineFault(told.reference, 3, LineTrouble.MISSING),) == ledger.audit().line_faults


def test_all_lines_removed_is_named(ledger: "Ledger", told: "Told") -> None:
    """Even when the row was made to say that there never was any."""
    ledger.intrude("DELETE FROM journal WHERE application_id = :id", id=told.id)
    told.lines.clear()
    ledger.move_head(told)
    found = ledger.audit()

    assert (LineFault(told.reference, 1, LineTrouble.MISSING),) == found.line_faults
    assert _days(ledger, 4, 0, DayTrouble.DIFFERENT) == found.day_faults


def test_a_last_line_removed_is_found_by_the_seals_alone(ledger: "Ledger", told: "Told") -> None:
    """The chain that is left is whole; the seals from that day on are of another journal."""
    ledger.remove_last_line(told)
    alone = audit_one(ledger.engine, told.reference)
    found = ledger.audit()

    assert alone is not None
    assert alone.whole
    assert () == found.line_faults
    assert _days(ledger, 2, 0, DayTrouble.DIFFERENT) == found.day_faults


def test_a_last_line_removed_in_haste_is_named(ledger: "Ledger", told: "Told") -> None:
    """The application's row still knows of it."""
    ledger.intrude("DELETE FROM journal WHERE application_id = :id AND sequence = 4", id=told.id)
    assert (LineFault(told.reference, 4, LineTrouble.MISSING),) == ledger.audit().line_faults


def test_a_line_put_at_the_end_is_named(ledger: "Ledger", told: "Told") -> None:
    """Well chained, and unknown to the application's row."""
    extra = ledger.next_line(told, ledger.one("SELECT now()"))
    with ledger.owner.begin() as connection:
        journal.write(connection, [extra])

    assert (LineFault(told.reference, 5, LineTrouble.ADDED),) == ledger.audit().line_faults


def test_a_line_put_into_a_sealed_day_is_found(ledger: "Ledger", told: "Told") -> None:
    """Well chained, the head moved with it: the seals since then know better."""
    ledger.go_on(told, told.lines[-1].line.at + timedelta(days=1))
    found = ledger.audit()

    assert () == found.line_faults
    assert _days(ledger, 1, 0, DayTrouble.DIFFERENT) == found.day_faults


def test_a_line_put_in_the_middle_is_named(ledger: "Ledger", told: "Told") -> None:
    """Those after it had to be numbered again, and their hashes cover their numbers."""
    ledger.intrude(
        "UPDATE journal SET sequence = 5 WHERE application_id = :id AND sequence = 4", id=told.id
    )
    told.lines.pop()
    with ledger.owner.begin() as connection:
        journal.write(connection, [ledger.next_line(told, told.lines[-1].line.at)])

    assert (LineFault(told.reference, 5, LineTrouble.UNLINKED),) == ledger.audit().line_faults


def test_a_history_written_anew_is_found(ledger: "Ledger", told: "Told") -> None:
    """Every line hashed again and the head moved: whole by itself, and not what was sealed."""
    ledger.intrude("DELETE FROM journal WHERE application_id = :id", id=told.id)
    ledger.intrude("DELETE FROM events WHERE application_id = :id", id=told.id)
    lines, told.lines = told.lines, []
    for line in lines:
        ledger.write(told, ledger.next_line(told, line.line.at, actor="agent:x"))
    found = ledger.audit()

    assert () == found.line_faults
    assert _days(ledger, 4, 0, DayTrouble.DIFFERENT) == found.day_faults


def test_a_row_with_another_head_is_named(ledger: "Ledger", told: "Told") -> None:
    """The same sequence, another hash."""
    ledger.intrude("UPDATE applications SET journal_head = :hash WHERE id = :id",
                   id=told.id, hash=b"\x00" * 32)  # fmt: skip

    assert (LineFault(told.reference, 4, LineTrouble.CHANGED),) == ledger.audit().line_faults


def _sign_again(ledger: "Ledger", key: SealKey, before_the_end: int) -> None:
    """Sign a day again, as it stands, with another key."""
    day = ledger.day(before_the_end)
    with ledger.engine.connect() as connection:
        query = text("SELECT heads, root FROM seals WHERE day = :day")
        heads, root = connection.execute(query, {"day": day}).one()
        previous = connection.execute(query, {"day": day - timedelta(days=1)}).one().root
    ledger.intrude(
        "UPDATE seals SET public_key = :public, signature = :signature WHERE day = :day",
        public=key.public,
        signature=key.sign(Seal(day, heads, root, previous)),
        day=day,
    )


@pytest.mark.usefixtures("told")
def test_a_seal_signed_by_another_key_is_named(ledger: "Ledger") -> None:
    """Foreign when the right key is known; when it is not, both keys are at least told."""
    other = SealKey.new()
    _sign_again(ledger, other, 2)
    unaware = audit(ledger.engine)

    assert _days(ledger, 2, 2, DayTrouble.FOREIGN) == ledger.audit().day_faults
    assert ledger.audit(ledger.key, other).whole
    assert (True, (ledger.key.public, other.public)) == (unaware.whole, unaware.public_keys)


@pytest.mark.usefixtures("told")
def test_a_changed_seal_is_named_alone(ledger: "Ledger") -> None:
    """Its root or its count: the signature is not of that; the day after is not accused."""
    ledger.intrude("UPDATE seals SET root = :root WHERE day = :day",
                   root=b"\x00" * 32, day=ledger.day(3))  # fmt: skip
    ledger.intrude("UPDATE seals SET heads = heads + 1 WHERE day = :day", day=ledger.day(1))

    assert [(ledger.day(n), DayTrouble.UNSIGNED) for n in (3, 1)] == [
        (fault.first, fault.trouble) for fault in ledger.audit().day_faults
    ]


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(("first", "last"), [(2, 2), (4, 4), (4, 3)])
def test_a_removed_day_is_named_and_never_made_again(
    ledger: "Ledger", first: int, last: int
) -> None:
    """One in the middle, the first, the first two: the gap shows, and no scheduler fills it."""
    ledger.intrude("DELETE FROM seals WHERE day BETWEEN :first AND :last",
                   first=ledger.day(first), last=ledger.day(last))  # fmt: skip

    assert [] == ledger.seal()
    assert _days(ledger, first, last, DayTrouble.MISSING) == ledger.audit().day_faults


def test_a_removed_day_cannot_hide_a_changed_journal(ledger: "Ledger", told: "Told") -> None:
    """The seal after the gap was signed over a root that nothing gives any more."""
    ledger.remove_last_line(told)
    ledger.intrude("DELETE FROM seals WHERE day = :day", day=ledger.day(2))

    assert [DayTrouble.MISSING, DayTrouble.UNSIGNED, DayTrouble.DIFFERENT] == [
        fault.trouble for fault in ledger.audit().day_faults
    ]


def test_only_so_many_faults_are_listed(ledger: "Ledger") -> None:
    """The others are counted, so that a ruined journal is told in bounded memory."""
    for _ in range(101):
        ledger.tell()

    found = ledger.audit()

    assert (101, 100) == (found.faulty, len(found.line_faults))


def test_an_unknown_reference_is_nothing(ledger: "Ledger") -> None:
    """Rather than a chain that holds."""
    assert audit_one(ledger.engine, "T-0000") is None


def test_so_many_days_are_sealed_again(ledger: "Ledger") -> None:
    """The last twenty years: a first seal of another century costs nothing."""
    old, new = (Stored(date(year, 1, 1), 0, b"", b"", b"") for year in (1926, 2026))
    days = auditing._days(ledger.engine, [old, new])

    assert new.day - auditing._MOST_DAYS == days._first
    assert 1 + auditing._MOST_DAYS.days == len(days._trees)


def test_so_many_lines_of_one_application_are_walked(ledger: "Ledger") -> None:
    """Beyond them the chain is said to lack one: it is never passed for whole unread."""
    endless = ledger.tell()
    most, now = auditing._MOST_LINES, ledger.one("SELECT now()")
    lines = [ledger.next_line(endless, now)]
    while len(lines) <= most:
        lines.append(journal.chain(lines[-1].line, lines[-1].head))
    ledger.write(endless, *lines)
    walked = audit_one(ledger.engine, endless.reference)

    assert walked is not None
    assert most == walked.lines
    assert (LineFault(endless.reference, most + 1, LineTrouble.MISSING),) == walked.line_faults
