"""Batches: many applications at once, each answered by itself, on a founded database."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from services.intake.examples import APPLICATION

if TYPE_CHECKING:
    from tests.integration.intake.conftest import FakeBell, Portal

EVERYTHING = (
    "SELECT * FROM applications",
    "SELECT * FROM application_keys",
    "SELECT * FROM journal",
    "SELECT * FROM idempotency",
)


def a_family(number: int, **changes: Any) -> dict[str, Any]:
    """An invented family: the child's first name alone tells it from the others."""
    child = {**APPLICATION["child"], "first_names": [f"Zoé {_letters(number)}"]}
    return {**APPLICATION, "child": child, **changes}


def _letters(number: int) -> str:
    return "".join("ABCDEFGHIJ"[int(digit)] for digit in str(number)).capitalize()


def _without(field: str) -> Callable[[int], dict[str, Any]]:
    def family(number: int) -> dict[str, Any]:
        return {name: value for name, value in a_family(number).items() if name != field}

    return family


TOMORROW = {"version": "2026-01", "shown_at": "2026-11-25T09:30:00Z"}
BAD: list[tuple[Callable[[int], object], str]] = [
    (_without("scheme"), "missing"),
    (lambda n: a_family(n, scheme="patinoire"), "unknown_scheme"),
    (lambda n: a_family(n, structure="nulle-part"), "unknown_structure"),
    (lambda n: a_family(n, structure="la-ribambelle"), "care_type_not_offered"),
    (lambda n: a_family(n, extra="non"), "extra_forbidden"),
    (lambda n: a_family(n, fund="urssaf"), "enum"),
    (lambda n: a_family(n, notice=TOMORROW), "shown_in_the_future"),
    (lambda n: a_family(n, allocataire_number="12\x003"), "nul"),
    (lambda _: "une chaîne", "row_shape"),
    (lambda _: None, "row_shape"),
]


