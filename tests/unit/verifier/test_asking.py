"""The guard of the seam: what a provider may do to a step, and what it may not."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import pytest

from services.verifier.asking import BrokenContractError, Guarded
from services.verifier.provider.answer import Failure
from shared.application import Application
from shared.evidence import Certified, EajeFacts, NoFile, Outcome, Provenance, Unavailable

_SOURCE = "registre-familles-v1"


@dataclass
class Says:
    """A client that does what the test says."""

    what: Callable[[], Any]

    async def verify(self, _application: Application, _now: datetime) -> Outcome:
        said = self.what()
        return await said if asyncio.iscoroutine(said) else said  # type: ignore[no-any-return]


def _raises(error: Exception) -> Callable[[], Any]:
    def what() -> None:
        raise error

    return what


def _guarded(what: Callable[[], Any], *, deadline_s: float = 5) -> Guarded:
    return Guarded(Says(what), source=_SOURCE, deadline_s=deadline_s)


async def test_an_outcome_passes_as_it_is(application: Application, now: datetime) -> None:
    """The very value, when it is of the closed set and of its own source."""
    outcome = NoFile(Provenance(source=_SOURCE, fetched_at=now, http_status=404))

    assert outcome is await _guarded(lambda: outcome).verify(application, now)


async def test_a_late_answer_is_unavailable(application: Application, now: datetime) -> None:
    """A provider that hangs holds no place for longer than the deadline."""
    guarded = _guarded(lambda: asyncio.sleep(60), deadline_s=0.01)

    assert Unavailable(None, Failure.DEADLINE) == await guarded.verify(application, now)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (httpx.ReadTimeout("https://register.test/?name=Lo"), Failure.READ_TIMEOUT),
        (ConnectionRefusedError(), Failure.REFUSED),
        (TimeoutError(), Failure.DEADLINE),
    ],
)
async def test_a_network_that_fails_is_unavailable(
    application: Application, now: datetime, error: Exception, failure: Failure
) -> None:
    """By the names that the built-in provider's failures have, and without their message."""
    said = await _guarded(_raises(error)).verify(application, now)

    assert Unavailable(None, failure) == said


async def test_a_bug_stays_a_bug(application: Application, now: datetime) -> None:
    """It is neither hidden nor tried for ever: the step did not finish."""
    with pytest.raises(KeyError):
        await _guarded(_raises(KeyError("children"))).verify(application, now)


async def test_a_stop_is_not_held_back(application: Application, now: datetime) -> None:
    """Who cancels the step cancels the call."""
    asked = asyncio.create_task(_guarded(lambda: asyncio.sleep(60)).verify(application, now))
    await asyncio.sleep(0)
    asked.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asked


@pytest.mark.parametrize("said", [None, "Certified", {"children": 2}, Certified])
async def test_what_is_no_outcome_is_refused(
    application: Application, now: datetime, said: object
) -> None:
    """Not even a plausible one: it would be read as certified."""
    with pytest.raises(BrokenContractError, match="no outcome"):
        await _guarded(lambda: said).verify(application, now)


async def test_facts_of_another_shape_are_refused(application: Application, now: datetime) -> None:
    """The fee is computed of ours only."""
    with pytest.raises(BrokenContractError, match="shape"):
        await _guarded(lambda: Certified({"children": 2})).verify(application, now)  # type: ignore[arg-type]


async def test_nobody_speaks_in_anothers_name(
    application: Application, now: datetime, facts: EajeFacts
) -> None:
    """An added provider's figures never pass for those of API Particulier."""
    with pytest.raises(BrokenContractError, match="another source"):
        await _guarded(lambda: Certified(facts)).verify(application, now)
