"""Faults on purpose: the grammar, the delays, and what each does to a call."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.simulator.api.config import Config
from services.simulator.api.faults.board import Board
from services.simulator.api.faults.delays import delay
from services.simulator.api.faults.rules import Effect, Target, rule
from services.simulator.api.faults.timetable import daily, weekly
from services.simulator.clock import first_sunday, from_paris, in_paris, started_at
from services.simulator.population.draws import Draws

QF = "/v3/dss/quotient_familial/identite"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday, 13:00 in Paris


def a_call(number: int = 1, *names: str, people: frozenset[str] = frozenset()) -> Target:
    """A call as the rules see it."""
    return Target(frozenset(names), number, people)


def a_board(*faults: str, clock: Callable[[], float] = lambda: 0.0) -> Board:
    """A board with faults, at noon."""
    return Board(Config(tokens={}, faults=faults, now=lambda: NOW), clock)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rate=0.5",
        "status=502 hang",
        "status=200",
        "status=502 status=503",
        "status",
        "hang=3",
        "hang rate=2",
        "hang rate=1.5",
        "hang rate=-1",
        "hang rate=0.1 rate=0.2",
        "hang endpoint=caf",
        "hang from=30",
        "hang for=3d",
        "hang daily=25:00-26:00",
        "hang daily=03:00-03:00",
        "hang weekly=dimanche@03:00-04:00",
        "hang daily=03:00-04:00 weekly=sunday@03:00-04:00",
        "hang first=x",
        "hang colour=red",
        "latency=",
        "latency=-1",
        "latency=120001",
        "latency=uniform:30:20",
        "latency=uniform:30",
        "latency=normal:1:2",
        "latency=pareto:p50=3",
        "latency=lognormal:p50=0:p99=3",
        "absent=",
        "absent=a-b",
        "502",
    ],
)
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """An unknown word, two effects, none, a value out of bounds: never read as something else."""
    with pytest.raises(
        ValueError, match=r"on attend|deux fois|ne prend pas|ne dure|pas les deux|de 0"
    ):
        rule(text)


def test_a_rule_keeps_its_words() -> None:
    """What was written is what `/faults` tells back."""
    told = rule("status=502 rate=0.05 endpoint=qf from=30s for=1m first=3 name=Dupont")

    assert (Effect.STATUS, 502, 50_000, "qf", 30, 60, 3, "DUPONT") == (
        *(told.effect, told.status, told.rate, told.endpoint),
        *(told.start_s, told.length_s, told.first, told.name),
    )
    assert "status=502 rate=0.05 endpoint=qf from=30s for=1m first=3 name=Dupont" == told.text


@pytest.mark.parametrize(
    ("window", "hour", "minute", "left"),
    [
        (daily("03:00-03:30"), 3, 0, 1_800),
        (daily("03:00-03:30"), 3, 29, 60),
        (daily("03:00-03:30"), 3, 30, 0),
        (daily("23:00-01:00"), 0, 30, 1_800),
        (daily("23:00-01:00"), 22, 59, 0),
        (weekly("monday@23:00-23:45"), 23, 0, 2_700),
        (weekly("sunday@23:00-23:45"), 23, 0, 0),
        (weekly("sunday@23:00-01:00"), 0, 0, 3_600),
        (weekly("monday@23:00-01:00"), 0, 0, 0),
    ],
)
def test_windows(window: Any, hour: int, minute: int, left: int) -> None:
    """On a Monday: a window that crosses midnight belongs to the day on which it began."""
    assert left == window.seconds_left(datetime(2026, 11, 23, hour, minute, tzinfo=UTC))


@pytest.mark.parametrize(
    ("written", "p50", "p99"),
    [
        ("200", 200, 200),
        ("uniform:100:300", 200, 298),
        ("lognormal:p50=180:p99=2500", 180, 2_500),
        ("pareto:p50=180:p99=2500", 180, 2_500),
    ],
)
def test_delays_have_the_percentiles_that_were_asked(written: str, p50: int, p99: int) -> None:
    """Over forty thousand draws, the median and the 99th percentile are those told, within 10 %."""
    drawn = sorted(delay(written).seconds(Draws(7, "delay", n)) * 1_000 for n in range(40_000))

    assert p50 == pytest.approx(drawn[20_000], rel=0.1)
    assert p99 == pytest.approx(drawn[39_600], rel=0.1)
    assert drawn[-1] <= 120_000


def test_a_rate_strikes_its_share_and_always_the_same_calls() -> None:
    """Five in a hundred, chosen by the seed alone."""
    board, again = a_board("hang rate=0.05"), a_board("hang rate=0.05")
    struck = [n for n in range(4_000) if board.struck(a_call(n))]

    assert 160 <= len(struck) <= 240
    assert struck == [n for n in range(4_000) if again.struck(a_call(n))]


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("hang endpoint=qf", True),
        ("hang endpoint=eaje", False),
        ("hang name=Lô-Martin", True),
        ("hang name=LO_MARTIN", True),
        ("hang name=Martin", False),
        ("hang daily=12:30-13:30", True),
        ("hang daily=12:00-12:30", False),
        ("hang weekly=monday@12:30-13:30", True),
        ("hang weekly=tuesday@12:30-13:30", False),
        ("hang from=30s", False),
        ("hang rate=0", False),
    ],
)
def test_whom_and_when_a_rule_strikes(text: str, *, struck: bool) -> None:
    """By endpoint, by birth name however it is written, by the hours of Paris, by its age."""
    call = a_call(1, "particulier", "qf", people=frozenset({"LO MARTIN"}))

    assert struck == bool(a_board(text).struck(call))


def test_a_rule_begins_and_ends() -> None:
    """From thirty seconds after it was set, for a minute."""
    now = [0.0]
    board = a_board("hang from=30s for=60s", clock=lambda: now[0])
    told = []
    for now[0] in (29.9, 30.0, 89.9, 90.0):
        told.append(bool(board.struck(a_call())))

    assert [False, True, True, False] == told


def test_a_rule_may_strike_the_first_calls_only() -> None:
    """The first two that it concerns, and no other."""
    board = a_board("hang first=2 endpoint=qf")
    calls = [a_call(1, "eaje"), *(a_call(n, "qf") for n in range(2, 6))]

    assert [False, True, True, False, False] == [bool(board.struck(each)) for each in calls]


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ("status=400", 400, "00401"),
        ("status=401", 401, "00101"),
        ("status=404", 404, "35003"),
        ("status=409", 409, "00015"),
        ("status=429", 429, "00429"),
        ("status=500", 500, "35999"),
        ("status=502", 502, "35999"),
        ("status=503", 503, "35020"),
        ("status=504", 504, "35002"),
    ],
)
async def test_a_status_is_said_in_the_apis_words(
    calling: Callable[..., Any], nominal: Any, text: str, status: int, code: str
) -> None:
    """Each with a code of the nomenclature; 429 with the time to come back."""
    response = await calling(faults=(text,)).ask_about(nominal, path=QF)

    assert (status, code) == (response.status_code, response.json()["errors"][0]["code"])
    assert ("1" if status == 429 else None) == response.headers.get("Retry-After")


async def test_a_maintenance_tells_what_is_left(calling: Callable[..., Any], nominal: Any) -> None:
    """By its window, by its length, or an hour when it does not say; before the validators."""
    left = {}
    for text in ("maintenance daily=12:30-13:30", "maintenance for=90s", "maintenance"):
        response = await calling(faults=(text,)).ask_about(nominal)
        [error] = response.json()["errors"]
        left[text] = (response.status_code, error["code"], error["meta"]["retry_in"])

    assert [(503, "36020", 1_800), (503, "36020", 90), (503, "36020", 3_600)] == [
        (status, code, retry if retry != 89 else 90) for status, code, retry in left.values()
    ]


async def test_answers_are_spoiled(calling: Callable[..., Any], nominal: Any) -> None:
    """Half a body, birth dates with zeros, a key that is gone everywhere, a page of HTML."""
    whole = (await calling().ask_about(nominal, path=QF)).json()["data"]

    half = await calling(faults=("truncated",)).ask_about(nominal, path=QF)
    dates = await calling(faults=("partial-dates",)).ask_about(nominal, path=QF)
    absent = await calling(faults=("absent=prenoms",)).ask_about(nominal, path=QF)
    page = await calling(faults=("html=503",)).ask_about(nominal, path=QF)

    with pytest.raises(ValueError, match=r"Unterminated|Expecting|Invalid"):
        half.json()
    born = [each["date_naissance"] for each in dates.json()["data"]["allocataires"]]
    assert [each["date_naissance"][:4] for each in whole["allocataires"]] == [b[:4] for b in born]
    assert {"00"} == {each[-2:] for each in born}
    assert "prenoms" not in absent.text
    assert whole["allocataires"][0].keys() - {"prenoms"} == set(
        absent.json()["data"]["allocataires"][0]
    )
    assert (503, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])


@pytest.mark.parametrize("fault", ["truncated", "partial-dates", "absent=prenoms"])
async def test_what_was_spoiled_is_not_remembered(caller: Any, nominal: Any, fault: str) -> None:
    """Once the fault is cleared, the same call is answered whole."""
    http = caller.http
    await http.post("/faults", json={"rules": [fault]})
    spoiled = await caller.ask_about(nominal)
    cleared = await http.delete("/faults")

    response = await caller.ask_about(nominal)

    assert [] == cleared.json()["rules"]
    assert "false" == response.headers["X-Response-Cached"]
    assert "data" in response.json()
    assert spoiled.content != response.content


async def test_faults_over_http(caller: Any, nominal: Any) -> None:
    """Thrown, read, replaced, cleared; a misspelt one changes nothing."""
    http = caller.http
    told = await http.post("/faults", json={"rules": ["status=502 name=Nobody", "latency=1"]})
    bad = await http.post("/faults", json={"rules": ["status=502", "statsu=502"]})
    read = await http.get("/faults")

    assert ["status=502 name=Nobody", "latency=1"] == told.json()["rules"] == read.json()["rules"]
    assert 422 == bad.status_code
    assert 200 == (await caller.ask_about(nominal)).status_code
    await http.post("/faults", json={"rules": ["status=502"]})
    assert 502 == (await caller.ask_about(nominal)).status_code  # though it is remembered


@pytest.mark.parametrize("fault", ["truncated", "absent=allocataires", "html=503", "status=429"])
async def test_what_is_remembered_is_struck_too(caller: Any, nominal: Any, fault: str) -> None:
    """A fault stands between the API and its caller, and leaves the memory as it was."""
    whole = await caller.ask_about(nominal)
    await caller.http.post("/faults", json={"rules": [f"{fault} first=1"]})
    struck = await caller.ask_about(nominal)
    after = await caller.ask_about(nominal)

    assert whole.content != struck.content
    assert ("true", whole.content) == (after.headers["X-Response-Cached"], after.content)


async def test_a_name_is_found_by_every_way(calling: Callable[..., Any], nominal: Any) -> None:
    """By civil status and by FranceConnect, the same person is struck; others are not."""
    name = nominal.household.applicant.birth_name.replace(" ", "_")
    caller = calling(faults=(f"status=504 name={name}",))
    page = (await caller.http.get("/population", params={"limit": 40})).json()
    fc = QF.replace("identite", "france_connect")
    recipient = [("recipient", "13002526500013")]

    by_token = await caller.ask(recipient, token=page[nominal.number]["france_connect"], path=fc)
    by_status = await caller.ask_about(nominal, path=QF)

    assert [504, 504] == [by_token.status_code, by_status.status_code]


async def test_a_ping_turns_red_by_the_traffic(calling: Callable[..., Any], nominal: Any) -> None:
    """When a tenth of the answers fail, the provider is told as failing; staging always says ok."""
    caller = calling(faults=("status=502 endpoint=qf",))
    for _ in range(10):
        await caller.ask_about(nominal, path=QF)

    http = caller.http
    assert 502 == (await http.get("/api/cnaf_msa_quotient_familial/ping")).status_code
    assert 200 == (await http.get("/api/cnaf_msa_participation_familiale_eaje/ping")).status_code
    assert 4 == len((await http.get("/api/pings")).json())


def test_clock_of_paris() -> None:
    """Winter and summer, and back again."""
    moments = [
        datetime(2026, 1, 1, 0, tzinfo=UTC),
        datetime(2026, 7, 21, 22, tzinfo=UTC),
        datetime(2026, 3, 29, 0, 59, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]

    assert [1, 0, 1, 3, 2] == [in_paris(moment).hour for moment in moments]
    assert moments == [from_paris(in_paris(moment)) for moment in moments]
    assert 6 == first_sunday(datetime(2026, 12, 24, tzinfo=UTC).date()).day


def test_a_clock_may_start_elsewhere() -> None:
    """It reads the moment that was asked, and runs on."""
    machine = iter([NOW, NOW, NOW + timedelta(seconds=5)])
    start = datetime(2026, 7, 22, tzinfo=UTC)
    clock = started_at(start, lambda: next(machine))

    assert [start, start + timedelta(seconds=5)] == [clock(), clock()]
