"""Closed sets have their words, traces their form, keys theirs, and the bell its patience."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from services.intake.problems import MEDIA_TYPE, Problem, answer_of, pointer
from services.intake.quiet_bell import QuietBell
from services.intake.sentences import STATE_SENTENCES
from services.intake.wordings import WORDINGS, Kind
from shared.events import Doorbell
from shared.portal_keys import hash_of, looks_like_a_key, mint_key
from shared.protocol.decided import in_force
from shared.states import Lane, Status, Step
from shared.tracing.parents import trace_id, traceparent

_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def test_every_state_and_problem_has_its_words() -> None:
    """Nothing that intake may say is without a sentence."""
    assert set(Status) == set(STATE_SENTENCES)
    assert set(Kind) == set(WORDINGS)


def test_a_problem_is_an_rfc_9457_answer() -> None:
    """Type, title, status and detail are there, under the media type of problems."""
    answer = answer_of(Problem(Kind.ERASED))

    assert (410, MEDIA_TYPE) == (answer.status_code, answer.media_type)
    assert {"type", "title", "status", "detail"} == set(Problem(Kind.ERASED).as_json())
    assert "urn:berceau:problem:erased" == Kind.ERASED.uri


def test_pointers_escape() -> None:
    """RFC 6901: `~` and `/` are written `~0` and `~1`."""
    assert "/a~1b/0/~0" == pointer("a/b", 0, "~")


def test_a_valid_trace_is_kept() -> None:
    """The caller's trace goes on unchanged."""
    assert (_TRACE, _TRACE.split("-")[1]) == (traceparent(_TRACE), trace_id(_TRACE))


@pytest.mark.parametrize(
    "given", [None, "", _TRACE.upper(), "ff" + _TRACE[2:], f"00-{'0' * 32}-{'1' * 16}-00", "x" * 55]
)
def test_an_invalid_trace_is_replaced(given: str | None) -> None:
    """A missing or broken trace gives way to a new one."""
    minted = traceparent(given)

    assert given != minted
    assert minted == traceparent(minted)


def test_a_portal_key_is_recognised_and_hashed() -> None:
    """A minted key looks like one and hashes to what is kept; what does not is never looked up."""
    key, hashed = mint_key()

    assert (True, hashed, 51) == (looks_like_a_key(key), hash_of(key), len(key))
    assert [False] * 3 == [looks_like_a_key(k) for k in (key + "a", key[8:], key[:-1] + "é")]
    assert key != mint_key()[0]


@dataclass(frozen=True)
class _Version:
    version: int
    valid_from: date


@pytest.mark.parametrize(
    ("starts", "expected"),
    [
        ([], None),
        ([date(2026, 11, 23)], 1),
        ([date(2026, 1, 1), date(2026, 9, 1)], 2),
        ([date(2026, 9, 1), date(2026, 1, 1)], 2),
        ([date(2026, 1, 1), date(2027, 1, 1)], 1),
        ([date(2027, 9, 1), date(2027, 1, 1), date(2027, 1, 1)], 3),
    ],
)
def test_the_decision_in_force(starts: list[date], expected: int | None) -> None:
    """The highest version already valid; when none is, the first to come."""
    versions = [_Version(n, start) for n, start in enumerate(starts, start=1)]
    chosen = in_force(versions, date(2026, 11, 23))

    assert expected == (chosen and chosen.version)


_BELL = Doorbell(step=Step.VERIFY, lane=Lane.NOW, habilitation=UUID(int=1), ids=(UUID(int=2),))


class _SlowBell:
    """A bell on a Redis that hangs, and the clock that it makes advance."""

    def __init__(self, *, seconds: float) -> None:
        self.now, self.asked, self._seconds = 0.0, 0, seconds

    def room(self, _step: Step, _lane: Lane) -> int:
        self.asked, self.now = self.asked + 1, self.now + self._seconds
        return 5

    def ring(self, _doorbell: Doorbell) -> bool:
        self.asked, self.now = self.asked + 1, self.now + self._seconds
        return True


class _FullBell(_SlowBell):
    """Of a Redis whose memory is full: looks are answered, doorbells are refused."""

    def ring(self, _doorbell: Doorbell) -> bool:
        return False


def test_a_full_redis_is_left_alone() -> None:
    """After a doorbell that it refused nobody is marked as rung, for two seconds."""
    full = _FullBell(seconds=0.01)
    bell = QuietBell(full, clock=lambda: full.now)
    rung = bell.ring(_BELL)
    at_once = bell.room(Step.VERIFY, Lane.NOW)
    full.now += 2.1

    assert (False, 0, 5) == (rung, at_once, bell.room(Step.VERIFY, Lane.NOW))


def test_a_slow_redis_is_left_alone() -> None:
    """After one slow look nobody waits for Redis again, for two seconds."""
    slow = _SlowBell(seconds=0.5)
    bell = QuietBell(slow, clock=lambda: slow.now)
    rooms = [bell.room(Step.VERIFY, Lane.NOW) for _ in range(100)]
    slow.now += 2.1

    assert [5] + [0] * 99 == rooms
    assert (1, 5) == (slow.asked, bell.room(Step.VERIFY, Lane.NOW))


def test_a_slow_ring_quiets_too() -> None:
    """A doorbell that took long is the last for a while; a quick Redis is always asked."""
    slow, quick = _SlowBell(seconds=0.5), _SlowBell(seconds=0.01)
    quiet, ready = (QuietBell(b, clock=lambda b=b: b.now) for b in (slow, quick))  # type: ignore[misc]
    for bell in (quiet, ready):
        bell.ring(_BELL)

    assert (0, 5) == (quiet.room(Step.VERIFY, Lane.NOW), ready.room(Step.VERIFY, Lane.NOW))
