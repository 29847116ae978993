"""The quotient familial: its months, its two funds, its memory, and its twin of V2."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from services.simulator.api.particulier.nomenclature import Edition
from services.simulator.api.particulier.period import Period, failing_period, is_computed
from services.simulator.api.particulier.query import Query
from services.simulator.population.plans import Kind
from services.simulator.population.quotients import half_parts

QF = "/v3/dss/quotient_familial/identite"
V2 = "/api/v2/composition-familiale-v2"
TODAY = datetime(2026, 11, 23, tzinfo=UTC).date()
V2_NAMES = {
    "anneeDateNaissance": "anneeDateDeNaissance",
    "moisDateNaissance": "moisDateDeNaissance",
    "jourDateNaissance": "jourDateDeNaissance",
    "codeCogInseeCommuneNaissance": "codeInseeLieuDeNaissance",
    "codeCogInseePaysNaissance": "codePaysLieuDeNaissance",
    "sexeEtatCivil": "sexe",
}
Pairs = list[tuple[str, str]]


def code(response: httpx.Response) -> tuple[int, str]:
    """The status, and the first code of an error."""
    errors = response.json().get("errors") or [{"code": ""}]
    return response.status_code, errors[0]["code"]


def of_fund(families: Callable[[Kind], list[Any]], fund: str) -> Any:
    """A nominal family of a fund."""
    return next(each for each in families(Kind.NOMINAL) if each.fund == fund)


@pytest.mark.parametrize(("fund", "provider"), [("caf", "CNAF"), ("msa", "MSA")])
async def test_a_whole_answer(
    caller: Any, families: Callable[[Kind], list[Any]], fund: str, provider: str
) -> None:
    """The figure, its fund, the month asked and the month computed, persons and address."""
    response = await caller.ask_about(of_fund(families, fund), path=QF)

    data = response.json()["data"]
    figure = data["quotient_familial"]
    assert ["quotient_familial", "allocataires", "enfants", "adresse"] == list(data)
    assert provider == figure["fournisseur"]
    assert (2026, 11, 2026, 11) == tuple(
        figure[key] for key in ("annee", "mois", "annee_calcul", "mois_calcul")
    )
    assert isinstance(figure["valeur"], int)
    assert "code_cog_insee_commune_naissance" not in data["allocataires"][0]


async def test_the_caf_has_a_history_and_the_msa_has_none(
    caller: Any, families: Callable[[Kind], list[Any]]
) -> None:
    """Asked about a past month, the CAF says that month's figure, the MSA says today's."""
    past = [("annee", "2025"), ("mois", "2")]
    told = {}
    for fund in ("caf", "msa"):
        known = of_fund(families, fund)
        now = (await caller.ask_about(known, path=QF)).json()["data"]["quotient_familial"]
        then = (await caller.ask_about_month(known, past)).json()["data"]["quotient_familial"]
        told[fund] = (now, then)

    for now, then in told.values():
        assert (2025, 2) == (then["annee"], then["mois"])
        assert (2026, 11) == (now["annee"], now["mois"])
    assert (2025, 2) == (told["caf"][1]["annee_calcul"], told["caf"][1]["mois_calcul"])
    assert (2026, 11) == (told["msa"][1]["annee_calcul"], told["msa"][1]["mois_calcul"])
    assert told["msa"][0]["valeur"] == told["msa"][1]["valeur"]


@pytest.mark.parametrize(
    ("year", "month", "failures"),
    [
        ("", "", ()),
        ("2026", "11", ()),
        ("2026", "12", ("month_asked",)),
        ("2026", "13", ("month_asked",)),
        ("2026", "0", ("month_asked",)),
        ("2024", "12", ()),
        ("2024", "11", ("too_old",)),
        ("2023", "12", ("year_asked",)),
        ("2027", "1", ("year_asked",)),
        ("x", "y", ("month_asked", "year_asked")),
        ("", "5", ()),
        ("", "12", ("month_asked",)),
    ],
)
def test_which_months_may_be_asked(year: str, month: str, failures: tuple[str, ...]) -> None:
    """This year and two back, no month to come, and no more than 23 months back."""
    query = Query.read([("annee", year), ("mois", month)])

    assert failures == failing_period(query, TODAY, Edition.SEPTEMBER)


def test_april_had_no_bound_of_23_months() -> None:
    """The year alone bounded the past then."""
    query = Query.read([("annee", "2024"), ("mois", "1")])

    assert () == failing_period(query, TODAY, Edition.APRIL)


async def test_the_months_rules_are_told_with_the_others(caller: Any, query: Pairs) -> None:
    """A bad name and a bad month stand in one answer."""
    bad = [*(pair for pair in query if pair[0] != "nomNaissance"), ("mois", "13")]

    response = await caller.ask(bad, path=QF)

    assert ["00420", "00354"] == [each["code"] for each in response.json()["errors"]]


@pytest.mark.parametrize(
    ("month", "day", "computed"),
    [
        (11, 1, False),  # a Sunday
        (11, 2, True),
        (10, 4, False),
        (10, 5, True),
        (6, 1, False),  # a Monday: the first Sunday is the 7th
        (6, 7, False),
        (6, 8, True),
    ],
)
def test_the_month_is_computed_after_its_first_week_end(
    month: int, day: int, *, computed: bool
) -> None:
    """From the day after the first Sunday; a month that is over always is."""
    today = datetime(2026, month, day, tzinfo=UTC).date()

    assert computed == is_computed(Period(2026, month), today)
    assert is_computed(Period(2026, month - 1), today)


@pytest.mark.parametrize(("fund", "expected"), [("caf", (404, "23003")), ("msa", (200, ""))])
async def test_the_caf_has_no_file_before_its_batch(
    calling: Callable[..., Any],
    families: Callable[[Kind], list[Any]],
    fund: str,
    expected: tuple[int, str],
) -> None:
    """On the first days the CAF's file is absent for the month, the MSA's is not."""
    first = datetime(2026, 12, 2, 12, tzinfo=UTC)  # the first Sunday is the 6th
    known = of_fund(families, fund)

    assert expected == code(await calling(now=lambda: first).ask_about(known, path=QF))
    ready = calling(now=lambda: first, qf_always_ready=True)
    assert (200, "") == code(await ready.ask_about(known, path=QF))


async def test_a_day_of_memory(caller: Any, nominal: Any) -> None:
    """The QF is remembered 24 hours, apart from the EAJE base of the same person."""
    told = [
        await caller.ask_about(nominal),
        await caller.ask_about(nominal, path=QF),
        await caller.ask_about(nominal, path=QF),
    ]

    assert ["", "", "86400"] == [each.headers["X-Cache-Expires-in"] for each in told]


async def test_scheduled_maintenance(calling: Callable[..., Any], nominal: Any) -> None:
    """On Sunday at 23:30 in Paris the QF is closed for a quarter of an hour, the EAJE is not."""
    sunday = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    caller = calling(now=lambda: sunday)

    closed = await caller.ask_about(nominal, path=QF)
    ping = (await caller.http.get("/api/cnaf_msa_quotient_familial/ping")).json()

    assert (503, "35020") == code(closed)
    assert 900 == closed.json()["errors"][0]["meta"]["retry_in"]
    assert ("maintenance", "2026-11-22T22:45:00+00:00") == (ping["status"], ping["until"])
    assert 200 == (await caller.ask_about(nominal)).status_code
    assert (
        200
        == (
            await calling(now=lambda: sunday, windows=False).ask_about(nominal, path=QF)
        ).status_code
    )


@pytest.mark.parametrize(("children", "halves"), [(0, 4), (1, 5), (2, 6), (3, 8), (4, 9)])
def test_parts(children: int, halves: int) -> None:
    """Two for the adults, a half for each child, and one whole for the third."""
    assert halves == half_parts(children)


async def test_v2_says_the_same_flat(caller: Any, query: Pairs) -> None:
    """The same person through V2: the same figure, the old names, no recipient needed."""
    v3 = (await caller.ask(query, path=QF)).json()["data"]
    old = [(V2_NAMES.get(key, key), value) for key, value in query if key != "recipient"]

    response = await caller.http.get(
        V2, params=httpx.QueryParams(tuple(old)), headers={"X-Api-Key": "good"}
    )

    flat = response.json()
    assert v3["quotient_familial"]["valeur"] == flat["quotientFamilial"]
    assert v3["allocataires"][0]["nom_naissance"] == flat["allocataires"][0]["nomNaissance"]
    assert v3["adresse"]["code_postal_ville"] == flat["adresse"]["codePostalVille"]


@pytest.mark.parametrize(
    ("key", "changes", "expected"),
    [
        ("bad", {}, (401, "access_denied")),
        ("good", {"nomNaissance": "L0"}, (400, "bad_request")),
        ("good", {"nomNaissance": "Inconnue"}, (400, "not_found")),
        ("good", {"recipient": "1"}, (400, "bad_request")),
    ],
)
async def test_v2_refuses_otherwise(
    caller: Any, query: Pairs, key: str, changes: dict[str, str], expected: tuple[int, str]
) -> None:
    """A wrong parameter and an unknown identity are 400, and every refusal is flat."""
    told = {**dict(query), **changes}
    old = [(V2_NAMES.get(name, name), value) for name, value in told.items()]

    response = await caller.http.get(
        V2, params=httpx.QueryParams(tuple(old)), headers={"X-Api-Key": key}
    )

    body = response.json()
    assert expected == (response.status_code, body["error"])
    assert body["reason"] == body["message"] != ""
