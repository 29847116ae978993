"""What the terminal and the console show is what is there, while more comes in."""

import json
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING

import pytest

from shared.roles import Role
from shared.states import Lane, Status, Step

if TYPE_CHECKING:
    from tests.console_record import Consoles
    from tests.integration.conftest import Record
    from tests.integration.operating.conftest import Berceau

pytestmark = pytest.mark.stack

_LOOKS = 5
_MOST_ROUNDS = 200
_THERE = """
    SELECT count(*) FILTER (WHERE status = 'RECEIVED' AND claim IS NULL AND due_at <= now()) AS due,
           count(*) FILTER (WHERE status = 'VERIFIED' AND claim IS NOT NULL) AS held,
           count(*) AS total
    FROM applications
"""
_ROW = re.compile(r'<th scope="row">(Vérification|Tarification), immédiat.*?</tr>', re.DOTALL)
_CELL = re.compile(r"<td>([^<]*)</td>")
_TOTAL = re.compile(r"<dt>Dossiers en tout</dt><dd>([^<]+)</dd>")
Counts = Mapping[str, int]


def _there(record: "Record") -> Counts:
    [row] = record.rows(_THERE)
    return {"due": row.due, "held": row.held, "total": row.total}


@contextmanager
def _load(record: "Record") -> Iterator[None]:
    """Applications come in to be verified, and others are taken in hand to be priced."""
    over = Event()

    def come_in() -> None:
        for _ in range(_MOST_ROUNDS):
            if over.is_set():
                return
            record.plant(7)
            record.claim(record.plant(2, status=Status.VERIFIED), step=Step.PRICE)

    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(come_in)
        yield
        over.set()
        coming.result()


async def test_top_and_the_console_agree_with_a_count_during_a_load(
    record: "Record", consoles: "Consoles", berceau: "Berceau"
) -> None:
    """Due, in hand and in all: each lies between the count before it and the count after it."""
    with _load(record):
        for _ in range(_LOOKS):
            page = consoles.signed_in(Role.OPS)
            counted = _there(record)
            top = _of_top(json.loads(berceau("top", "--json").stdout))
            between = _there(record)
            console = _of_page((await page.browser.get("/")).text)
            after = _there(record)
            for name in counted:
                assert counted[name] <= top[name] <= between[name], f"top: {name}"
                assert between[name] <= console[name] <= after[name], f"console: {name}"

    still = _there(record)
    page = consoles.signed_in(Role.OPS)
    assert still == _of_top(json.loads(berceau("top", "--json").stdout))
    assert still == _of_page((await page.browser.get("/")).text)
    assert min(still.values()) > 0


def _of_top(now: Mapping[str, object]) -> Counts:
    queues = now["queues"]
    assert isinstance(queues, list)
    by_step = {one["step"]: one for one in queues if one["lane"] == Lane.NOW}
    snapshot = now["snapshot"]
    assert isinstance(snapshot, dict)
    total = sum(one["count"] for one in snapshot["standings"])
    return {"due": by_step["verify"]["due"], "held": by_step["price"]["held"], "total": total}


def _of_page(html: str) -> Counts:
    rows = {found[1]: _CELL.findall(found[0]) for found in _ROW.finditer(html)}
    due, _rung, _held = rows["Vérification"][:3]
    _due, _rung, held = rows["Tarification"][:3]
    total = _TOTAL.search(html)
    assert total is not None
    return {"due": _number(due), "held": _number(held), "total": _number(total[1])}


def _number(said: str) -> int:
    return int(re.sub(r"\D", "", said))
