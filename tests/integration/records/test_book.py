"""The book of records: whole imports, nothing twice, one journal without a gap."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.command.records import book, csv_text, keys, ledger, yaml_text
from services.command.records.book import Hand
from services.command.records.changes import follow
from services.command.records.kinds import Kind
from services.command.records.models import Record
from services.command.records.raw import judged
from services.command.records.rules import Asked
from services.command.records.tokens import Tokens
from tests.integration.records.conftest import RECORDS
from tests.record_sets import record_sets

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tests.integration.records.conftest import Town

pytestmark = pytest.mark.stack

_MINTED_AT_ONCE = 12


def _hand() -> Hand:
    return Hand("command:test", datetime.now(UTC))


def _bring(connection: "Connection", town: "Town", records: list[Record]) -> list[Record]:
    asked = [Asked(record) for record in records]
    book.bring(connection, _hand(), asked, Tokens(town.ring))
    return book.read(connection)


def _from_yaml(page: str) -> list[Record]:
    return [one.record for one in judged(yaml_text.read(page, file="f.yaml"))]


def _from_csv(records: list[Record]) -> list[Record]:
    sheets = {
        kind: csv_text.write([one for one in records if one.kind_of_record is kind], kind)
        for kind in Kind
    }
    return [
        one.record
        for kind, sheet in sheets.items()
        for one in judged(csv_text.read(sheet, kind, file="f.csv"))
    ]


def test_what_is_exported_is_imported_into_an_empty_database(town: "Town") -> None:
    """And exported again the same, as YAML and as CSV, whatever the records are."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(record_sets())
    def holds(records: list[Record]) -> None:
        with town.engine.connect() as connection:
            first = _bring(connection, town, records)
            connection.rollback()
            second = _bring(connection, town, _from_yaml(yaml_text.write(first)))
            connection.rollback()
            third = _bring(connection, town, _from_csv(first))
            connection.rollback()
        assert len(records) == len(first)
        assert first == second == third

    holds()


def test_a_set_taken_twice_changes_nothing(town: "Town") -> None:
    """Neither a row nor a line of the journal."""
    with town.engine.begin() as connection:
        _bring(connection, town, _from_yaml(RECORDS))
    before = town.column("SELECT hash FROM changes ORDER BY sequence")

    with town.engine.begin() as connection:
        asked = [Asked(record) for record in _from_yaml(RECORDS)]
        again = book.bring(connection, _hand(), asked, Tokens(town.ring))

    assert ([], []) == (again.created, again.changed)
    assert 5 == len(before)
    assert before == town.column("SELECT hash FROM changes ORDER BY sequence")


def test_one_fault_keeps_the_whole_set_out(town: "Town") -> None:
    """Every fault is told, and no row, line or switch was written."""
    page = RECORDS.replace("habilitation: arles", "habilitation: nowhere").replace(
        "- {code: espace-famille, authority: arles", "- {code: espace-famille, authority: nowhere"
    )

    ended = town.berceau("records", "import", town.file("wrong.yaml", page), code=2)

    assert ["wrong.yaml, ligne 8", "wrong.yaml, ligne 10"] == [
        line.partition(" : ")[0] for line in ended.stderr.splitlines()
    ]
    for table in ("authorities", "structures", "habilitations", "changes", "switches"):
        assert 0 == town.one(f"SELECT count(*) FROM {table}")  # noqa: S608


def test_a_habilitation_without_a_token_makes_no_call(town: "Town") -> None:
    """It is paused in the same transaction, and says what it waits for."""
    town.import_records()

    [reason] = town.column("SELECT reason FROM switches")
    switch = town.one("SELECT 'habilitation:' || id FROM habilitations")
    assert "habilitation change arles --token-file" in reason
    assert [switch] == town.column("SELECT name FROM switches")


def test_many_at_once_leave_no_gap(town: "Town") -> None:
    """Twelve keys minted together are twelve lines in a row, and the chain is whole."""
    town.import_records()

    def mint(number: int) -> None:
        with town.engine.begin() as connection:
            grant = keys.Grant(label=f"n{number}")
            keys.keep(connection, _hand(), "espace-famille", bytes([number]), grant)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(mint, range(_MINTED_AT_ONCE)))

    with town.engine.connect() as connection:
        head, broken = follow(ledger.read(connection))
    assert (5 + _MINTED_AT_ONCE, None) == (head.sequence, broken)


@pytest.mark.parametrize(
    "statement", ["UPDATE changes SET actor = 'x'", "DELETE FROM changes", "TRUNCATE changes"]
)
def test_the_services_may_only_add_to_the_journal(town: "Town", statement: str) -> None:
    """What a command wrote, no service and no command can write anew."""
    town.import_records()

    with pytest.raises(ProgrammingError, match="permission denied"), town.engine.begin() as one:
        one.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE changes SET actor = 'command:nobody' WHERE sequence = 3",
        "UPDATE changes SET change = '{}' WHERE sequence = 3",
        "DELETE FROM changes WHERE sequence = 3",
    ],
)
def test_a_line_that_the_owner_of_the_tables_altered_is_named(town: "Town", statement: str) -> None:
    """By its number, with exit code 1; before that, the journal is whole."""
    town.import_records()
    assert "5 lignes" in town.berceau("records", "verify").stdout

    with town.owner.begin() as connection:
        connection.execute(text(statement))

    assert "ligne 3" in town.berceau("records", "verify", code=1).stderr
