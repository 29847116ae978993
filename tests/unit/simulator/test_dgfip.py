"""The DGFiP: its gateway, the two APIs behind it, and the invented tax households."""

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.simulator.api.config import Client, Teleservice, Treasury
from services.simulator.population.adults import Home
from services.simulator.population.families import family, season
from services.simulator.population.spi import holder, spi
from services.simulator.population.taxes import Status, TaxHousehold, tax_households

TODAY = datetime(2026, 11, 23, tzinfo=UTC).date()
ON = season(TODAY)
UUID = "62d8e8ff-ce4f-4e50-b318-1edd2dab0f9f"
TAX = "/impotparticulier/1.0"
LAST = "application/prs.dgfip.part.derniere.situations.ir.assiettes.v1+json"
SCOPES = (
    "RessourceIR RessourceIRDerniere RessourceIRDerniere2 RessourceIRMultiple RessourceIRFacture "
    "RessourceIFI sfip_donnees_fiscales_usagers"
)
TREASURY = Treasury(
    clients={"town": Client("s3cret"), "poor": Client("s3cret", frozenset({"RessourceIR"}))},
    teleservices={
        "ALL": Teleservice(),
        "NARROW": Teleservice(frozenset({"rfr", "pac.nbPac", "nmNaiDec1"}), frozenset({1})),
    },
    rate_limit=None,
)


class Taxes:
    """A client of the DGFiP, with its token."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.bearer = ""

    async def token(self, scope: str = SCOPES, **form: str) -> httpx.Response:
        """Asks for a token, and keeps it."""
        told = {
            "grant_type": "client_credentials",
            "client_id": "town",
            "client_secret": "s3cret",
            "scope": scope,
            **form,
        }
        response = await self.http.post("/token", data=told)
        self.bearer = response.json().get("access_token", "")
        return response

    async def get(self, path: str, **changes: str | None) -> httpx.Response:
        """One call; a header is changed by its name, `_` for `-`, None takes it away."""
        headers = {
            "Authorization": f"Bearer {self.bearer}",
            "X-Correlation-ID": UUID,
            "ID_Teleservice": "ALL",
            **{name if name == "ID_Teleservice" else name.replace("_", "-"): value
               for name, value in changes.items()},
        }  # fmt: skip
        told = {name: value for name, value in headers.items() if value is not None}
        return await self.http.get(path, headers=told)

    async def of(self, spi: str, path: str, **changes: str | None) -> httpx.Response:
        """One call about an SPI."""
        return await self.get(f"{TAX}/spi/{spi}/{path}", **changes)


@pytest.fixture
async def taxes(calling: Callable[..., Any]) -> Taxes:
    """A client with a token, before the simulator of 23 November 2026."""
    client = Taxes(calling(treasury=TREASURY).http)
    await client.token()
    return client


def households(wanted: Callable[[tuple[TaxHousehold, ...]], bool]) -> tuple[TaxHousehold, ...]:
    """The first family whose returns are as wanted."""
    told = (tax_households(7, family(7, number, ON), ON) for number in range(200))
    return next(each for each in told if wanted(each))


def spi_of(household: TaxHousehold, rank: int = 0) -> str:
    """The SPI of a declarant."""
    return spi(household.number, household.declarants[rank].role)


MARRIED = households(lambda h: len(h) == 1 and h[0].status is Status.MARRIED and bool(h[0].income))
UNMARRIED = households(lambda h: len(h) == 2)
BEREAVED = households(lambda h: len(h) == 1 and h[0].dead_in == 2025)


def code(response: httpx.Response) -> tuple[int, int]:
    """The status, and the application's own code."""
    return response.status_code, response.json()["erreur"]["code"]


async def test_a_token(taxes: Taxes) -> None:
    """Client credentials in the form give a bearer, its life and its scopes."""
    told = (await taxes.token("RessourceIR")).json()

    assert ("Bearer", 3_600, "RessourceIR") == tuple(
        told[key] for key in ("token_type", "expires_in", "scope")
    )


async def test_a_token_by_basic(taxes: Taxes) -> None:
    """Or in the header."""
    basic = base64.b64encode(b"town:s3cret").decode()
    response = await taxes.http.post(
        "/token",
        data={"grant_type": "client_credentials", "scope": "RessourceIR"},
        headers={"Authorization": f"Basic {basic}"},
    )

    assert 200 == response.status_code


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": "other"}, 401, "invalid_client"),
        ({"client_id": "other"}, 401, "invalid_client"),
        ({"scope": "RessourceTHPrincipale"}, 400, "invalid_scope"),
        ({"scope": ""}, 400, "invalid_scope"),
        ({"client_id": "poor"}, 400, "invalid_scope"),
    ],
)
async def test_no_token(taxes: Taxes, form: dict[str, str], status: int, error: str) -> None:
    """A bad grant, secret or scope gives none."""
    response = await taxes.token(**form)

    assert (status, error) == (response.status_code, response.json()["error"])