def _rows(good: int) -> Iterator[dict[str, Any]]:
    """450 families for 500 rows: every tenth row is bad, in ten ways."""
    for number in range(good):
        yield {"application": a_family(number)}
        if number % 9 == 8:
            make, _ = BAD[number // 9 % len(BAD)]
            content = make(number)
            yield content if not isinstance(content, dict) else {"application": content}  # type: ignore[misc]


async def post_batch(portal: "Portal", rows: object, **headers: str) -> httpx.Response:
    return await portal.client.post(
        "/v1/applications:batch", json={"applications": rows}, headers=portal._headers | headers
    )


def _keyed(number: int, row: object) -> object:
    """Every second row that can hold a key has one."""
    if number % 2 or not isinstance(row, dict):
        return row
    return {**row, "idempotency_key": f"k{number}"}


@pytest.fixture
def everything(rows: Callable[..., Any]) -> Callable[[], Mapping[str, Any]]:
    """All that the four tables hold."""

    def look() -> Mapping[str, Any]:
        return {query: sorted(map(repr, rows(query))) for query in EVERYTHING}

    return look


async def test_each_row_is_answered(portal: "Portal", rows: Callable[..., Any]) -> None:
    """500 rows with 50 bad ones: 450 receipts, 50 problems that say why, in the order asked."""
    sent = list(_rows(450))
    said = (await post_batch(portal, sent)).json()

    assert (450, 0, 50) == (said["accepted"], said["known"], said["refused"])
    assert list(range(500)) == [row["row"] for row in said["rows"]]
    refused = [row for row in said["rows"] if row["status"] != 202]
    assert list(range(9, 500, 10)) == [row["row"] for row in refused]
    codes = [row["problem"]["errors"][0]["code"] for row in refused]
    assert [BAD[n % len(BAD)][1] for n in range(50)] == codes
    references = {row["receipt"]["reference"] for row in said["rows"] if row["receipt"]}
    recorded = rows("SELECT reference, status, lane FROM applications")
    assert {(reference, "RECEIVED", "bulk") for reference in references} == set(
        map(tuple, recorded)
    )


async def test_sent_twice_it_changes_nothing(
    portal: "Portal", everything: Callable[[], Mapping[str, Any]]
) -> None:
    """500 rows with 50 bad ones, with keys and without: the second time every good row is known,
    under its reference, and every bad one refused for the same reason."""
    sent = [_keyed(number, row) for number, row in enumerate(_rows(450))]
    first = (await post_batch(portal, sent)).json()
    before = everything()
    second = (await post_batch(portal, sent)).json()

    assert (450, 0, 50) == (first["accepted"], first["known"], first["refused"])
    assert (0, 450, 50) == (second["accepted"], second["known"], second["refused"])
    for told in ("receipt", "problem"):
        assert [row[told] for row in first["rows"]] == [row[told] for row in second["rows"]]
    assert before == everything()


async def test_at_once_or_alone_it_is_one_application(
    portal: "Portal", rows: Callable[..., Any]
) -> None:
    """Four equal batches at once, shuffled, and each row alone too: one application for each."""
    sent = [{"application": a_family(n)} for n in range(40)]
    mixed = (sent, sent[::-1], sent[20:] + sent[:20], sent[::2] + sent[1::2])
    answers = await asyncio.gather(*(post_batch(portal, batch) for batch in mixed))
    alone = [await portal.post(row["application"]) for row in sent[:5]]

    assert 40 == sum(answer.json()["accepted"] for answer in answers)
    assert [0] * 4 == [answer.json()["refused"] for answer in answers]
    assert [200] * 5 == [answer.status_code for answer in alone]
    assert [(40, 40)] == [
        tuple(row) for row in rows("SELECT count(*), count(DISTINCT reference) FROM applications")
    ]


async def test_equal_rows_of_a_batch_are_one(portal: "Portal", rows: Callable[..., Any]) -> None:
    """The second is told the first's reference; a key with another content is refused."""
    sent = [
        {"application": a_family(1), "idempotency_key": "k"},
        {"application": a_family(1)},
        {"application": a_family(2), "idempotency_key": "k"},
    ]
    said = (await post_batch(portal, sent)).json()["rows"]

    assert [202, 200, 422] == [row["status"] for row in said]
    assert said[0]["receipt"] == said[1]["receipt"]
    assert "urn:berceau:problem:idempotency-key-reused" == said[2]["problem"]["type"]
    assert [(1,)] == [tuple(row) for row in rows("SELECT count(*) FROM applications")]


async def test_a_batch_rings_in_few_doorbells(portal: "Portal", bell: "FakeBell") -> None:
    """130 ids, at most 64 each, in the bulk lane; none when the window is full."""
    sent = [{"application": a_family(n)} for n in range(130)]
    await post_batch(portal, sent)
    rung = [len(doorbell.ids) for doorbell in bell.rung]
    bell.room_left = 1
    await post_batch(portal, [{"application": a_family(n)} for n in range(200, 300)])

    assert [64, 36, 30] == rung
    assert {"bulk"} == {doorbell.lane for doorbell in bell.rung}
    assert 3 == len(bell.rung)


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/applications", "missing"),
        ({"applications": {}}, "/applications", "list_type"),
        ({"applications": []}, "/applications", "list_type"),
        ({"applications": [{}] * 501}, "/applications", "too_long"),
        ({"applications": [{}], "more": 1}, "", "extra_forbidden"),
    ],
)
async def test_what_is_no_batch_is_refused_whole(
    portal: "Portal", rows: Callable[..., Any], body: object, pointer: str, code: str
) -> None:
    """With the field and the remedy; nothing enters."""
    address, headers = "/v1/applications:batch", portal._headers
    refused = await portal.client.post(address, json=body, headers=headers)

    assert 422 == refused.status_code
    [fault] = refused.json()["errors"]
    assert (pointer, code) == (fault["pointer"], fault["code"])
    assert [(0,)] == [tuple(row) for row in rows("SELECT count(*) FROM applications")]


async def test_a_row_that_the_database_refuses_harms_only_itself(
    portal: "Portal", change_as_owner: Callable[[str], None]
) -> None:
    """A trigger stands in for whatever nobody thought of: its row is told to come back."""
    await post_batch(portal, [{"application": a_family(0)}])
    change_as_owner("""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'no' USING ERRCODE = 'check_violation'; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON idempotency FOR EACH ROW
            WHEN (NEW.key = 'poison') EXECUTE FUNCTION refuse();
    """)
    sent = [{"application": a_family(n), "idempotency_key": f"k{n}"} for n in range(1, 20)]
    sent[7]["idempotency_key"] = "poison"
    said = (await post_batch(portal, sent)).json()["rows"]

    assert [202] * 7 + [503] + [202] * 11 == [row["status"] for row in said]
