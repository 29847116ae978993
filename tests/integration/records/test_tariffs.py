"""`berceau tariff publish`: one version, stored to the letter, that nothing changes afterwards."""

import json
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from services.command.tariff.starting import template
from services.tariff.language.reading import read_tariff
from services.tariff.language.words import Method
from services.tariff.shelf import Shelf
from shared.errors import TariffError

if TYPE_CHECKING:
    from tests.integration.records.conftest import Town

pytestmark = pytest.mark.stack


@pytest.fixture
def arles(town: "Town") -> "Town":
    town.import_records()
    return town


def _text(version: str = "2026-01-01", *, price: str = "0.30", **words: str) -> str:
    """A tariff by bands of the town, filled in."""
    made = template(Method.BANDS, tariff_id="garderie", authority="arles", first_day=None)
    made = made.replace("À REMPLIR : ", "Vu : ").replace('"0.30"', f'"{price}"')
    made = made.replace('"2027-01-01"             #', f'"{version}"   #')
    made = made.replace("valid_from: 2027-01-01", f"valid_from: {version[:10]}")
    for word, value in words.items():
        line = next(one for one in made.splitlines() if one.startswith(f"{word}:"))
        made = made.replace(line, f"{word}: {value}")
    return made


def _publish(town: "Town", content: str, code: int = 0, *, authority: str = "arles") -> str:
    file = town.file("garderie.yaml", content)
    return town.berceau("tariff", "publish", file, "--authority", authority, code=code).output


def test_a_version_is_kept_to_the_letter(arles: "Town") -> None:
    """With its digest, its dates and who published it; the services find it."""
    content = _text()
    said = _publish(arles, content)

    digest = read_tariff(content, file="x").digest
    assert f"Publié : « garderie » 2026-01-01, {digest}." in said
    assert content == arles.one("SELECT content FROM tariffs")
    assert digest == arles.one("SELECT digest FROM tariffs")
    assert arles.one("SELECT published_by FROM tariffs").startswith("command:")
    assert digest == Shelf(arles.engine).scale("garderie").tariffs[0].digest


def test_the_same_again_changes_nothing(arles: "Town") -> None:
    """And ends well: whoever is not sure may publish again."""
    _publish(arles, _text())
    said = _publish(arles, _text())

    assert "rien à changer" in said
    assert 1 == arles.one("SELECT count(*) FROM tariffs")


def test_another_content_under_the_same_version_is_refused(arles: "Town") -> None:
    """A published version does not change: the refusal gives the name of a correction."""
    _publish(arles, _text())
    said = _publish(arles, _text(price="0.31"), code=1)

    assert "Une correction s'appelle 2026-01-01.1." in said
    assert ["0.30"] == [
        row["price"]
        for row in Shelf(arles.engine).scale("garderie").tariffs[0].content["bands"]["grid"]
        if row["from"] == "0"
    ]


def test_a_correction_takes_the_place_of_what_it_corrects(arles: "Town") -> None:
    """From its publication on; the version before can still be read, for what rests on it."""
    _publish(arles, _text())
    said = _publish(arles, _text("2026-01-01.1", price="0.31"))
    scale = Shelf(arles.engine).scale("garderie")

    assert "prend la place" in said
    assert ["2026-01-01.1"] == [tariff.version for tariff in scale.tariffs]
    assert "2026-01-01" == scale.version("2026-01-01").version


def test_a_break_is_refused_and_nothing_is_kept(arles: "Town") -> None:
    """A hole of a month between two periods, with the day that would mend it."""
    _publish(arles, _text(valid_to="2026-08-31"))
    said = _publish(arles, _text("2026-10-01"), code=1)

    assert "laissent un trou" in said
    assert "« valid_to » doit être 2026-09-30" in said
    assert 1 == arles.one("SELECT count(*) FROM tariffs")


def test_a_period_without_end_is_followed_without_editing_it(arles: "Town") -> None:
    """It ends the day before the next one."""
    _publish(arles, _text())
    _publish(arles, _text("2026-09-01", price="0.35"))
    first, second = Shelf(arles.engine).scale("garderie").tariffs

    assert (None, None) == (first.valid_to, second.valid_to)
    assert "2026-08-31" == str(Shelf(arles.engine).scale("garderie").last_day(first))


