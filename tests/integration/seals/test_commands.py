"""`berceau journal key`, `seal` and `verify`, as a person types them."""

import stat
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from services.command.keeping import journal
from shared.protocol.seals import SealKey, public_text

if TYPE_CHECKING:
    from tests.conftest import Database
    from tests.integration.seals.conftest import Ledger

_Type = Callable[..., tuple[int, str]]


@pytest.fixture
def key_file(ledger: "Ledger", tmp_path: Path) -> Path:
    path = tmp_path / "sceau.pem"
    ledger.key.write(path)
    return path


@pytest.fixture
def variables(migrated: "Database", key_file: Path) -> dict[str, str | None]:
    """An installation whose seal key is set; neither Redis nor the key ring is needed."""
    return {
        "BERCEAU_DATABASE_URL": migrated.service_url,
        "BERCEAU_REDIS_URL": "redis://127.0.0.1:1/0",
        "BERCEAU_KEY_RING_FILE": "absent.json",
        "BERCEAU_SEAL_KEY_FILE": str(key_file),
    }


@pytest.fixture
def berceau(variables: dict[str, str | None]) -> _Type:
    """Types words after `berceau journal`; returns the exit code and what is read, spaces plain."""

    def typed(*words: str, **settings: str | None) -> tuple[int, str]:
        ended = CliRunner().invoke(journal, words, env={**variables, **settings})
        return ended.exit_code, ended.output.replace("\u00a0", " ").replace("\u202f", " ")

    return typed


def test_a_new_key_is_shown_by_its_public_half(berceau: _Type, tmp_path: Path) -> None:
    """0600, never overwritten, and nothing of the private half on the screen."""
    file = tmp_path / "neuve.pem"
    code, said = berceau("key", str(file))
    again, refused = berceau("key", str(file))
    pem = file.read_text().splitlines()

    assert (0, 2) == (code, again)
    assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    assert public_text(SealKey.read(file).public) in said
    assert pem[1] not in said
    assert f"{file} existe déjà : il n'est pas touché.\n" == refused


def test_a_key_where_nothing_can_be_written(berceau: _Type, tmp_path: Path) -> None:
    """A folder that does not exist: a sentence."""
    code, said = berceau("key", str(tmp_path / "absent" / "neuve.pem"))

    assert (2, True) == (code, "ne peut pas être écrit" in said)


def test_sealing_then_verifying(ledger: "Ledger", berceau: _Type) -> None:
    """Each day with its root, once; then a whole journal, and the last root to keep elsewhere."""
    ledger.tell(1, 0)
    first = berceau("seal", "--day", ledger.day(1).isoformat())
    second = berceau("seal", "--day", ledger.end.isoformat())
    third = berceau("seal", "--day", ledger.end.isoformat())
    code, said = berceau("verify")
    roots = ledger.one("SELECT array_agg(encode(root, 'hex') ORDER BY day) FROM seals")

    assert (0, f"{ledger.day(1):%d/%m/%Y} : scellé, 1 dossier, racine {roots[0]}\n") == first
    assert (0, f"{ledger.end:%d/%m/%Y} : scellé, 1 dossier, racine {roots[1]}\n") == second
    assert (0, "Rien à sceller : chaque jour passé l'est déjà, ou le journal est vide.\n") == third
    assert (0, "Journal intact. Lu : 1 dossier, 2 lignes, 2 sceaux.") == (code, said.split("\n")[0])
    assert f"Dernier sceau : {ledger.end:%d/%m/%Y}, racine {roots[1]}" == said.split("\n")[1]


