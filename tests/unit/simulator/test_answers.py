"""The answers about families, the faults on the way, and the routes beside."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from services.simulator.api.config import Token
from services.simulator.population.faults import Fault, Trouble
from services.simulator.population.plans import Kind

Pairs = list[tuple[str, str]]
Families = Callable[[Kind], list[Any]]
KEYS = {
    "allocataires": "cnav_participation_familiale_eaje_allocataires",
    "enfants": "cnav_participation_familiale_eaje_enfants",
    "adresse": "cnav_participation_familiale_eaje_adresse",
    "parametres_calcul_participation_familiale": (
        "cnav_participation_familiale_eaje_parametres_calcul"
    ),
}


def first(response: httpx.Response) -> tuple[int, str]:
    """Status and first code of an error."""
    return response.status_code, response.json()["errors"][0]["code"]


async def test_a_whole_answer(caller: Any, nominal: Any) -> None:
    """The envelope, the keys, the types and the year of a good answer are the contract's."""
    response = await caller.ask_about(nominal)

    body = response.json()
    assert ["data", "links", "meta"] == list(body)
    assert list(KEYS) == list(body["data"])
    adult = body["data"]["allocataires"][0]
    assert [
        "nom_naissance",
        "nom_usage",
        "prenoms",
        "date_naissance",
        "sexe",
        "code_cog_insee_commune_naissance",
    ] == list(adult)
    figures = body["data"]["parametres_calcul_participation_familiale"]
    base = figures["base_ressources_annuelles"]
    assert len(body["data"]["enfants"]) == figures["nombre_enfants_a_charge"]
    assert nominal.file.figures.resources == base["valeur"]
    assert 2024 == base["annee_calcul"]


async def test_headers(calling: Callable[..., Any], nominal: Any) -> None:
    """An answer bears the contract's media type, its own number, and the state of the quota."""
    caller = calling(rate_limit=20)

    response = await caller.ask_about(nominal)

    assert response.headers["content-type"].startswith("application/vnd.api+json")
    assert 36 == len(response.headers["X-Request-Id"])
    assert ("20", "19") == (
        response.headers["RateLimit-Limit"],
        response.headers["RateLimit-Remaining"],
    )
    assert response.headers["RateLimit-Reset"].isdecimal()


async def test_a_good_answer_is_remembered(caller: Any, nominal: Any) -> None:
    """The second same call is told from memory, unless it asks for no cache."""
    told = [
        await caller.ask_about(nominal),
        await caller.ask_about(nominal),
        await caller.ask_about(nominal, **{"Cache-Control": "no-cache"}),
    ]

    assert ["false", "true", "false"] == [r.headers["X-Response-Cached"] for r in told]
    assert ["", "3600", ""] == [r.headers["X-Cache-Expires-in"] for r in told]
    assert 1 == len({response.content for response in told})


@pytest.mark.parametrize("key", KEYS)
async def test_a_lacking_scope_removes_its_key(
    calling: Callable[..., Any],
    nominal: Any,
    key: str,
) -> None:
    """Without its scope a key is absent, not null, and the others are all there."""
    scopes = frozenset(KEYS.values()) - {KEYS[key]}
    caller = calling(tokens={"good": Token(scopes=scopes)})

    response = await caller.ask_about(nominal)

    assert set(KEYS) - {key} == set(response.json()["data"])


@pytest.mark.parametrize(
    ("kind", "status", "codes"),
    [
        (Kind.NO_FILE, 404, {"10003", "23003", "35003", "36003", "40003"}),
        (Kind.OTHER_PARENT_FILE, 404, {"10003", "23003", "35003", "36003", "40003"}),
        (Kind.NO_CHILD_UNDER_SEVEN, 404, {"37003"}),
        (Kind.INPUT_REFUSED, 422, {"36561"}),
        (Kind.UNAVAILABLE, 502, {"36000"}),
    ],
)
async def test_refusals_of_the_funds(
    caller: Any,
    families: Families,
    kind: Kind,
    status: int,
    codes: set[str],
) -> None:
    """A family set aside by the funds is refused with one of their codes, each time."""
    for _ in range(3):
        told = first(await caller.ask_about(families(kind)[0]))
        assert status == told[0]
        assert told[1] in codes


async def test_a_stranger_is_not_identified(caller: Any, query: Pairs) -> None:
    """A civil status that is in no register is told 36560."""
    stranger = [(k, "Inconnue" if k == "nomNaissance" else v) for k, v in query]

    assert (422, "36560") == first(await caller.ask(stranger))


async def test_case_and_accents_do_not_matter(caller: Any, query: Pairs) -> None:
    """The server folds names before it looks for them."""
    shouted = [(k, v.upper() if k in {"nomNaissance", "prenoms[]"} else v) for k, v in query]

    assert 200 == (await caller.ask(shouted)).status_code


async def test_somebody_elses_file_comes_back(caller: Any, families: Families) -> None:
    """An inconsistent answer names neither the applicant nor the child."""
    known = families(Kind.INCONSISTENT)[0]

    data = (await caller.ask_about(known)).json()["data"]

    adult, child = known.household.applicant, known.household.children[0]
    assert adult.birth_name.upper() not in {each["nom_naissance"] for each in data["allocataires"]}
    names = {(each["nom_naissance"], each["prenoms"]) for each in data["enfants"]}
    assert (child.birth_name.upper(), " ".join(child.first_names).upper()) not in names


