"""The identity by which a provider is tried: what is written is sent, what is absent is not."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.command.provider.identity import IdentityError, read_identity
from shared.civil_status import PartialDate, Sex

_WHOLE = {
    "nom_naissance": "Œuvray\u2019s",
    "nom_usage": "Lô",
    "prenoms": ["Aminata", "Rose", "Zoé", "Inès"],
    "date_naissance": "1992-07-19",
    "sexe": "F",
    "code_cog_insee_pays_naissance": "99100",
    "code_cog_insee_commune_naissance": "13055",
}


def _sent(tmp_path: Path, content: Any, *, with_month: bool = False) -> list[tuple[str, str]]:
    path = tmp_path / "identity.json"
    path.write_text(json.dumps(content), "utf-8")
    return list(read_identity(path).parameters(with_month=with_month))


def test_it_is_prepared_as_the_verifier_prepares_it(tmp_path: Path) -> None:
    """The counter's letters, three first names one by one, parts of the date as numbers."""
    assert [
        ("nomNaissance", "OEuvray's"),
        ("nomUsage", "Lô"),
        ("prenoms[]", "Aminata"),
        ("prenoms[]", "Rose"),
        ("prenoms[]", "Zoé"),
        ("anneeDateNaissance", "1992"),
        ("moisDateNaissance", "7"),
        ("jourDateNaissance", "19"),
        ("sexeEtatCivil", "F"),
        ("codeCogInseePaysNaissance", "99100"),
        ("codeCogInseeCommuneNaissance", "13055"),
    ] == _sent(tmp_path, _WHOLE)


@pytest.mark.parametrize(
    ("content", "sent"),
    [
        ({}, []),
        ({"nom_naissance": "", "prenoms": [], "sexe": None, "annee": "", "mois": None}, []),
        ({"sexe": "X"}, [("sexeEtatCivil", "X")]),
        ({"date_naissance": {"annee": 1992}}, [("anneeDateNaissance", "1992")]),
        ({"date_naissance": {"annee": "1992", "mois": "07", "jour": 0}}, None),
        ({"date_naissance": {"annee": 1992, "mois": 7, "jour": ""}}, None),
        ({"date_naissance": {"annee": 1992, "mois": 7, "jour": None}}, None),
        ({"date_naissance": "1992-07-00"}, None),
    ],
)
def test_what_is_absent_or_zero_is_not_sent(
    tmp_path: Path, content: dict[str, Any], sent: list[tuple[str, str]] | None
) -> None:
    """An incomplete identity is for the State to judge."""
    month = [("anneeDateNaissance", "1992"), ("moisDateNaissance", "7")]

    assert (month if sent is None else sent) == _sent(tmp_path, content)


def test_the_commune_of_who_was_born_abroad_is_not_sent(tmp_path: Path) -> None:
    """Nor is the month of a quotient, but to the endpoint that has one; as it was written."""
    abroad = {
        "code_cog_insee_pays_naissance": "99127",
        "code_cog_insee_commune_naissance": "13055",
        "annee": 2026,
        "mois": "05",
    }

    assert [("codeCogInseePaysNaissance", "99127")] == _sent(tmp_path, abroad)
    assert [("annee", "2026"), ("mois", "05")] == _sent(tmp_path, abroad, with_month=True)[1:]


def test_the_matching_knows_what_can_be_read(tmp_path: Path) -> None:
    """An impossible day is sent, and compared with nothing."""
    path = tmp_path / "identity.json"
    path.write_text(json.dumps({**_WHOLE, "sexe": "f", "date_naissance": "1992-02-31"}), "utf-8")
    impossible = read_identity(path)
    path.write_text(json.dumps(_WHOLE), "utf-8")
    whole = read_identity(path)

    assert (None, Sex.FEMALE) == (impossible.birth, impossible.sex)
    assert ("jourDateNaissance", "31") in list(impossible.parameters(with_month=False))
    assert PartialDate(1992, 7, 19) == whole.birth


@pytest.mark.parametrize("written", ["3912345678901", 3912345678901, "39 12 345 678 901"])
def test_a_tax_number_is_read_however_it_is_written(tmp_path: Path, written: object) -> None:
    """As text, as a number, or spaced as tax notices print it."""
    path = tmp_path / "identity.json"
    path.write_text(json.dumps({"spi": written}), "utf-8")

    assert "3912345678901" == read_identity(path).spi


def test_a_mark_at_the_head_of_the_file_is_no_fault(tmp_path: Path) -> None:
    """Some editors put one before the text (a byte order mark)."""
    path = tmp_path / "identity.json"
    path.write_text(json.dumps(_WHOLE), "utf-8-sig")

    assert ("Aminata", "Rose") == read_identity(path).first_names[:2]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ([1], "un objet JSON"),
        ({"nom": "Lô"}, "« nom » : champ inconnu"),
        ({"nom_naissance": 3}, "« nom_naissance » : attendu"),
        ({"prenoms": "Aminata"}, "« prenoms » : attendu : une liste"),
        ({"date_naissance": "19/07/1992"}, "« date_naissance » : attendu : AAAA-MM-JJ"),
        ({"date_naissance": {"an": 1992}}, "« date_naissance.an » : champ inconnu"),
        ({"mois": "mai"}, "« mois » : attendu"),
        ({"spi": "../../token"}, "« spi » : attendu : les 13 chiffres"),
        ({"spi": True}, "« spi » : attendu : les 13 chiffres"),
    ],
)
def test_a_wrong_file_is_told_by_its_field(tmp_path: Path, content: Any, told: str) -> None:
    """In French, and never by what it holds."""
    with pytest.raises(IdentityError, match=told) as wrong:
        _sent(tmp_path, content)

    assert "1992" not in str(wrong.value).replace('"annee": 1992', "")
    assert "Aminata" not in str(wrong.value).replace('["Aminata", "Rose"]', "")


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    """Absent, not JSON, or endless."""
    endless = tmp_path / "endless.json"
    endless.write_bytes(b" " * 70_000)
    broken = tmp_path / "broken.json"
    broken.write_bytes(b'{"nom_naissance": "L\xff')

    for path, told in (
        (tmp_path / "none.json", "illisible"),
        (endless, "64 Kio"),
        (broken, "objet JSON"),
    ):
        with pytest.raises(IdentityError, match=told):
            read_identity(path)
