"""Records as YAML and as CSV: what is written is read back; what is wrong is told with its line."""

import pytest
from hypothesis import given

from services.command.records import csv_text, yaml_text
from services.command.records.faults import RecordsError
from services.command.records.kinds import Kind
from services.command.records.models import Record
from services.command.records.raw import Found, judged
from tests.record_sets import record_sets

_PAGE = """\
authorities:
  - code: arles
    name: Ville d'Arles
    kind: ville
    siret: 21130004100012
  - code: sete
    nom: Sète
    kind: commune
    siret: 21130000900019
portails: []
"""
_SHEET = """\
code;name;kind;siret
arles;Ville d'Arles;ville;21130004100012

sete;"Sète; la ville";commune;1
"""


def _faults(found: Found) -> list[str]:
    try:
        judged(found)
    except RecordsError as refused:
        return [f"{fault.place} {fault.field}".strip() for fault in refused.faults]
    return []


@given(record_sets())
def test_yaml_is_read_back(records: list[Record]) -> None:
    """Every record, every sign of every name."""
    read = judged(yaml_text.read(yaml_text.write(records), file="f.yaml"))

    wanted = sorted(records, key=lambda one: list(Kind).index(one.kind_of_record))
    found = sorted(
        (one.record for one in read), key=lambda one: list(Kind).index(one.kind_of_record)
    )
    assert wanted == found


@given(record_sets())
def test_csv_is_read_back(records: list[Record]) -> None:
    """Each kind from its own sheet."""
    for kind in Kind:
        own = [one for one in records if one.kind_of_record is kind]
        read = judged(csv_text.read(csv_text.write(own, kind), kind, file="f.csv"))
        assert own == [one.record for one in read]


def test_faults_of_a_page_have_their_lines() -> None:
    """Those of its shape and those of every record, at once."""
    faults = _faults(yaml_text.read(_PAGE, file="f.yaml"))

    assert [
        "f.yaml, ligne 10 portails",
        "f.yaml, ligne 4 kind",
        "f.yaml, ligne 6 name",
        "f.yaml, ligne 7 nom",
    ] == faults


def test_faults_of_a_sheet_have_their_lines() -> None:
    """Counted as the spreadsheet counts them."""
    faults = _faults(csv_text.read(_SHEET, Kind.AUTHORITY, file="f.csv"))

    assert ["f.csv, ligne 2 kind", "f.csv, ligne 4 siret"] == faults


def test_commas_and_a_byte_order_mark_are_understood() -> None:
    """As other spreadsheets write them."""
    sheet = "\ufeffcode,name,kind,siret\narles,Arles,commune,21130004100012\n"

    [one] = judged(csv_text.read(sheet, Kind.AUTHORITY, file="f.csv"))
    assert "Arles" == one.record.plain()["name"]


def test_a_word_said_twice_is_refused() -> None:
    """In a page, and as the name of a column."""
    page = "authorities:\n  - code: a\n    code: b\n"

    assert "f.yaml, ligne 3 code" in _faults(yaml_text.read(page, file="f.yaml"))
    sheet = csv_text.read("code;code\n", Kind.AUTHORITY, file="f.csv")
    assert ["f.csv, ligne 1"] == _faults(sheet)


def test_what_has_no_shape_is_told_not_raised() -> None:
    """Lists where words are due, words where lists are, too many cells, broken syntax."""
    for page in ("- a\n", "authorities: x\n", "authorities: [x]\n", "portals: [{name: {a: b}}]\n"):
        assert [] != _faults(yaml_text.read(page, file="f.yaml"))
    too_many = csv_text.read("code;name\na;b;c\n", Kind.AUTHORITY, file="f.csv")
    assert ["f.csv, ligne 2"] == _faults(too_many)


@pytest.mark.parametrize("broken", ["a: [", "a: \x00"])
def test_what_is_no_yaml_is_refused(broken: str) -> None:
    """In a French word, not in the parser's."""
    with pytest.raises(RecordsError, match="YAML"):
        yaml_text.read(broken, file="f.yaml")
