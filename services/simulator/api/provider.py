"""Provider: what the funds behind the API answer, once the validators have let a call pass."""

import asyncio
from collections import Counter
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Any, Protocol

from services.simulator.api.answers import Answer, as_json, error, found, refused
from services.simulator.api.config import EAJE_SCOPES, Config
from services.simulator.api.query import Query, counter_refusal
from services.simulator.population.families import Family, Refusal
from services.simulator.population.faults import Fault, Malformed
from services.simulator.population.files import File
from services.simulator.population.register import Register, Role

_SEVENTH = 7
_BROKEN = {
    Fault.NETWORK: "network",
    Fault.INTERNAL: "internal",
    Fault.TIMEOUT: "timeout",
}


class Provider(Protocol):
    """Answers one call; what it must not know of (tokens, quotas) is settled before."""

    async def answer(self, query: Query, scopes: AbstractSet[str]) -> Answer:
        """The provider's answer, faults included."""
        ...


class PopulationProvider:
    """The funds of an invented population."""

    def __init__(self, config: Config, register: Register) -> None:
        self._config, self._register = config, register
        self._calls: Counter[int] = Counter()  # one count per family

    async def answer(self, query: Query, scopes: AbstractSet[str]) -> Answer:
        """What the fund says of the person, or how the call breaks."""
        refusal = counter_refusal(query)
        if refusal is not None:
            return _refused(Refusal(422, "36561", str(refusal)))
        entry = self._register.find(query.asked())
        if entry is None:
            return refused(error("not_identified"))
        known = self._register.family(entry.number)
        sound = _sound(known, entry.role, scopes, self._config.today())
        return await self._through_the_wire(known, sound)

    async def _through_the_wire(self, known: Family, sound: Answer) -> Answer:
        count = self._calls[known.number]
        self._calls[known.number] += 1
        fault = known.trouble.at_call(count)
        if fault is Fault.SLOW:
            await asyncio.sleep(self._config.slow_seconds)
        return _broken(fault, sound)


def _broken(fault: Fault | None, sound: Answer) -> Answer:
    match fault:
        case None | Fault.SLOW:
            return sound
        case Fault.SERVER_ERROR:
            return Answer(500, b"<html><h1>500</h1></html>", media_type="text/html")
        case Fault.QUOTA:
            return refused(error("quota")).with_headers({"Retry-After": "1"})
        case Fault.TRUNCATED:
            return Answer(sound.status, sound.body[: len(sound.body) // 2])
        case Fault.CLOSED:
            return Answer(502, b"", hang_up=True)
        case _:
            return refused(error(_BROKEN[fault]))


def _sound(known: Family, role: Role, scopes: AbstractSet[str], today: date) -> Answer:
    """The answer when nothing breaks on the way."""
    if known.refusal is not None and (role is Role.APPLICANT or known.file is None):
        return _refused(known.refusal)
    if known.file is None or not _has_child_under_seven(known.file, today):
        return refused(error("not_eligible"))
    match known.trouble.malformed:
        case Malformed.DATA_IS_A_LIST:
            return Answer(200, as_json({"data": [], "links": {}, "meta": {}}))
        case Malformed.BODY_IS_A_LIST:
            return Answer(200, as_json([]))
        case None:
            return found(_masked(_data(known.file, today), scopes))


def _refused(refusal: Refusal) -> Answer:
    if refusal.counter_code is None:
        return refused(error(refusal.code))
    code = int(refusal.counter_code)
    message = f"API-SECU {code}"  # invented: the counter's own words are not published
    return refused(
        error("counter_refused", provider_error_code=code, provider_error_message=message)
    )


def _has_child_under_seven(file: File, today: date) -> bool:
    """Strictly under: not any more on the seventh birthday."""
    limit = f"{today.year - _SEVENTH:04d}-{today.month:02d}-{today.day:02d}"
    return any((child["date_naissance"] or "") > limit for child in file.enfants)


def _data(file: File, today: date) -> dict[str, Any]:
    figures = file.figures
    base = {"valeur": figures.resources, "annee_calcul": today.year - figures.years_back}
    return {
        "allocataires": file.allocataires,
        "enfants": file.enfants,
        "adresse": file.adresse,
        "parametres_calcul_participation_familiale": {
            "nombre_enfants_a_charge": figures.children,
            "nombre_enfants_beneficiaire_aeeh": figures.aeeh_children,
            "base_ressources_annuelles": base if figures.base_given else None,
        },
    }


def _masked(data: dict[str, Any], scopes: AbstractSet[str]) -> dict[str, Any]:
    """A scope that is lacking removes its key; it does not make it null."""
    return {key: value for key, value in data.items() if EAJE_SCOPES[key] in scopes}