async def test_an_unreadable_answer_is_a_200(caller: Any, families: Families) -> None:
    """Good JSON outside the contract: a list where an object is due."""
    response = await caller.ask_about(families(Kind.UNREADABLE)[0])

    body = response.json()
    assert 200 == response.status_code
    assert [] == (body if isinstance(body, list) else body["data"])


async def test_missing_figures_are_null(caller: Any, families: Families) -> None:
    """A fund that does not say sends null somewhere in the figures."""
    data = (await caller.ask_about(families(Kind.RESOURCES_MISSING)[0])).json()["data"]

    figures = data["parametres_calcul_participation_familiale"]
    base = figures["base_ressources_annuelles"]
    assert None in {figures["nombre_enfants_a_charge"], base and base["valeur"]}


async def test_transient_faults_pass(caller: Any, families: Families) -> None:
    """After as many broken calls as planned, a family is answered, and stays so."""
    for known in families(Kind.TRANSIENT_FAULT):
        for fault in known.trouble.faults:
            broken = await caller.ask_about(known)
            assert fault is Fault.SLOW or broken.status_code != 200 or _broken_json(broken)
        sound = await caller.ask_about(known)
        assert 200 == sound.status_code
        assert "data" in sound.json()


def _broken_json(response: httpx.Response) -> bool:
    try:
        response.json()
    except ValueError:
        return True
    return False


def test_trouble_lasts_as_long_as_planned() -> None:
    """Trouble that lasts for ever never ends, and trouble that passes ends."""
    lasting = Trouble(faults=(Fault.INTERNAL,), for_ever=True)
    passing = Trouble(faults=(Fault.TIMEOUT, Fault.NETWORK))

    assert {Fault.INTERNAL} == {lasting.at_call(count) for count in range(50)}
    assert [Fault.TIMEOUT, Fault.NETWORK, None] == [passing.at_call(n) for n in range(3)]


@pytest.mark.parametrize(("days_later", "status"), [(-1, 200), (0, 404)])
async def test_seven_is_counted_on_the_simulators_clock(
    calling: Callable[..., Any],
    nominal: Any,
    days_later: int,
    status: int,
) -> None:
    """The day before the last child turns seven the file is served, on the birthday refused."""
    born = max(child.birth for child in nominal.household.children)
    today = born.replace(year=born.year + 7) + timedelta(days=days_later)
    moments = iter([datetime(2026, 9, 1, 12, tzinfo=UTC)])  # the season is read once, at the start
    then = datetime.combine(today, time(12), UTC)
    caller = calling(now=lambda: next(moments, then))

    assert status == (await caller.ask_about(nominal)).status_code


async def test_the_other_parent_alone_has_the_file(caller: Any, families: Families) -> None:
    """Where only the other parent has a file, asking about them finds it, without the applicant."""
    known = families(Kind.OTHER_PARENT_FILE)[0]

    response = await caller.ask_about_other_parent(known)

    assert 200 == response.status_code
    listed = [each["nom_naissance"] for each in response.json()["data"]["allocataires"]]
    assert 1 == len(listed)


async def test_switches_and_counts(caller: Any, nominal: Any) -> None:
    """Faults thrown are told back, the ping follows them, and calls are counted without names."""
    http = caller.http
    assert "ok" == (await http.get("/api/ping")).json()["status"]
    thrown = await http.post("/faults", json={"down": True, "latency_ms": 1, "jitter_ms": 2})
    await asyncio.gather(*(caller.ask_about(nominal) for _ in range(3)))

    ping = "/api/cnaf_msa_participation_familiale_eaje/ping"
    assert {
        "latency_ms": 1,
        "jitter_ms": 2,
        "down": True,
        "maintenance_seconds": 0,
        "rules": [],
    } == thrown.json()
    assert 502 == (await http.get(ping)).status_code
    assert 404 == (await http.get("/api/caf/ping")).status_code
    counts = (await http.get("/calls")).json()
    assert {"409": 2, "502": 1} == counts["by_status"]
    assert 3 == counts["total"]
    assert counts["concurrent_max"] in {2, 3}
    assert counts["per_second_max"] in {1, 2, 3}
    assert {"eaje": {"409": 2, "502": 1}} == counts["by_endpoint"]
    assert counts["tightest"]["particulier"]["60s"] == 3


async def test_unknown_switches_are_refused(caller: Any) -> None:
    """A misspelt switch is an error, not a switch that does nothing."""
    assert 422 == (await caller.http.post("/faults", json={"dwon": True})).status_code


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/avis-imposition",
        "/api/impots/svair",
        "/api/v2/composition-familiale",
        "/api/caf/famille",
    ],
)
async def test_dead_routes_say_so(caller: Any, path: str) -> None:
    """A dead route answers 410 in plain text."""
    response = await caller.http.get(path)

    assert 410 == response.status_code
    assert "n'e" in response.text
    assert response.headers["content-type"].startswith("text/plain")


async def test_population_by_pages(caller: Any) -> None:
    """Pages of families follow one another, end with the population, and have a bound."""
    page = (await caller.http.get("/population?offset=190&limit=50")).json()

    assert list(range(190, 200)) == [each["truth"]["number"] for each in page]
    assert {"enrolment", "truth", "france_connect", "spi"} == set(page[0])
    assert 422 == (await caller.http.get("/population?limit=501")).status_code
    assert [] == (await caller.http.get("/population?offset=10000")).json()
