"""Tax numbers on a founded database: sealed apart, said nowhere, gone with a withdrawal."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from services.intake.examples import ADMISSION, APPLICATION, ON_TAX_DATA, PRE_REGISTRATION
from services.intake.parts import Parts
from shared.sealing import WrappedKey
from shared.store.places import application_place, tax_numbers_place
from shared.taxation import TaxNumber, read_tax_numbers

if TYPE_CHECKING:
    import httpx

    from tests.integration.intake.conftest import Portal

_ROW = "SELECT * FROM applications LEFT JOIN application_keys ON application_id = id"
_NUMBERS = tuple(map(TaxNumber.parse, ON_TAX_DATA["tax_numbers"]))
_DIGITS = [number.digits for number in _NUMBERS]
_TABLES = ("applications", "application_keys", "idempotency", "journal", "verifications")


def _kept(parts: Parts, row: Any) -> tuple[TaxNumber, ...]:
    """The numbers that a row keeps; its body must open without them."""
    key = parts.key_ring.unwrap(WrappedKey(row.ring_key, row.wrapped))
    assert b"tax_numbers" not in key.open(row.sealed, place=application_place(row.id))
    sealed = row.sealed_tax_numbers
    return read_tax_numbers(key.open(sealed, place=tax_numbers_place(row.id)))


async def _batch(portal: "Portal", *bodies: Mapping[str, Any]) -> "httpx.Response":
    rows = {"applications": [{"application": dict(body)} for body in bodies]}
    return await portal.client.post("/v1/applications:batch", json=rows, headers=portal._headers)


async def _admit(portal: "Portal", address: str, **changes: Any) -> "httpx.Response":
    body = {**ADMISSION, **changes}
    return await portal.client.post(f"{address}/admission", json=body, headers=portal._headers)


async def _pre_registered(portal: "Portal") -> str:
    answer = await portal.post({**PRE_REGISTRATION, "scheme": "tarif-local"})
    return str(answer.headers["location"])


async def test_numbers_are_sealed_apart(
    portal: "Portal", parts: Parts, rows: Callable[..., list[Any]]
) -> None:
    """Under the application's own key, with a place of their own, and in no row in the clear."""
    answer = await portal.post(ON_TAX_DATA, idempotency_key="k-1")
    [row] = rows(_ROW)
    everything = "".join(str(rows(f"SELECT t::text FROM {name} t")) for name in _TABLES)  # noqa: S608

    assert 202 == answer.status_code
    assert _kept(parts, row) == _NUMBERS
    assert [] == [one for one in _DIGITS if one in everything or one in answer.text]


async def test_numbers_of_a_batch_are_sealed_apart(
    portal: "Portal", parts: Parts, rows: Callable[..., list[Any]]
) -> None:
    """Each row as if it came alone; what must be mended is told at its row."""
    without = {**ON_TAX_DATA, "tax_numbers": [], "other_representative": None}
    answer = await _batch(portal, ON_TAX_DATA, APPLICATION, without)
    told = answer.json()["rows"]
    kept = {row.scheme_id: row.sealed_tax_numbers is not None for row in rows(_ROW)}

    assert [202, 202, 422] == [row["status"] for row in told]
    assert "tax_number_required" == told[2]["problem"]["errors"][0]["code"]
    assert [False, True] == sorted(kept.values())
    [row] = [row for row in rows(_ROW) if row.sealed_tax_numbers]
    assert _kept(parts, row) == _NUMBERS


async def test_an_admission_brings_its_numbers(
    portal: "Portal", parts: Parts, rows: Callable[..., list[Any]]
) -> None:
    """An estimate asks for none; once admitted, the same numbers are the same admission."""
    address = await _pre_registered(portal)
    assert [None] == [row.sealed_tax_numbers for row in rows(_ROW)]
    refused = await _admit(portal, address)
    first = await _admit(portal, address, tax_numbers=_DIGITS[:1])
    again = await _admit(portal, address, tax_numbers=[f" {_DIGITS[0]}"])
    other = await _admit(portal, address, tax_numbers=_DIGITS[1:])

    assert [422, 202, 200, 409] == [a.status_code for a in (refused, first, again, other)]
    assert ["tax_number_required"] == [one["code"] for one in refused.json()["errors"]]
    [row] = rows(_ROW)
    assert _kept(parts, row) == _NUMBERS[:1]


async def test_an_admission_is_the_same_after_its_numbers_were_destroyed(
    portal: "Portal", rows: Callable[..., list[Any]], change: Callable[..., None]
) -> None:
    """A portal that repeats itself a week later is answered as before."""
    address = await _pre_registered(portal)
    await _admit(portal, address, tax_numbers=_DIGITS[:1])
    change("UPDATE applications SET sealed_tax_numbers = NULL, status = 'TO_REVIEW'")
    again = await _admit(portal, address, tax_numbers=_DIGITS[:1])

    assert 200 == again.status_code
    assert [None] == [row.sealed_tax_numbers for row in rows(_ROW)]


@pytest.mark.parametrize(
    ("changes", "place", "code"),
    [
        ({"scheme": "creches"}, "/tax_numbers", "tax_number_unneeded"),
        ({"tax_numbers": []}, "/tax_numbers", "tax_number_required"),
        ({"tax_numbers": ["300011122233"]}, "/tax_numbers/0", "tax_number"),
        ({"tax_numbers": [_DIGITS[0], "30004445556667"]}, "/tax_numbers/1", "tax_number"),
        ({"tax_numbers": [*_DIGITS, "3000777888999"]}, "/tax_numbers", "too_long"),
        ({"tax_numbers": [int(_DIGITS[0])]}, "/tax_numbers/0", "string_type"),
        ({"tax_numbers": _DIGITS[0]}, "/tax_numbers", "tuple_type"),
    ],
)
async def test_what_must_be_mended_is_told_without_the_number(
    portal: "Portal",
    rows: Callable[..., list[Any]],
    changes: dict[str, Any],
    place: str,
    code: str,
) -> None:
    """The field, a remedy in French, not one digit of what was typed; nothing is recorded."""
    answer = await portal.post({**ON_TAX_DATA, **changes})
    [fault] = answer.json()["errors"]

    assert (422, place, code) == (answer.status_code, fault["pointer"], fault["code"])
    assert [] == [one for one in ("3000", "111222", "444555") if one in answer.text]
    assert [] == rows(_ROW)


async def test_another_number_is_another_request(portal: "Portal") -> None:
    """Under one key: a mistyped number that was mended must not pass for the first request."""
    other = {**ON_TAX_DATA, "tax_numbers": ["3000777888999"]}
    answers = [
        await portal.post(body, idempotency_key="k-1") for body in (ON_TAX_DATA, ON_TAX_DATA, other)
    ]

    assert [202, 202, 422] == [a.status_code for a in answers]
    assert answers[2].json()["type"].endswith("idempotency-key-reused")


async def test_a_withdrawal_destroys_the_numbers(
    portal: "Portal", rows: Callable[..., list[Any]]
) -> None:
    """At once; the body stays, for what was decided is a record."""
    answer = await portal.post(ON_TAX_DATA)
    address = answer.headers["location"]
    await portal.client.post(f"{address}/withdrawal", json={}, headers=portal._headers)
    [row] = rows(_ROW)

    assert ("WITHDRAWN", None) == (row.status, row.sealed_tax_numbers)
    assert row.sealed
