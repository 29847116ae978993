"""The demo's family portal: hands enrolments in and asks after them, over HTTP like any other."""

import asyncio
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import httpx

_TRIES = 60
_PAUSE_S = 0.5
_ACCEPTED = {200, 202}
_COME_BACK = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Seen:
    """What the public API says of an application."""

    state: str
    reason: str | None


class Portal:
    """One portal and its key. Each call is tried again while intake is away, within a bound."""

    def __init__(
        self, http: httpx.AsyncClient, *, intake_url: str, key: str, pause_s: float = _PAUSE_S
    ) -> None:
        self._http = http
        self._pause_s = pause_s
        self._url = f"{intake_url}/v1/applications"
        self._headers = {"Authorization": f"Bearer {key}"}

    async def submit(self, enrolment: Mapping[str, Any], *, key: str) -> str | None:
        """Hand in an enrolment; its reference, or None when intake refuses it."""
        headers = {**self._headers, "Idempotency-Key": key}
        answer = await self._patiently("POST", self._url, headers=headers, json=dict(enrolment))
        if answer is None or answer.status_code not in _ACCEPTED:
            return None
        reference: str = answer.json()["reference"]
        return reference

    async def state(self, reference: str) -> Seen | None:
        """Where an application stands; None when it is not there."""
        answer = await self._patiently("GET", f"{self._url}/{reference}", headers=self._headers)
        if answer is None or answer.status_code != httpx.codes.OK:
            return None
        content = answer.json()
        reason = content.get("reason")
        code = reason["code"] if isinstance(reason, dict) else reason
        return Seen(content["state"], code)

    async def decision(self, reference: str) -> Mapping[str, Any] | None:
        """The decision in force; None when there is none."""
        url = f"{self._url}/{reference}/decision"
        answer = await self._patiently("GET", url, headers=self._headers)
        if answer is None or answer.status_code != httpx.codes.OK:
            return None
        content: Mapping[str, Any] = answer.json()
        return content

    async def _patiently(self, method: str, url: str, **what: Any) -> httpx.Response | None:  # noqa: ANN401 - httpx' own arguments
        for _ in range(_TRIES):
            answer = await asked_once(self._http, method, url, **what)
            if answer is not None:
                return answer
            await asyncio.sleep(self._pause_s)
        return None


async def asked_once(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    come_back: AbstractSet[int] = _COME_BACK,
    **what: Any,  # noqa: ANN401 - httpx' own arguments
) -> httpx.Response | None:
    """An answer; None when none came, or one of the statuses that ask to come back."""
    try:
        answer = await http.request(method, url, **what)
    except httpx.TransportError:
        return None
    return None if answer.status_code in come_back else answer