async def test_a_token_ends(calling: Callable[..., Any]) -> None:
    """After its life the gateway answers 401, in a body that is not the API's."""
    client = Taxes(
        calling(treasury=Treasury(TREASURY.clients, TREASURY.teleservices, None, 0)).http
    )
    await client.token()

    response = await client.of(spi_of(MARRIED[0]), "dernieresituation/ir/assiettes/deuxans")

    assert 401 == response.status_code
    assert "erreur" not in response.json()


async def test_a_couple_on_one_return(taxes: Taxes) -> None:
    """Either declarant finds the same return, with the income that the fund knows for 2024."""
    [household] = MARRIED
    path = "dernieresituation/ir/assiettes/annrev/2024"
    told = [await taxes.of(spi_of(household, rank), path) for rank in (0, 1)]

    body = told[0].json()
    assert told[0].content == told[1].content
    assert told[0].headers["content-type"].startswith(LAST)
    assert (2024, household.income, "M") == (body["annRevenu"], body["rfr"], body["sitFam"])
    assert {"jour", "mois", "annee"} == set(body["dateNaisDec2"])
    assert body["nmNaiDec1"] == body["nmNaiDec1"].upper()
    assert body["aft"].strip().endswith(household.town.name.upper())


async def test_an_unmarried_couple_has_two_returns(taxes: Taxes) -> None:
    """Two calls, two households, and together what the fund knows of the family."""
    path = "dernieresituation/ir/assiettes/annrev/2024"
    told = [(await taxes.of(spi_of(each), path)).json() for each in UNMARRIED]

    assert ["C", "C"] == [each["sitFam"] for each in told]
    assert sum(each.income for each in UNMARRIED) == sum(each["rfr"] for each in told)
    assert "nmNaiDec2" not in told[0]
    assert 0 == told[1]["pac"]["nbPac"]


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (datetime(2026, 7, 21, 12, tzinfo=UTC), 2024),
        (datetime(2026, 7, 22, 12, tzinfo=UTC), 2025),
        (datetime(2026, 12, 31, 12, tzinfo=UTC), 2025),
        (datetime(2027, 1, 2, 12, tzinfo=UTC), 2025),
    ],
)
async def test_the_last_year_begins_on_22_july(
    calling: Callable[..., Any], today: datetime, year: int
) -> None:
    """`deuxans` says the last year that is taxed; the next one is 410 4101."""
    client = Taxes(calling(treasury=TREASURY, now=lambda: today).http)
    await client.token()
    number = spi_of(MARRIED[0])

    last = await client.of(number, "dernieresituation/ir/assiettes/deuxans")
    later = await client.of(number, f"dernieresituation/ir/assiettes/annrev/{year + 1}")

    assert year == last.json()["annRevenu"]
    assert later.status_code in {403, 410}  # 403 for the year that runs: nobody may be granted it


@pytest.mark.parametrize(
    ("number", "year", "changes", "expected"),
    [
        ("123", "2025", {}, (400, 4001)),
        ("39000000001234", "2025", {}, (400, 4001)),
        ("", "20x5", {}, (400, 4002)),
        ("3900000000000", "2025", {}, (410, 4102)),
        ("1234567890123", "2025", {}, (410, 4102)),
        ("", "2022", {}, (403, 4031)),
        ("", "2026", {}, (403, 4031)),
        ("", "2025", {"ID_Teleservice": "OTHER"}, (403, 4031)),
        ("", "2025", {"ID_Teleservice": None}, (403, 4031)),
        ("", "2024", {"ID_Teleservice": "NARROW"}, (403, 4031)),
        ("", "2025", {"X_Correlation_ID": None}, (400, 400)),
        ("", "2025", {"X_Correlation_ID": "1"}, (400, 400)),
        ("", "2025", {"Accept": "text/html"}, (406, 406)),
    ],
)
async def test_refusals(
    taxes: Taxes,
    number: str,
    year: str,
    changes: dict[str, str | None],
    expected: tuple[int, int],
) -> None:
    """Each wrong thing has its status and the application's code, in the body `erreur`."""
    path = f"dernieresituation/ir/assiettes/annrev/{year}"
    response = await taxes.of(number or spi_of(MARRIED[0]), path, **changes)

    assert expected == code(response)
    assert {"code", "message", "horodatage"} == set(response.json()["erreur"])


