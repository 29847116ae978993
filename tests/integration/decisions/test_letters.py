"""`berceau decision letter` and `rules`, on decisions that the tariff's step has just made."""

import json
import os
import stat
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from typer.testing import CliRunner, Result

from services.command.decision.commands import app
from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.tariff.work import Price
from shared.application import Application, IdentityAssurance
from shared.civil_status import Child
from shared.evidence import EajeFacts
from shared.protocol import saving
from shared.states import Status, Step
from tests.integration.following import Follow

if TYPE_CHECKING:
    from services.command.founding import Founded
    from tests.conftest import Database
    from tests.integration.conftest import Record

pytestmark = pytest.mark.stack
_Type = Callable[..., Result]
_PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "print-letters.md"


@pytest.fixture
def settings(migrated: "Database", record: "Record", tmp_path: Path) -> dict[str, str]:
    """An installation on this record; no Redis is needed."""
    ring = tmp_path / "ring.json"
    record.ring.write(ring)
    return {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1/0",
        "BERCEAU_KEY_RING_FILE": str(ring),
    }


@pytest.fixture
def berceau(settings: dict[str, str]) -> _Type:
    """Types words after `berceau decision`."""

    def typed(*words: str) -> Result:
        return CliRunner(env=settings).invoke(app, words)

    return typed


async def _decided(
    record: "Record",
    application: Application,
    facts: EajeFacts,
    founded: "Founded | None" = None,
    **columns: str,
) -> str:
    """The reference of an application whose fee was priced, whether or not it stands."""
    scheme = (founded or record.founded).scheme
    id_: UUID = record.enrol(
        application, facts, status=Status.VERIFIED, scheme_id=scheme, **columns
    )
    [held] = record.claim([id_], step=Step.PRICE)
    price = Price(ring=record.ring, scales=Shelf(record.engine), parties=Parties(record.engine))
    assert {id_} == saving.save(record.engine, [await price(held)], actor="service:tariff")
    return record.reference_of(id_)


def _letters_in(folder: Path) -> set[str]:
    return {file.name for file in folder.glob("T-*.json")}


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


async def test_a_letter_of_what_was_just_decided(
    record: "Record", application: Application, facts: EajeFacts, berceau: _Type
) -> None:
    """Its figures, its author and its contact are those that were sealed; a lack is said aside."""
    reference = await _decided(record, application, facts)
    printed = berceau("letter", reference, "--format", "json")
    letter = json.loads(printed.stdout)
    told = _plain(json.dumps(letter, ensure_ascii=False))

    assert 0 == printed.exit_code
    assert "vous payez 284,28 € par mois" in told
    assert "Awa Essai" == letter["closing"][0]
    assert "petite-enfance@ville.test" in told
    assert f"{reference} : il manque le tribunal compétent." in printed.stderr


async def test_a_letter_goes_to_a_file_that_we_alone_read(
    record: "Record", application: Application, facts: EajeFacts, berceau: _Type, tmp_path: Path
) -> None:
    """Named, or in a folder under its reference."""
    reference = await _decided(record, application, facts)
    file, folder = tmp_path / "lettre.html", tmp_path / "lettres"
    folder.mkdir()
    file.write_text("une autre")
    berceau("letter", reference, "--format", "html", "--output", str(file))
    berceau("letter", reference, "--output", str(folder))

    assert file.read_text("utf-8").startswith("<!doctype html>")
    assert (folder / f"{reference}.pdf").read_bytes().startswith(b"%PDF-1.7")
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)


async def test_a_household_has_one_letter_and_two_have_two(
    record: "Record", application: Application, facts: EajeFacts, berceau: _Type, tmp_path: Path
) -> None:
    """Siblings of one applicant are told together; another applicant's child never with them."""
    sister = Child(birth_name="Marchetti-Lô", first_names=("Lila",), birth=date(2025, 3, 4))
    stranger = application.applicant.model_copy(update={"first_names": ("Marc",)})
    references = [
        await _decided(record, application, facts),
        await _decided(record, application.model_copy(update={"child": sister}), facts),
        await _decided(record, application.model_copy(update={"applicant": stranger}), facts),
    ]
    one = berceau("letter", *references[:2], "--format", "json")
    several = berceau("letter", *references, "--format", "json", "--output", str(tmp_path))
    nowhere = berceau("letter", *references)

    assert "Votre tarif pour Zoé et Lila" == json.loads(one.stdout)["title"]
    assert {f"{references[0]}.json", f"{references[2]}.json"} == _letters_in(tmp_path)
    assert "Marc" not in (tmp_path / f"{references[0]}.json").read_text("utf-8")
    assert (0, 2) == (several.exit_code, nowhere.exit_code)
    assert "Ces dossiers font 2 lettres : donnez un dossier par --output." in nowhere.stderr


