"""The validators of the contract: what each accepts and what each refuses."""

from collections.abc import Callable
from datetime import date

import pytest

from services.simulator.api.particulier.query import Query, failing

TODAY = date(2026, 11, 23)
GOOD = {
    "recipient": "13002526500013",
    "nomNaissance": "MARCHETTI-LÔ",
    "anneeDateNaissance": "1992",
    "moisDateNaissance": "7",
    "jourDateNaissance": "19",
    "sexeEtatCivil": "F",
    "codeCogInseePaysNaissance": "99100",
    "codeCogInseeCommuneNaissance": "13055",
}


def failures(first_names: tuple[str, ...] = ("Zoé",), **changes: str) -> tuple[str, ...]:
    """What fails when a good query is changed; an empty value removes the parameter."""
    pairs = [*{**GOOD, **changes}.items(), *(("prenoms[]", name) for name in first_names)]
    return failing(Query.read(pairs), TODAY)


def test_a_good_query_passes() -> None:
    """A full and well written civil status fails nothing."""
    assert () == failures()


@pytest.mark.parametrize("name", ["", "LÔ2", "Dœuf", "Ÿsaye", "N’DIAYE", "Le\u0301", "LO, A."])
def test_refused_birth_names(name: str) -> None:
    """Absence, digits, ligatures, typographic apostrophes and loose accents are refused alike."""
    assert ("birth_name",) == failures(nomNaissance=name)


@pytest.mark.parametrize("name", ["D'Orbagard", "ÆSIR", "De La Ño", "Saint-Brévec"])
def test_accepted_birth_names(name: str) -> None:
    """Letters of Latin-1, spaces, hyphens and plain apostrophes are accepted."""
    assert () == failures(nomNaissance=name)


def test_first_names() -> None:
    """One first name an element, three at most; their absence is left to the counter."""
    assert () == failures(("Zoé", "Anne-Charlotte", "Rose"))
    assert () == failures(())
    assert ("first_names",) == failures(("LILY-ROSE, CLARA",))
    assert ("first_names",) == failures(("A", "B", "C", "D"))


@pytest.mark.parametrize(
    ("year", "month", "day", "passes"),
    [
        ("1992", "7", "", True),
        ("1992", "", "", True),
        ("", "", "", True),
        ("1899", "12", "31", False),
        ("1900", "1", "1", True),
        ("2026", "11", "22", True),
        ("2026", "11", "23", False),
        ("1993", "2", "29", False),
        ("1992", "13", "1", False),
        ("1992", "0", "1", False),
        ("1992", "7", "0", False),
        ("0", "7", "1", False),
        ("-1", "7", "1", False),
        ("mille", "7", "1", False),
        ("9" * 5_000, "7", "1", False),
    ],
)
def test_dates(year: str, month: str, day: str, *, passes: bool) -> None:
    """Impossible, too old and future dates are refused; parts may be absent, not zero."""
    told = failures(anneeDateNaissance=year, moisDateNaissance=month, jourDateNaissance=day)

    assert (() if passes else ("date",)) == told


@pytest.mark.parametrize(("sex", "passes"), [("m", True), ("F", True), ("", True), ("X", False)])
def test_sex(sex: str, *, passes: bool) -> None:
    """M or F in any case; its absence is left to the counter."""
    assert (() if passes else ("sex",)) == failures(sexeEtatCivil=sex)


@pytest.mark.parametrize("country", ["", "100", "991000", "13055", "FRANCE"])
def test_refused_countries(country: str) -> None:
    """A country is 99 and three digits, or French Algeria."""
    assert ("country",) == failures(codeCogInseePaysNaissance=country)


@pytest.mark.parametrize("commune", ["", "13", "20004", "130555", "ABCDE"])
def test_refused_communes(commune: str) -> None:
    """Somebody born in France has a COG commune, and Corsica is 2A or 2B."""
    assert ("place",) == failures(codeCogInseeCommuneNaissance=commune)


@pytest.mark.parametrize("country", ["99350", "92352"])
def test_born_abroad_needs_no_commune(country: str) -> None:
    """No commune is asked for a birth abroad."""
    assert () == failures(codeCogInseePaysNaissance=country, codeCogInseeCommuneNaissance="")


@pytest.mark.parametrize(
    ("name", "department", "year", "told"),
    [
        ("arles", "13", "1992", ()),
        ("Arles", "33", "1992", ("place",)),
        ("Nulle-Part", "13", "1992", ("place",)),
        ("Arles", "", "1992", ("department",)),
        ("Arles", "13", "", ("year",)),
    ],
)
def test_commune_by_name(name: str, department: str, year: str, told: tuple[str, ...]) -> None:
    """A commune may be told by its name, its département and the year."""
    failing_now = failures(
        codeCogInseeCommuneNaissance="",
        anneeDateNaissance=year,
        nomCommuneNaissance=name,
        codeCogInseeDepartementNaissance=department,
    )

    assert told == failing_now


@pytest.mark.parametrize("siret", ["1300252650001", "13002526500014", "1300252650001A"])
def test_refused_recipients(siret: str) -> None:
    """A recipient is a SIRET whose key is right."""
    assert ("recipient_invalid",) == failures(recipient=siret)


def test_la_poste_has_its_own_rule() -> None:
    """The SIRET of La Poste do not follow the key of Luhn, and are accepted."""
    assert () == failures(recipient="35600000000049")


def test_everything_is_told_at_once() -> None:
    """All the failing validators are accumulated, none hides another."""
    told = failing(
        Query.read([("prenoms[]", "1"), ("sexeEtatCivil", "X"), ("anneeDateNaissance", "x")]), TODAY
    )

    expected = ("recipient_invalid", "birth_name", "first_names", "date", "sex", "country")
    assert expected == told


@pytest.mark.parametrize(
    "other",
    [
        lambda: [*GOOD.items(), ("prenoms[]", "A")],
        lambda: [("prenoms[]", "A"), *reversed([*GOOD.items()])],
        lambda: [*{**GOOD, "recipient": "35600000000049"}.items(), ("prenoms[]", "A")],
    ],
    ids=["same", "other order", "other recipient"],
)
def test_identity_of_calls(other: Callable[[], list[tuple[str, str]]]) -> None:
    """Two calls are the same whatever the order of parameters and the recipient."""
    first = Query.read([*GOOD.items(), ("prenoms[]", "A")])

    assert first.identity() == Query.read(other()).identity()
    assert first.identity() != Query.read([*GOOD.items(), ("prenoms[]", "B")]).identity()
