"""The reference pages: what they say of states, figures and settings is what the code does."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from services.notifier import sending, work
from services.verifier.health import TRY_TOKEN_AGAIN
from shared.events import LARGEST_DOORBELL
from shared.maintenance import LULL_S
from shared.protocol.delivering import settling
from shared.protocol.delivering.mending import DeliveryStatus
from shared.protocol.tempo import QUARANTINE_AT, TIERS, Tempo
from shared.protocol.waking import WITHIN
from shared.queue import stops
from shared.queue.broker import HEARTBEAT_TIMEOUT_MS, QUEUES
from shared.queue.limits import Limits
from shared.queue.pace import LONGEST_RAMP_S, WEIGHTS
from shared.review_acts import ReviewAct
from shared.settings import Settings
from shared.states import MOVES, Lane, Reason, Status
from shared.webhooks.event import LONGEST_BODY
from shared.working import batches, saver
from shared.working.saver import Saver

_ANY = "any but an end"
_ENDS = {Status.CLOSED, Status.WITHDRAWN}


@pytest.fixture(scope="module")
def protocol(root: Path) -> str:
    return (root / "docs" / "reference" / "protocol.md").read_text("utf-8")


@pytest.fixture(scope="module")
def settings(root: Path) -> str:
    return (root / "docs" / "reference" / "settings.md").read_text("utf-8")


def _rows(page: str, *header: str) -> list[list[str]]:
    """The rows of the one table whose header begins with these words."""
    begins = re.escape(f"| {' | '.join(header)} |")
    [table] = re.findall(rf"^{begins}.*\n\|[-|]+\|\n((?:\|.*\n?)+)", page, re.MULTILINE)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]


def _said(length: timedelta) -> str:
    seconds = length.total_seconds()
    return f"{seconds:.0f} s" if seconds >= 1 else f"{seconds * 1000:.0f} ms"


def test_every_state_has_its_row(protocol: str) -> None:
    """In the order of the code, each with its meaning and who acts."""
    rows = _rows(protocol, "state", "meaning", "who acts")

    assert list(Status) == [state for state, _, _ in rows]
    assert all(meaning and who for _, meaning, who in rows)


def _moves(page: str) -> Iterator[tuple[tuple[str, str], str]]:
    for frm, to, because in _rows(page, "from", "to", "because"):
        sources = set(Status) - _ENDS if frm == _ANY else {frm}
        yield from (((source, to), because) for source in sources)


def test_every_move_has_its_row(protocol: str) -> None:
    """From, to and because; no row more, none less."""
    assert dict(_moves(protocol)) == MOVES


def test_every_reason_has_its_row(protocol: str) -> None:
    """In the order of the code, standing in states that there are."""
    rows = _rows(protocol, "reason", "stands in", "meaning")

    assert [f"`{reason}`" for reason in Reason] == [reason for reason, _, _ in rows]
    assert set() == {state for _, where, _ in rows for state in where.split(", ")} - set(Status)


def test_the_figures_are_those_of_the_code(protocol: str) -> None:
    """Every field of the tempo, with production's value."""
    tempo = Tempo()

    assert [(f"`{field.name}`", _said(getattr(tempo, field.name))) for field in fields(tempo)] == [
        (name, value) for name, value, _ in _rows(protocol, "figure", "value", "meaning")
    ]


def test_the_tiers_are_those_of_the_code(protocol: str) -> None:
    """How often begun, how many in one claim, alone or not."""

    def starts(least: int, most: int) -> str:
        return f"{least}" if least == most else f"{least} to {most}"

    assert [
        [starts(t.least_starts, t.most_starts), f"{t.size}", "yes" if t.alone else "no"]
        for t in TIERS
    ] == _rows(protocol, "starts", "most in one claim")
    assert f"At {QUARANTINE_AT} starts it is QUARANTINED." in protocol


def test_the_bounds_in_the_text_are_those_of_the_code(protocol: str) -> None:
    """Queues, the largest doorbell, the silence of the dead, and how long a group waits."""
    linger_s = inspect.signature(Saver).parameters["linger_s"].default

    assert ", ".join(f"`{queue}`" for queue in QUEUES) in protocol
    assert f"names at most {LARGEST_DOORBELL} applications" in protocol
    assert f"leaves in groups: after {linger_s * 1000:.0f} ms" in protocol
    assert f"out of reach is tried {saver._TRIES} times" in protocol
    assert f"swept when silent for {HEARTBEAT_TIMEOUT_MS // 1000} s" in protocol