async def test_a_year_before_its_taxation_has_no_result(calling: Callable[..., Any]) -> None:
    """In spring, last year's income is granted but not yet taxed: 410 4101."""
    spring = datetime(2027, 4, 2, 12, tzinfo=UTC)
    client = Taxes(calling(treasury=TREASURY, now=lambda: spring).http)
    await client.token()

    response = await client.of(spi_of(MARRIED[0]), "dernieresituation/ir/assiettes/annrev/2026")

    assert (410, 4101) == code(response)


async def test_only_what_was_granted_comes(taxes: Taxes) -> None:
    """Fields, and parts of fields; the year always."""
    response = await taxes.of(
        spi_of(MARRIED[0]), "dernieresituation/ir/assiettes/deuxans", ID_Teleservice="NARROW"
    )

    assert {"annRevenu", "rfr", "pac", "nmNaiDec1"} == set(response.json())
    assert ["nbPac"] == list(response.json()["pac"])


async def test_a_scope_opens_its_resource_only(taxes: Taxes) -> None:
    """Without it the gateway answers 403, in its own body."""
    await taxes.token("RessourceIR")

    response = await taxes.of(spi_of(MARRIED[0]), "dernieresituation/ir/assiettes/deuxans")

    assert 403 == response.status_code
    assert "erreur" not in response.json()


async def test_fifty_calls_a_minute(calling: Callable[..., Any]) -> None:
    """The next one is told when to come back."""
    treasury = Treasury(TREASURY.clients, TREASURY.teleservices, 3)
    client = Taxes(calling(treasury=treasury).http)
    await client.token()
    number = spi_of(MARRIED[0])

    told = [await client.of(number, "dernieresituation/ir/assiettes/deuxans") for _ in range(7)]

    refused = next(each for each in told if each.status_code == 429)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert 50 == Treasury().rate_limit


async def test_a_death_in_the_year(taxes: Taxes) -> None:
    """Two avis: an error for the year, the last one for the last situation, both for multiple."""
    number = spi_of(BEREAVED[0])

    plain = await taxes.of(number, "situations/ir/assiettes/annrev/2025")
    last = await taxes.of(number, "dernieresituation/ir/assiettes/annrev/2025")
    before = await taxes.of(number, "dernieresituation/ir/assiettes/annrev/2024")
    both = await taxes.of(number, "situations/ir/assiettes/multiple/annrev/2025")

    assert (410, 4101) == code(plain)
    assert ["V", "M"] == [each.json()["sitFam"] for each in (last, before)]
    assert ["M", "V"] == [each["sitFam"] for each in both.json()["situationsIR"]]
    assert "nmNaiDec2" not in last.json()


async def test_the_other_resources(taxes: Taxes) -> None:
    """The bill adds its lines, the situation has no year of its own, wealth is a letter."""
    number = spi_of(MARRIED[0])

    plain = await taxes.of(number, "situations/ir/assiettes/annrev/2025")
    bill = await taxes.of(number, "situations/ir/factures/annrev/2025")
    wealth = await taxes.of(number, "situations/ifiisf/assiettes/annrev/2025")

    assert "annRevenu" not in plain.json()
    assert str(bill.json()["rfr"]) == bill.json()["facture"][0]["colonne1"]
    assert wealth.json()["indicateurIfiIsf"] in {"O", "N"}


async def test_france_connect_needs_no_spi(taxes: Taxes) -> None:
    """The consent's identity finds the return; an unknown consent finds nothing."""
    number = MARRIED[0].number
    page = await taxes.http.get("/population", params={"offset": number, "limit": 1})
    [told] = page.json()
    path = f"{TAX}/dernieresituation/ir/assiettes/deuxans"

    by_consent = await taxes.get(path, X_FranceConnect_OAuth=told["france_connect"])
    by_spi = await taxes.of(told["spi"][0], "dernieresituation/ir/assiettes/deuxans")

    assert by_spi.content == by_consent.content
    assert (403, 4031) == code(await taxes.get(path, X_FranceConnect_OAuth="unknown-token"))


