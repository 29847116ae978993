"""`berceau export decisions`: what leaves, what does not, in which file, and what is kept of it."""

import csv
import json
import stat
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import Result

from services.command.export.sheet import HEADS
from shared.application import Fund, IdentityAssurance
from shared.decisions import DecisionMode
from shared.exporting import Days
from shared.protocol.exporting import Asked, read_page
from shared.sealing import KeyRing
from shared.states import Status
from tests.decided_families import changed, content, envelope, psu_record

if TYPE_CHECKING:
    from tests.integration.export.conftest import Decided

pytestmark = pytest.mark.stack
_Exported = Callable[..., dict[str, Any]]
_Export = Callable[..., Result]
_ON = ("--on", "2027-02-01")


def _fee(valid_from: date) -> dict[str, Any]:
    return content(envelope(valid_from=valid_from), psu_record(on=valid_from))


_AUTUMN, _WINTER = _fee(date(2026, 9, 1)), _fee(date(2026, 12, 1))


def _told(export: dict[str, Any]) -> list[tuple[str, int, str, str | None]]:
    return [
        (one["reference"], one["version"], one["valid_from"], one["valid_to"])
        for one in export["decisions"]
    ]


def test_what_holds_on_a_day_in_the_order_of_references(
    decided: "Decided", exported: _Exported
) -> None:
    """One line for each application that a decision binds on that day."""
    decided.decide(_AUTUMN, _WINTER, reference="B")
    decided.decide(_AUTUMN, reference="A", changes={"fund": Fund.MSA})

    assert [("A", 1, "2026-09-01", None), ("B", 1, "2026-09-01", "2026-11-30")] == _told(
        exported("--on", "2026-11-30")
    )
    assert [("A", 1, "2026-09-01", None), ("B", 2, "2026-12-01", None)] == _told(exported(*_ON))
    assert [] == _told(exported("--on", "2026-08-31"))
    assert ["msa", None] == [one["fund"] for one in exported(*_ON)["decisions"]]


def test_a_proposal_is_never_exported(decided: "Decided", exported: _Exported) -> None:
    """Alone, there is no line; after a decision, that one holds on."""
    decided.decide(_AUTUMN, proposed={1}, reference="A")
    decided.decide(_AUTUMN, _WINTER, proposed={2}, reference="B")

    assert [("B", 1, "2026-09-01", None)] == _told(exported(*_ON))


def test_within_days_every_version_that_holds(decided: "Decided", exported: _Exported) -> None:
    """With its own end, whatever days were asked for."""
    decided.decide(_AUTUMN, _WINTER, reference="A")

    assert [("A", 1, "2026-09-01", "2026-11-30"), ("A", 2, "2026-12-01", None)] == _told(
        exported("--from", "2026-11-01", "--to", "2026-12-31")
    )


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.CLOSED])
def test_what_was_ended_ends_on_that_day(
    decided: "Decided", exported: _Exported, status: Status
) -> None:
    """That day in Paris, included; after it there is nothing."""
    ended = datetime(2026, 12, 9, 23, 30, tzinfo=UTC)  # the 10th in Paris
    decided.decide(_AUTUMN, reference="A", status=status, moved_at=ended)

    assert [("A", 1, "2026-09-01", "2026-12-10")] == _told(exported("--on", "2026-12-10"))
    assert [] == _told(exported("--on", "2026-12-11"))


def test_the_end_of_care_ends_the_fee(decided: "Decided", exported: _Exported) -> None:
    """As the application says it."""
    care = decided.application.care.model_copy(update={"end": date(2027, 7, 31)})
    decided.decide(_AUTUMN, reference="A", changes={"care": care})

    assert [("A", 1, "2026-09-01", "2027-07-31")] == _told(exported(*_ON))
    assert [] == _told(exported("--on", "2027-08-01"))


def test_a_declared_identity_is_exported_once_a_person_has_checked_it(
    decided: "Decided", exported: _Exported
) -> None:
    """What nobody has checked stays here, and is counted."""
    declared = {"identity_assurance": IdentityAssurance.DECLARED}
    decided.decide(_AUTUMN, reference="A", changes=declared)
    decided.decide(_AUTUMN, reference="B", changes=declared, mode=DecisionMode.VALIDATED)
    found = exported(*_ON)

    assert ["B"] == [one["reference"] for one in found["decisions"]]
    assert 1 == found["unchecked"]


def test_what_was_erased_is_counted(decided: "Decided", exported: _Exported) -> None:
    """It cannot be read any more."""
    id_ = decided.decide(_AUTUMN)
    with decided.record.owner.begin() as connection:
        connection.exec_driver_sql(
            f"DELETE FROM application_keys WHERE application_id = '{id_}'"  # noqa: S608
        )
    found = exported(*_ON)

    assert ([], 1) == (found["decisions"], found["erased"])