def test_the_limits_are_those_of_the_code(protocol: str) -> None:
    """Each shared bucket with its limit, its pace and what may gather."""
    limits = Limits(egress="<egress>")
    known = {
        bucket.name: (limit.calls, limit.seconds, bucket)
        for buckets, of in (
            (limits.of("api-particulier"), (limits.api_particulier,)),
            (limits.of("dgfip"), (limits.dgfip,)),
            (limits.introspection(), limits.franceconnect),
        )
        for bucket, limit in zip(buckets, of, strict=True)
    }
    rows = [row for row in _rows(protocol, "bucket", "limit") if row[0] != "habilitation"]

    assert [f"`{name}`" for name in known] == [name for name, *_ in rows]
    for (calls, seconds, bucket), (_, limit, pace, burst) in zip(known.values(), rows, strict=True):
        assert limit.startswith(f"{calls} in {seconds} s")
        assert (pace, burst) == (f"{bucket.pace:g}", f"{bucket.burst:g}")


def test_the_stops_are_those_of_the_code(protocol: str) -> None:
    """How many failures, how many trials, after how long; how the pace grows back; the weights."""
    pauses = [min(stops.FIRST_PAUSE_S * 2**n, stops.LONGEST_PAUSE_S) for n in range(4)]
    told = f"{pauses[0]} s, then {pauses[1]}, {pauses[2]} and {pauses[3]} s"

    assert f"after {stops.FAILURES} failures in a row" in protocol
    assert told in protocol
    assert f"grows back over {stops.RAMP_S} s" in protocol
    assert f"at most {LONGEST_RAMP_S:.0f} s" in protocol
    assert f"{WEIGHTS[Lane.NOW]} for `now`, {WEIGHTS[Lane.BULK]} for `bulk`" in protocol
    assert f"A permit lasts {batches._PERMITS_LAST_S:.0f} s" in protocol
    assert f"comes back within {WITHIN // timedelta(minutes=1)} min" in protocol
    assert f"one call every {TRY_TOKEN_AGAIN // timedelta(hours=1)} h" in protocol
    assert f"comes back {LULL_S[0]:.0f} to {LULL_S[1]:.0f} s after the end" in protocol


def test_the_figures_of_deliveries_are_those_of_the_code(protocol: str) -> None:
    """Bounds in the text, every state of a delivery, the wait after each try."""
    rows = [name for name, _ in _rows(protocol, "delivery", "meaning")]
    at_once = f"{work.MOST_OF_A_PORTAL} deliveries of a portal, {work.MOST_AT_ONCE}"
    waits = [_wait(one) for one in settling.WAITS]

    assert [f"`{status}`" for status in DeliveryStatus] == rows
    assert f"between tries are {', '.join(waits[:-1])} and {waits[-1]}" in protocol
    assert f"up to {settling.JITTER:.0%} shorter".replace("%", " %") in protocol
    assert f"tried {settling.TRIES} times" in protocol
    assert f"at most {at_once} in all" in protocol
    assert f"at {work.LONGEST_CLAIM.seconds} s at the latest" in protocol
    assert f"A try lasts {sending.DEADLINE_S:.0f} s at most" in protocol
    assert f"{sending.MOST_READ // 1024} KiB of the answer" in protocol
    assert f"at most {LONGEST_BODY // 1024} KiB" in protocol
    assert f"is tried {len(work.SAVE_WAITS_S)} times, then the notifier" in protocol


def _wait(length: timedelta) -> str:
    units = ((3_600, "h"), (60, "min"), (1, "s"))
    seconds = int(length.total_seconds())
    return next(f"{seconds // size} {unit}" for size, unit in units if seconds >= size)


def test_every_setting_has_its_row(settings: str) -> None:
    """Its variable, its default and its meaning, in the order of the code."""

    def default(name: str) -> str:
        field = Settings.model_fields[name]
        if field.is_required():
            return "required"
        return "none" if field.default is None else f"`{field.default}`"

    assert [
        [f"`BERCEAU_{name.upper()}`", default(name), field.description]
        for name, field in Settings.model_fields.items()
    ] == _rows(settings, "variable", "default", "meaning")


def test_every_act_of_review_has_its_row(protocol: str) -> None:
    """In the order of the code."""
    rows = _rows(protocol, "act", "what was done", "its ground")

    assert [f"`{act}`" for act in ReviewAct] == [act for act, _, _ in rows]