def sfip_query(household: TaxHousehold) -> dict[str, str]:
    """The civil status of a declarant, in the words of SFiP."""
    adult = household.declarants[0].adult
    place = adult.place.code
    cut = 3 if place.startswith("97") else 2
    where = {"naisCodePays": place} if adult.abroad else {
        "naisCodePays": "99100", "naisCodeDept": place[:cut], "naisCodeCommune": place[cut:]
    }  # fmt: skip
    return {
        "nom": adult.birth_name,
        "prenom": " ".join(adult.first_names),
        "sexe": "1" if adult.sex == "M" else "2",
        "naisDate": f"{adult.birth.day:02d}/{adult.birth.month:02d}/{adult.birth.year}",
        **where,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"nom": "Inconnue"}, (404, 40433)),
        ({"sexe": "F"}, (400, 4003)),
        ({"naisDate": "1990-01-01"}, (400, 4003)),
        ({"naisCodeDept": "1"}, (400, 4003)),
        ({"spi": "12"}, (400, 4003)),
        ({"nom": ""}, (400, 4003)),
    ],
)
async def test_sfip_finds_by_civil_status(
    taxes: Taxes, changes: dict[str, str], expected: tuple[int, int] | None
) -> None:
    """The last return of one person, or why there is none."""
    found = households(lambda h: len(h) == 1 and not h[0].declarants[0].adult.abroad)
    told = httpx.QueryParams({**sfip_query(found[0]), **changes})

    response = await taxes.get(f"/sfip/v1/demandeDeService/02AA/personne?{told}")

    if expected is None:
        assert response.headers["content-type"].startswith("application/vnd.dgfip.sfip.v1.0+json")
        assert found[0].declarants[0].adult.birth_name.upper() == response.json()["nmNaiDec1"]
    else:
        assert expected == code(response)


async def test_sfip_has_no_answer_for_who_made_no_return(taxes: Taxes) -> None:
    """416, which this API uses for no result."""
    silent = next(n for n in range(200) if not tax_households(7, family(7, n, ON), ON))

    response = await taxes.get(f"/sfip/v1/demandeDeService/02AA/personne?spi={spi(silent, 0)}")

    assert (416, 4101) == code(response)
    alive = await taxes.get("/sfip/v1/information")
    assert {"descriptif": "L'API est opérationnelle"} == alive.json()


@pytest.mark.parametrize(
    ("fault", "status"),
    [("status=500 endpoint=dgfip", 500), ("status=429 endpoint=impots", 429),
     ("status=503 endpoint=token", 200), ("status=502 endpoint=qf", 200)],
)  # fmt: skip
async def test_faults_reach_the_dgfip(taxes: Taxes, fault: str, status: int) -> None:
    """By the API's names, and never those of the other."""
    await taxes.http.post("/faults", json={"rules": [fault]})

    response = await taxes.of(spi_of(MARRIED[0]), "dernieresituation/ir/assiettes/deuxans")

    assert status == response.status_code
    counts = (await taxes.http.get("/calls")).json()
    assert {"token", "impots"} == set(counts["by_endpoint"])
    assert 2 == counts["tightest"]["dgfip"]["60s"]


async def test_a_name_strikes_whoever_bears_it(taxes: Taxes) -> None:
    """By the SPI of either declarant."""
    name = MARRIED[0].declarants[1].adult.birth_name.replace(" ", "_")
    await taxes.http.post("/faults", json={"rules": [f"status=504 name={name}"]})

    path = "dernieresituation/ir/assiettes/deuxans"
    assert 504 == (await taxes.of(spi_of(MARRIED[0]), path)).status_code
    assert 200 == (await taxes.of(spi_of(UNMARRIED[0]), path)).status_code


def test_an_spi_leads_back_to_its_holder() -> None:
    """Thirteen digits, the last three a check; another check is nobody's."""
    written = spi(123, 1)

    assert 13 == len(written)
    assert int(written[:10]) % 511 == int(written[10:])
    assert (123, 1) == holder(written)
    assert holder(f"{int(written) + 1:013d}") is None
    assert holder("1234567890123") is None


def test_every_adult_at_home_is_on_one_return() -> None:
    """Never two, never none but for the families that made no return; incomes add up."""
    for number in range(200):
        known = family(7, number, ON)
        told = tax_households(7, known, ON)
        roles = [one.role for each in told for one in each.declarants if one.role < 2]
        resources = known.file.figures.resources if known.file else None

        assert roles in ([], list(range(len(known.household.adults))))
        if told and resources is not None:
            assert resources == sum(each.reference_income(2024) for each in told)
        if known.household.home is not Home.COUPLE:
            assert len(told) <= 1


@pytest.mark.parametrize(
    ("children", "status", "declarants", "shared", "quarters"),
    [
        (0, Status.MARRIED, 2, False, 8),
        (1, Status.MARRIED, 2, False, 10),
        (3, Status.MARRIED, 2, False, 16),
        (0, Status.SINGLE, 1, False, 4),
        (1, Status.SINGLE, 1, False, 8),
        (2, Status.DIVORCED, 1, True, 7),
        (1, Status.WIDOWED, 1, False, 10),
    ],
)
def test_parts(
    children: int, status: Status, declarants: int, *, shared: bool, quarters: int
) -> None:
    """Two for a couple; halves for two children, one from the third; a half more when alone."""
    one = replace(
        MARRIED[0],
        births=(datetime(2020, 1, 1, tzinfo=UTC).date(),) * children,
        status=status,
        declarants=MARRIED[0].declarants[:declarants],
        shared=shared,
    )

    assert quarters == one.quarter_parts()