def test_another_authority_and_another_structure_stay_out(
    decided: "Decided", exported: _Exported
) -> None:
    """Each is exported by its own code."""
    other = decided.record.found_another("tarascon")
    decided.decide(_AUTUMN, reference="A")
    decided.decide(_AUTUMN, reference="B", structure_id=None)
    decided.decide(
        _AUTUMN,
        reference="C",
        authority_id=other.authority,
        structure_id=other.structures["les-mesanges"],
    )

    assert ["A", "B"] == [one["reference"] for one in exported(*_ON)["decisions"]]
    assert ["A"] == [
        one["reference"] for one in exported(*_ON, "--structure", "les-mesanges")["decisions"]
    ]


def test_a_difference_is_told_with_its_months(decided: "Decided", exported: _Exported) -> None:
    """And with the amounts of the version that it came with."""
    decided.decide(_AUTUMN, changed(), reference="A")
    [line] = exported(*_ON)["decisions"]
    fee = changed()["record"]["fee"]

    assert (-11592, 2) == (line["difference_cents"], line["difference_months"])
    assert fee["hourly_cents"] == line["price_cents"]
    assert fee["monthly_cents"] == line["monthly_cents"]
    assert ("hour", "2026-11-20") == (line["unit"], line["decided_on"])


def test_a_sheet_opens_in_a_french_spreadsheet(
    decided: "Decided", export: _Export, tmp_path: Path
) -> None:
    """Its mark, semicolons, commas, and the same lines as the JSON."""
    decided.decide(_AUTUMN, changed(), reference="A")
    sheet = tmp_path / "out.csv"
    export(*_ON, "--format", "csv", "--output", str(sheet))
    [head, line] = csv.reader(sheet.read_text("utf-8-sig").splitlines(), delimiter=";")

    assert sheet.read_bytes().startswith(b"\xef\xbb\xbfdossier;")
    assert list(HEADS.values()) == head
    assert "-115,92" == line[head.index("regularisation")]


def test_the_file_is_ours_alone_and_whole(
    decided: "Decided", export: _Export, tmp_path: Path
) -> None:
    """It takes the place of the one before, and nothing else is left."""
    decided.decide(_AUTUMN, reference="A")
    out = tmp_path / "out.json"
    out.write_text("one before")
    out.chmod(0o644)
    ended = export(*_ON)

    assert 0o600 == stat.S_IMODE(out.stat().st_mode)
    assert "A" in out.read_text()
    assert ["out.json", "ring.json"] == sorted(one.name for one in tmp_path.iterdir())
    assert "Décisions écrites dans out.json\u00a0: 1." in ended.output


def test_an_export_that_fails_leaves_the_file_before(
    decided: "Decided", export: _Export, tmp_path: Path
) -> None:
    """Nothing is half written, and the reason is said in a word."""
    decided.decide(_AUTUMN)
    out = tmp_path / "out.json"
    out.write_text("one before")
    ring = tmp_path / "ring.json"
    ring.unlink()
    KeyRing.new("test").write(ring)
    ended = export(*_ON)

    assert (2, "one before") == (ended.exit_code, out.read_text())
    assert "le trousseau n'est pas le bon" in ended.output
    assert ["out.json", "ring.json"] == sorted(one.name for one in tmp_path.iterdir())


def test_who_exported_what_stands_in_the_journal_of_settings(
    decided: "Decided", export: _Export
) -> None:
    """Written before anything is unsealed: an export that fails has its line too."""
    export(*_ON, "--structure", "les-mesanges")
    [(actor, code, change)] = decided.record.rows(
        "SELECT actor, code, change FROM changes WHERE kind = 'export'"
    )

    assert actor.startswith("command:")
    assert "arles" == code
    assert {
        "format": [None, "json"],
        "from": [None, "2027-02-01"],
        "structure": [None, "les-mesanges"],
        "to": [None, "2027-02-01"],
    } == json.loads(change)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--authority", "nowhere", *_ON), 1, "« nowhere » introuvable"),
        (("--structure", "nowhere", *_ON), 1, "« arles/nowhere » introuvable"),
        ((), 2, "Donnez --on, ou bien --from et --to."),
        ((*_ON, "--from", "2027-01-01"), 2, "Donnez --on, ou bien --from et --to."),
        (("--from", "2027-01-02", "--to", "2027-01-01"), 2, "--to est avant --from"),
        ((*_ON, "--output", "/"), 2, "est un dossier"),
        ((*_ON, "--output", "/nowhere/out.json"), 2, "ne peut pas être écrit"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    decided: "Decided", export: _Export, words: tuple[str, ...], code: int, said: str
) -> None:
    """With the option to mend."""
    assert decided
    ended = export(*words)

    assert code == ended.exit_code
    assert said in " ".join(ended.output.replace("│", " ").split())


def test_pages_follow_one_another(decided: "Decided") -> None:
    """Every application once, whatever the size of a page."""
    for reference in "ABCDE":
        decided.decide(_AUTUMN, reference=reference)
    day = date(2027, 2, 1)
    asked = Asked(decided.record.founded.authority, Days(day, day))
    pages, after = [], ""
    with decided.record.engine.connect() as connection:
        while True:
            page = read_page(connection, decided.record.ring, asked, after, page=2)
            pages.append([one.reference for one in page.applications])
            if page.after is None:
                break
            after = page.after

    assert [["A", "B"], ["C", "D"], ["E"]] == pages