@pytest.mark.parametrize(
    ("content", "authority", "remedy"),
    [
        (_text(price="0,30"), "arles", "sans signe"),
        (_text(title='"À REMPLIR : le nom"'), "arles", "à remplir"),
        (_text(authority="rennes"), "arles", "authority: arles"),
        (_text(id="psu"), "arles", "barème national"),
        (_text(authority="rennes"), "rennes", "introuvable"),
    ],
)
def test_what_cannot_be_published_is_refused_with_its_remedy(
    arles: "Town", content: str, authority: str, remedy: str
) -> None:
    """And nothing is kept."""
    said = _publish(arles, content, code=1, authority=authority)

    assert remedy in said
    assert 0 == arles.one("SELECT count(*) FROM tariffs")


def test_an_id_belongs_to_the_authority_that_published_it(arles: "Town") -> None:
    """Another one's families are never priced under it."""
    _publish(arles, _text())
    named = ("--name", "Rennes", "--kind", "commune", "--siret", "21130004100012")
    arles.berceau("authority", "create", "rennes", *named)
    said = _publish(arles, _text("2026-09-01", authority="rennes"), code=1, authority="rennes")

    assert "d'une autre collectivité" in said


def test_a_publication_is_a_line_of_the_journal(arles: "Town") -> None:
    """Who, what, and the digest; the chain holds."""
    _publish(arles, _text())
    line = json.loads(arles.berceau("records", "journal", "--last", "1", "--json").stdout)[0]

    assert ("tariff", "garderie 2026-01-01") == (line["kind"], line["code"])
    assert line["change"]["digest"].startswith("sha256:")
    arles.berceau("records", "verify")


def test_the_services_can_neither_change_nor_remove_a_version(arles: "Town") -> None:
    """Their role has no such right."""
    _publish(arles, _text())
    for statement in ("UPDATE tariffs SET content = ''", "DELETE FROM tariffs"):
        with pytest.raises(ProgrammingError), arles.engine.begin() as connection:
            connection.execute(text(statement))


def test_a_published_tariff_is_shown_and_tried_by_its_code(arles: "Town") -> None:
    """With `--published`, from the record."""
    _publish(arles, _text())
    where = ("--scale", "garderie", "--published", "--on", "2026-03-02")
    quote = json.loads(
        arles.berceau("tariff", "quote", *where, "--quotient-familial", "700", "--json").stdout
    )

    assert 48 == quote["price_cents"]
    assert "0,48 €" in arles.berceau("tariff", "show", *where).stdout.replace("\u00a0", " ")
    arles.berceau("tariff", "show", "--scale", "cantine", "--published", code=1)


def test_a_shelf_reads_again_after_half_a_minute(arles: "Town") -> None:
    """And not before: pricing a thousand applications asks the record once."""
    now = [0.0]
    shelf = Shelf(arles.engine, clock=lambda: now[0])
    _publish(arles, _text())
    before = shelf.scale("garderie")
    _publish(arles, _text("2026-09-01", price="0.35"))

    now[0] = 29.0
    assert before is shelf.scale("garderie")
    now[0] = 31.0
    after = shelf.scale("garderie")
    assert 2 == len(after.tariffs)
    assert before.tariffs[0] is after.tariffs[0]  # parsed once


def test_a_shelf_falls_back_on_what_ships(arles: "Town") -> None:
    """The national scale and the examples; nobody's id is nobody's tariff."""
    shelf = Shelf(arles.engine)

    assert "psu" == shelf.scale("psu").id
    with pytest.raises(TariffError, match="n'est pas un barème connu"):
        shelf.scale("personne")


def test_a_text_that_was_tampered_with_prices_nobody(arles: "Town") -> None:
    """What the owner of the database changed no longer has its digest."""
    _publish(arles, _text())
    with arles.owner.begin() as connection:
        connection.execute(text("UPDATE tariffs SET content = replace(content, '0.30', '0.03')"))

    with pytest.raises(TariffError, match="n'est pas celui qui fut publié"):
        Shelf(arles.engine).scale("garderie")
