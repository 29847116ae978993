"""Records as YAML and as CSV: what is written is read back; what is wrong is told with its line."""

import pytest
from hypothesis import given, settings

from services.command.records import csv_text, yaml_text
from services.command.records.faults import RecordsError
from services.command.records.kinds import Kind
from services.command.records.models import Record, read
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


_RIGHT = {"code": "droit", "authority": "arles", "recipient": "21130004100012"}
_ITS_OWN = {"provider": "api_particulier", "endpoints": ["eaje"]}
_PORTAL = "portals: [{{code: p, authority: arles, name: {name}, requests_per_minute: {pace}}}]"


def _refused(page: str) -> list[str]:
    with pytest.raises(RecordsError) as refused:
        judged(yaml_text.read(page, file="f.yaml"))
    return [str(fault) for fault in refused.value.faults]


def _faults(found: Found) -> list[str]:
    try:
        judged(found)
    except RecordsError as refused:
        return [f"{fault.place} {fault.field}".strip() for fault in refused.faults]
    return []


@settings(deadline=None)  # a machine may be busy
@given(record_sets())
def test_yaml_is_read_back(records: list[Record]) -> None:
    """Every record, every sign of every name."""
    read = judged(yaml_text.read(yaml_text.write(records), file="f.yaml"))

    wanted = sorted(records, key=lambda one: list(Kind).index(one.kind_of_record))
    found = sorted(
        (one.record for one in read), key=lambda one: list(Kind).index(one.kind_of_record)
    )
    assert wanted == found


@settings(deadline=None)  # a machine may be busy
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


@pytest.mark.parametrize(
    "odd",
    [
        "authorities: " + "[" * 300_000,
        "- " * 300_000,
        "authorities: &all [*all]\n",
        "authorities: &all\n- ? *all\n  : x\n",
        "portals: [{? {name: x} : y}]\n",
        "portals: [{? [x] : y}]\n",
    ],
)
def test_a_page_of_no_shape_at_all_is_told_too(odd: str) -> None:
    """Levels without end, a page within itself, a key that is no word: a fault with its line."""
    faults = _refused(odd)

    assert all("f.yaml, ligne" in fault for fault in faults)
    assert not [fault for fault in faults if "Node" in fault]


def test_a_value_is_written_out_each_time() -> None:
    """A page of references could grow far beyond its length when read."""
    page = "structures: [{code: a, care_types: &c [collectif]}, {code: b, care_types: *c}]\n"

    assert ["f.yaml, ligne 1 : répétez la valeur : * n'est pas lu."] == _refused(page)


def test_nothing_is_said_in_three_ways() -> None:
    """An empty value, `null` and `~`; between quotes it is a name."""
    for nothing in ("", "null", "~", "''"):
        page = _PORTAL.format(name="Famille", pace=nothing)
        [one] = judged(yaml_text.read(page, file="f.yaml"))
        assert 1_200 == one.record.plain()["requests_per_minute"]
    [quoted] = judged(yaml_text.read(_PORTAL.format(name="'null'", pace=60), file="f.yaml"))
    assert "null" == quoted.record.plain()["name"]


def test_what_a_file_does_not_say_stays_as_it_is() -> None:
    """Of a record that stands; what it says to be empty goes back to where it began."""
    stands = read(
        Kind.HABILITATION,
        {**_RIGHT, "token_expires_at": "2099-01-01", "pace": 5, "burst": 1},
    )
    unsaid = "habilitations: [{code: droit, authority: arles, burst: 2}]"
    [left] = judged(yaml_text.read(unsaid, file="f.yaml"), [stands])
    sheet = csv_text.read("code;pace;token_expires_at\ndroit;;\n", Kind.HABILITATION, file="f.csv")
    [emptied] = judged(sheet, [stands])

    assert stands.plain() | {"burst": 2} == left.record.plain()
    assert {**_RIGHT, **_ITS_OWN, "pace": 18, "burst": 1} == emptied.record.plain()


def test_a_page_says_all_that_a_record_has() -> None:
    """So that it takes away what was given since."""
    given = {**_RIGHT, **_ITS_OWN, "pace": 18, "burst": 2}
    page = yaml_text.write([read(Kind.HABILITATION, given)])
    stands = read(Kind.HABILITATION, {**given, "token_expires_at": "2099-01-01"})

    [one] = judged(yaml_text.read(page, file="f.yaml"), [stands])
    assert given == one.record.plain()


def test_what_a_spreadsheet_adds_is_left_out() -> None:
    """Empty columns and cells at the end, empty rows, spaces around words."""
    sheet = "code; name ;kind;siret;;\n arles;Arles ;commune;21130004100012;;\n;;;;;\n"

    [one] = judged(csv_text.read(sheet, Kind.AUTHORITY, file="f.csv"))
    assert "Arles" == one.record.plain()["name"]


