"""Records as files: out, in, and what is said of a file that is not right."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from services.command.records.kinds import Kind

if TYPE_CHECKING:
    from tests.integration.records.conftest import Town

pytestmark = pytest.mark.stack

_SHEET = "code;name;kind;siret\r\nsete;Sète;commune;21130000900019\r\n"


def _wipe(town: "Town") -> None:
    with town.owner.begin() as connection:
        connection.execute(text("TRUNCATE authorities, switches CASCADE"))


def _exported(town: "Town", folder: Path, form: str) -> dict[str, bytes]:
    """Each kind alone, by its own command."""
    folder.mkdir()
    files = {kind: folder / f"{kind.plural}.{form}" for kind in Kind}
    for kind, file in files.items():
        town.berceau(kind, "export", "--out", str(file))
    return {kind: file.read_bytes() for kind, file in files.items()}


@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_each_kind_goes_out_and_comes_back(town: "Town", form: str) -> None:
    """By its own commands, into an emptied database; and is exported the same, to the byte."""
    town.import_records()
    town.berceau("habilitation", "change", "arles", "--token-expires-at", "2099-05-31")
    before = _exported(town, town.folder / "before", form)
    _wipe(town)

    for kind in Kind:
        town.berceau(kind, "import", str(town.folder / "before" / f"{kind.plural}.{form}"))

    assert before == _exported(town, town.folder / "after", form)
    assert all(content != b"" for content in before.values())


def test_the_whole_goes_out_and_comes_back(town: "Town") -> None:
    """As one page or as a folder of sheets, by files or through stdout and stdin."""
    town.import_records()
    page = town.berceau("records", "export").stdout
    town.berceau("records", "export", "--format", "csv", "--out", str(town.folder / "sheets"))

    for source in (town.file("page.yaml", page), str(town.folder / "sheets")):
        _wipe(town)
        town.berceau("records", "import", source)
        assert page == town.berceau("records", "export").stdout
    _wipe(town)
    town.berceau("records", "import", "-", typed=page)
    assert page == town.berceau("records", "export").stdout


def test_a_form_that_is_asked_for_is_the_form(town: "Town") -> None:
    """Whatever the file's name says; on stdout too."""
    town.import_records()
    file = town.folder / "authorities.txt"
    town.berceau("authority", "export", "--format", "csv", "--out", str(file))

    assert file.read_text("utf-8-sig").startswith("code;name;")
    assert town.berceau("authority", "export").stdout.startswith("authorities:\n")


def test_an_export_taken_back_undoes_what_was_given_since(town: "Town") -> None:
    """It says all that a record has; a page by hand takes away nothing that it does not say."""
    town.import_records()
    page = town.file("page.yaml", town.berceau("records", "export").stdout)
    town.berceau("habilitation", "change", "arles", "--token-expires-at", "2099-05-31")

    town.import_records()
    assert 2099 == town.one("SELECT token_expires_at FROM habilitations").year
    town.berceau("records", "import", page)
    assert None is town.one("SELECT token_expires_at FROM habilitations")


def test_sheets_are_changed_and_taken_back(town: "Town") -> None:
    """All of them as a folder, one of them alone; a sheet of another kind is not taken for it."""
    town.import_records()
    sheets = town.folder / "sheets"
    town.berceau("records", "export", "--format", "csv", "--out", str(sheets))
    sheet = sheets / "portals.csv"
    sheet.write_text(sheet.read_text("utf-8").replace(";1200", ";900"), "utf-8")

    town.berceau("records", "import", str(sheets))
    assert 900 == town.one("SELECT requests_per_minute FROM portals")
    assert 6 == town.one("SELECT count(*) FROM changes")

    town.berceau("portal", "import", str(sheet))
    town.berceau("records", "import", str(sheet))
    town.berceau("structure", "import", str(sheet), code=2)
    page = town.file("page.yaml", town.berceau("records", "export").stdout)
    assert "records import" in town.berceau("portal", "import", page, code=2).stderr
    assert 6 == town.one("SELECT count(*) FROM changes")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("authorities.csv", _SHEET.encode("utf-8-sig")),
        ("authorities.csv", _SHEET.replace(";", ",").encode()),
        ("AUTHORITIES.CSV", _SHEET.encode()),
        ("authorities.csv", _SHEET.replace("\r\n", ";;\r\n").encode()),
    ],
)
def test_a_sheet_of_a_spreadsheet_is_read(town: "Town", name: str, content: bytes) -> None:
    """With its mark, its new lines, its comma, its empty columns, its capitals."""
    (town.folder / name).write_bytes(content)

    town.berceau("authority", "import", str(town.folder / name))

    assert "Sète" == town.one("SELECT name FROM authorities")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("authorities.csv", _SHEET.encode("cp1252"), "enregistrez-le en UTF-8"),
        ("authorities.csv", _SHEET.encode("utf-16"), "enregistrez-le en UTF-8"),
        ("authorities.csv", (_SHEET + _SHEET[22:]).encode(), "ligne 3 : code : « sete »"),
        ("authorities.csv", b"code;nom\r\n", "ligne 1 : nom : mot inconnu"),
        ("authorities.csv", b'code;name\r\na;"b\r\n', "guillemets"),
        ("authorities.yaml", b"authorities:\n\t- a\n", "YAML lisible (ligne 2)"),
        ("authorities.yaml", b"x" * 4_000_001, "trop long"),
        ("authorities.txt", b"", ".yaml, .csv"),
    ],
)
def test_a_file_that_is_not_right_is_told(
    town: "Town", name: str, content: bytes, said: str
) -> None:
    """In French, with its name, the line and the remedy; nothing is written."""
    (town.folder / name).write_bytes(content)

    told = town.berceau("records", "import", str(town.folder / name), code=2).stderr

    assert said in told
    assert name in told
    assert 0 == town.one("SELECT count(*) FROM changes")


def test_a_sheet_that_no_kind_has_is_not_left_out_unseen(town: "Town") -> None:
    """Its name may be a mistake; what an editor keeps beside an open file is none."""
    for name in ("authorities.csv", "collectivites.csv", ".~authorities.csv"):
        (town.folder / name).write_text(_SHEET, "utf-8")

    told = town.berceau("records", "import", str(town.folder), code=2).stderr
    assert told.startswith("collectivites.csv : nom inconnu")
    assert 1 == told.count("nom inconnu")
    (town.folder / "collectivites.csv").unlink()
    town.berceau("records", "import", str(town.folder))


def test_a_file_without_a_record_says_so(town: "Town") -> None:
    """It is what an empty database exports."""
    page = town.file("page.yaml", town.berceau("records", "export").stdout)

    assert "Aucune fiche" in town.berceau("records", "import", page).stderr
