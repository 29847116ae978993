"""Names found by their beginning and a birth: as they enter, as they are indexed later, noted."""

from datetime import date
from typing import TYPE_CHECKING

import pytest

from services.command.ops.desk import OpsDesk
from services.command.ops.indexing import index_names
from shared.application import Application
from shared.blind_names import BEGINNINGS, IndexKeys
from shared.protocol.operating import names
from shared.protocol.operating.noting import last_noted
from shared.sealing import KeyRing
from shared.seeking.writing import SoughtError

if TYPE_CHECKING:
    from uuid import UUID

    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_CHILD, _APPLICANT = date(2025, 3, 4), date(1992, 7, 19)


def _enter(record: "Record", application: Application, keys: IndexKeys) -> "UUID":
    id_ = record.enrol(application)
    with record.engine.begin() as connection:
        names.enter(connection, keys, {id_: list(names.people_of(application))})
    return id_


def _found(record: "Record", keys: IndexKeys, name: str, birth: date) -> list["UUID"]:
    with record.engine.begin() as connection:
        return names.search(connection, keys, name, birth, actor="command:awa", why="appel du jour")


def test_a_family_is_found_by_each_of_its_names(record: "Record", application: Application) -> None:
    """The child's and the applicant's, by either birth where it is theirs; accents do not count."""
    keys = IndexKeys.new()
    id_ = _enter(record, application, keys)

    for name, birth in (
        ("Marchetti", _CHILD),
        ("marc", _CHILD),
        ("LO", _CHILD),
        ("lô", _APPLICANT),
        ("Lo", _APPLICANT),
    ):
        assert [id_] == _found(record, keys, name, birth), name
    for name, birth in (
        ("Marchetti", _APPLICANT),
        ("Lopez", _CHILD),
        ("Marchetti", date(2025, 3, 5)),
    ):
        assert [] == _found(record, keys, name, birth), name


def test_each_search_is_noted_without_the_name(record: "Record", application: Application) -> None:
    """Who, when, why and how many."""
    keys = IndexKeys.new()
    _enter(record, application, keys)
    _found(record, keys, "Marchetti", _CHILD)
    with record.engine.connect() as connection:
        [noted] = last_noted(connection)

    assert ("command:awa", "search_by_name", "appel du jour", {"found": 1}) == (
        noted.actor,
        noted.act,
        noted.comment,
        noted.detail,
    )
    kept = record.one("SELECT string_agg(o::text || n::text, ' ') FROM operations o, name_tokens n")
    assert "march" not in kept.casefold()


def test_another_key_finds_nothing(record: "Record", application: Application) -> None:
    """Whoever has the table alone has nothing to try names with."""
    _enter(record, application, IndexKeys.new())

    assert [] == _found(record, IndexKeys.new(), "Marchetti", _CHILD)


def test_a_renewed_key_still_finds_what_the_former_one_wrote(
    record: "Record", application: Application
) -> None:
    """Until all is indexed again, and after."""
    first = IndexKeys.new()
    id_ = _enter(record, application, first)
    renewed = first.renewed()
    before = _found(record, renewed, "Marchetti", _CHILD)
    done = [index_names(_desk(record), record.ring, renewed) for _ in range(2)]
    only_new = IndexKeys(renewed.current, {renewed.current: renewed.keys[renewed.current]})

    assert [id_] == before
    assert [(1, 0), (0, 0)] == done
    assert [id_] == _found(record, only_new, "Marchetti", _CHILD)


def test_what_was_there_before_is_indexed(record: "Record", application: Application) -> None:
    """Page after page; what the ring does not open is counted, and stops nothing."""
    ids = sorted(record.enrol(application) for _ in range(3))
    record.plant(2)
    keys = IndexKeys.new()

    assert (3, 2) == index_names(_desk(record), record.ring, keys)
    assert ids == sorted(_found(record, keys, "Marchetti", _CHILD))
    assert (0, 5) == index_names(_desk(record), KeyRing.new("other"), keys.renewed())


def test_one_letter_is_no_beginning(record: "Record") -> None:
    """It would find half a town, one birth at a time."""
    with pytest.raises(SoughtError, match=f"{BEGINNINGS[0]} lettres au moins"):
        _found(record, IndexKeys.new(), "M", _CHILD)


def _desk(record: "Record") -> OpsDesk:
    return OpsDesk(record.engine, None, "command:awa")  # type: ignore[arg-type]