def test_an_unknown_column_is_told_once() -> None:
    """Whether rows follow or not; that of a secret says where the secret goes."""
    for rows in ("", "a;b\nc;d\n"):
        found = csv_text.read(f"code;nom\n{rows}", Kind.AUTHORITY, file="f.csv")
        assert ["f.csv, ligne 1 nom"] == [f"{one.place} {one.field}" for one in found.faults]
    [secret] = csv_text.read("code;token\n", Kind.HABILITATION, file="f.csv").faults
    assert "--token-file" in secret.said


def test_a_row_on_several_lines_has_the_first_ones_number() -> None:
    """A text between quotes may hold a new line."""
    sheet = 'code;name;kind;siret\na;"x\ny";commune;1\nb;B;commune;1\n'
    faults = _faults(csv_text.read(sheet, Kind.AUTHORITY, file="f.csv"))

    assert ["f.csv, ligne 2 name", "f.csv, ligne 2 siret", "f.csv, ligne 4 siret"] == faults


@pytest.mark.parametrize("broken", ["a: [", "a: \x00"])
def test_what_is_no_yaml_is_refused(broken: str) -> None:
    """In a French word, not in the parser's."""
    with pytest.raises(RecordsError, match="YAML"):
        yaml_text.read(broken, file="f.yaml")


_WITH_A_DOSSIER = """\
habilitations:
- code: droit
  authority: arles
  recipient: 21130004100012
  dossier:
    title: Tarifs
    deliberation:
      number: D-1
      data: [ressources, salaire]
    contacts:
      dpo:
        email: chez-nous
    token: secret
"""


def test_a_dossiers_faults_are_told_where_they_stand() -> None:
    """By their whole name, each on its own line of the page; a secret is sent where it goes."""
    faults = _faults(yaml_text.read(_WITH_A_DOSSIER, file="f.yaml"))

    assert [
        "f.yaml, ligne 9 dossier.deliberation.data",
        "f.yaml, ligne 12 dossier.contacts.dpo.email",
        "f.yaml, ligne 13 dossier.token",
    ] == sorted(faults, key=lambda fault: int(fault.split()[2]))


def test_a_dossier_is_taken_whole() -> None:
    """A page that says nothing of it leaves it; one that says some of it says all of it."""
    stands = read(Kind.HABILITATION, {**_RIGHT, "dossier": {"title": "A", "purpose": "B"}})
    silent = "habilitations: [{code: droit, authority: arles, pace: 1}]"
    new = "habilitations: [{code: droit, authority: arles, dossier: {title: C}}]"

    [left] = judged(yaml_text.read(silent, file="f.yaml"), [stands])
    [taken] = judged(yaml_text.read(new, file="f.yaml"), [stands])
    assert {"title": "A", "purpose": "B"} == left.record.plain()["dossier"]
    assert {"title": "C"} == taken.record.plain()["dossier"]


def test_a_cell_holds_a_dossier_as_json() -> None:
    """What is no object in JSON is told, with the remedy; an empty cell is no dossier."""
    head = "code;authority;recipient;dossier\ndroit;arles;21130004100012;"
    [fault] = csv_text.read(head + "[1]\n", Kind.HABILITATION, file="f.csv").faults
    [empty] = judged(csv_text.read(head + "\n", Kind.HABILITATION, file="f.csv"))

    assert ("dossier", True) == (fault.field, "YAML" in fault.said)
    assert "dossier" not in empty.record.plain()


def test_only_what_has_fields_of_its_own_may_hold_some() -> None:
    """Words under a name are refused where a text is expected."""
    assert any("un texte ou une liste" in one for one in _refused("portals: [{code: {a: b}}]\n"))


_WITH_PEOPLE = """\
authorities:
- code: arles
  name: Ville d'Arles
  kind: commune
  siret: 21130004100012
  signatories:
  - first_name: Awa
    last_name: Lô
    function: maire
    service: Enfance
  - first_name: Zoé
    last_name: Lô
    function: =1+1
    service: Enfance
"""


def test_a_fault_in_a_list_of_parts_is_told_on_its_line() -> None:
    """By the place of the part, from 1."""
    faults = _faults(yaml_text.read(_WITH_PEOPLE, file="f.yaml"))

    assert ["f.yaml, ligne 13 signatories.2.function"] == faults


def test_a_cell_holds_a_list_of_parts_as_json() -> None:
    """And a list of words is none."""
    head = "code;name;kind;siret;signatories\narles;Arles;commune;21130004100012;"
    cell = '"[{""first_name"":""Awa"",""last_name"":""Lô"",""function"":""f"",""service"":""s""}]"'
    [asked] = judged(csv_text.read(f"{head}{cell}\n", Kind.AUTHORITY, file="f.csv"))
    [fault] = csv_text.read(f'{head}["Awa"]\n', Kind.AUTHORITY, file="f.csv").faults

    assert ["Awa"] == [one["first_name"] for one in asked.record.plain()["signatories"]]
    assert "signatories" == fault.field