def test_what_was_altered_is_told_and_the_code_is_1(ledger: "Ledger", berceau: _Type) -> None:
    """Application, line and days, in French."""
    told = ledger.tell(2, 1, 1)
    other = ledger.tell(2)
    ledger.seal()
    ledger.remove_last_line(told)
    ledger.intrude("UPDATE journal SET reason = 'x' WHERE application_id = :id", id=other.id)
    ledger.intrude("UPDATE seals SET signature = '' WHERE day = :day", day=ledger.day(2))

    seal_days = (f"{ledger.day(n):%d/%m/%Y}" for n in (2, 1, 0))
    expected = """\
Dossier {} : la ligne 1 a été changée.
Journée du {} : signature fausse : le sceau, ou celui de la veille, a été changé.
Du {} au {}, chaque jour : le journal n’est plus celui qui a été scellé ce jour-là.
Le journal a été altéré. Lu : 2 dossiers, 3 lignes, 3 sceaux.
"""

    code, said = berceau("verify")

    assert 1 == code
    assert said.startswith(expected.format(other.reference, *seal_days))


def test_one_application(ledger: "Ledger", berceau: _Type) -> None:
    """Whole, broken, unknown: 0, 1, 2."""
    told, other = ledger.tell(0, 0), ledger.tell(0)
    ledger.intrude("DELETE FROM journal WHERE application_id = :id", id=other.id)

    assert [
        (0, "La chaîne de ce dossier est intacte (2 lignes).\n"),
        (1, f"Dossier {other.reference} : la ligne 1 manque.\n"),
        (2, "Aucun dossier ne porte la référence T-9999.\n"),
    ] == [berceau("verify", "--reference", r) for r in (told.reference, other.reference, "T-9999")]


def test_only_the_keys_that_are_given_may_have_signed(ledger: "Ledger", berceau: _Type) -> None:
    """Another auditor's key finds foreign seals; both keys together find none; none is doubted."""
    ledger.tell(0)
    ledger.seal()
    own, other = public_text(ledger.key.public), public_text(SealKey.new().public)
    foreign = berceau("verify", "--public-key", other)
    both = berceau("verify", "--public-key", other, "--public-key", own)
    unaware = berceau("verify", BERCEAU_SEAL_KEY_FILE=None)

    assert (1, True) == (foreign[0], "signé par une clé inconnue." in foreign[1])
    assert (0, False) == (both[0], own in both[1])
    assert (0, True) == (unaware[0], f"  {own}\n" in unaware[1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("seal", "--day", "2999-01-01"), "ne peut pas encore être scellé"),
        (("seal", "--day", "hier"), "n'est pas une date"),
        (("verify", "--public-key", "AAAA"), "n'est pas une clé publique"),
    ],
)
def test_what_cannot_be_done_is_said(berceau: _Type, words: tuple[str, ...], said: str) -> None:
    """A sentence, and exit code 2."""
    code, told = berceau(*words)

    assert (2, True) == (code, said in " ".join(told.replace("│", " ").split()))


def test_without_a_key_or_a_record(berceau: _Type, tmp_path: Path) -> None:
    """What is missing is named; no traceback, no address, no password."""
    nowhere = "postgresql+psycopg://x:secret@127.0.0.1:1/none"
    (tmp_path / "rien.pem").touch()

    assert [
        (2, "BERCEAU_SEAL_KEY_FILE manque : la clé qui signe (« berceau journal key »).\n"),
        (2, f"{tmp_path / 'rien.pem'} n'est pas une clé de scellement lisible.\n"),
        (2, "PostgreSQL ne répond pas, ou n'a pas ses tables : voir « berceau doctor ».\n"),
    ] == [
        berceau("seal", BERCEAU_SEAL_KEY_FILE=None),
        berceau("seal", BERCEAU_SEAL_KEY_FILE=str(tmp_path / "rien.pem")),
        berceau("verify", BERCEAU_DATABASE_URL=nowhere),
    ]


def test_a_journal_without_seals_is_said_to_have_none(ledger: "Ledger", berceau: _Type) -> None:
    """Whole chains alone do not prove that no last line was removed."""
    ledger.tell(0)

    assert (0, "Chaînes intactes, mais rien n’est scellé. Lu : 1 dossier, 1 ligne, 0 sceau.\n") == (
        berceau("verify")
    )