async def test_the_rules_applied_are_printed(
    record: "Record", application: Application, facts: EajeFacts, berceau: _Type
) -> None:
    """The four items."""
    reference = await _decided(record, application, facts)
    printed = json.loads(berceau("rules", reference, "--format", "json").stdout)

    assert ["contribution", "data", "parameters", "operations"] == [
        section["name"] for section in printed["sections"]
    ]


async def test_a_past_version_is_printed(
    record: "Record", application: Application, facts: EajeFacts, berceau: _Type
) -> None:
    """By its number, for one application only; one that is not there is said to be."""
    reference = await _decided(record, application, facts)
    ended = [
        berceau("letter", *words, "--format", "json")
        for words in (
            (reference, "--version", "1"),
            (reference, "--version", "2"),
            (reference, reference, "--version", "1"),
        )
    ]

    assert [0, 1, 2] == [one.exit_code for one in ended]
    assert f"Le dossier {reference} n'a pas de décision en version 2" in ended[1].stderr


async def test_what_must_not_be_told_is_not(
    record: "Record", application: Application, facts: EajeFacts, berceau: _Type
) -> None:
    """A proposal, an identity that nobody checked, an unknown reference: exit code 1, no figure."""
    agent = record.found_another("ici", automatic_ground=None)
    proposed = await _decided(record, application, facts, agent)
    unchecked = await _decided(record, application, facts)
    declared = application.model_copy(update={"identity_assurance": IdentityAssurance.DECLARED})
    guarded = await _decided(record, declared, facts)
    with record.owner.begin() as connection:
        connection.exec_driver_sql(
            "DELETE FROM application_keys WHERE application_id IN "
            "(SELECT id FROM applications WHERE reference = %s)",
            (unchecked,),
        )
    ended = [berceau("letter", one) for one in (proposed, guarded, unchecked, "7K3F-9QXM-2WT3")]

    assert [1] * 4 == [one.exit_code for one in ended]
    assert [""] * 4 == [one.stdout for one in ended]
    assert "une décision proposée n'en est pas" in ended[0].stderr
    assert "ont été effacées" in ended[2].stderr
    assert "Aucun dossier ne porte la référence 7K3F-9QXM-2WT3." in ended[3].stderr


async def test_an_identity_that_nobody_checked_is_guarded(
    record: "Record", application: Application, facts: EajeFacts, berceau: _Type
) -> None:
    """Even if a decision stood by itself; once a person has validated, it is told."""
    declared = application.model_copy(update={"identity_assurance": IdentityAssurance.DECLARED})
    reference = await _decided(record, declared, facts)
    with record.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE decisions SET proposed = false, mode = 'automatic'")
    guarded = berceau("letter", reference, "--format", "json")
    with record.owner.begin() as connection:
        connection.exec_driver_sql("UPDATE decisions SET mode = 'validated'")

    assert 1 == guarded.exit_code
    assert "personne n'a encore vérifié l'identité du demandeur" in guarded.stderr
    assert 0 == berceau("letter", reference, "--format", "json").exit_code


async def test_the_how_to_is_followed(
    record: "Record",
    application: Application,
    facts: EajeFacts,
    *,
    settings: dict[str, str],
    follow: Follow,
    tmp_path: Path,
) -> None:
    """Line by line, on two children of one household: one letter for both."""
    brother = Child(birth_name="Marchetti-Lô", first_names=("Ilan",), birth=date(2025, 3, 4))
    sibling = application.model_copy(update={"child": brother})
    await _decided(record, application, facts, reference="7K3F-9QXM-2WT3")
    await _decided(record, sibling, facts, reference="9QXM-7K3F-5HVA")
    berceau = Path(sys.executable).parent
    env = settings | {"PATH": f"{berceau}:{os.environ['PATH']}"}
    follow(_PAGE, env=env, cwd=tmp_path)

    assert ["7K3F-9QXM-2WT3.pdf"] == sorted(_names(tmp_path / "lettres"))
    assert {"ancienne.pdf", "lettre.html", "lettre.pdf", "regles.pdf"} <= set(_names(tmp_path))


def _names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]
