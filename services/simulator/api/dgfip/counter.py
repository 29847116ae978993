"""Counter: one call to API Impôt particulier or API SFiP, refused in the order of the contract.

The gateway comes first (token, quota, scope), then the headers, the use case, the SPI and the year,
and at last what the household has.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from services.simulator.api.answers import Answer, as_json
from services.simulator.api.config import Config, Teleservice
from services.simulator.api.dgfip.directory import Directory, Found, is_well_put
from services.simulator.api.dgfip.gateway import Gateway
from services.simulator.api.dgfip.refusals import Refusal, refused
from services.simulator.api.dgfip.situations import (
    bill,
    has_year,
    last_year,
    masked,
    situation,
    situations,
    wealth,
)
from services.simulator.api.particulier.france_connect import FranceConnect
from services.simulator.api.particulier.query import Query
from services.simulator.population.taxes import TaxHousehold

_PART = "application/prs.dgfip.part"
SFIP_MEDIA = "application/vnd.dgfip.sfip.v1.0+json"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


class Resource(Enum):
    """Path, OAuth scope, media type."""

    SITUATION = (
        "situations/ir/assiettes/annrev/{annrev}",
        "RessourceIR",
        f"{_PART}.situations.ir.assiettes.v1+json",
    )
    LAST = (
        "dernieresituation/ir/assiettes/annrev/{annrev}",
        "RessourceIRDerniere",
        f"{_PART}.derniere.situations.ir.assiettes.v1+json",
    )
    LAST_OF_TWO = (
        "dernieresituation/ir/assiettes/deuxans",
        "RessourceIRDerniere2",
        f"{_PART}.derniere.situations.ir.assiettes.v1+json",
    )
    MULTIPLE = (
        "situations/ir/assiettes/multiple/annrev/{annrev}",
        "RessourceIRMultiple",
        f"{_PART}.situations.ir.assiettes.multiple.v1+json",
    )
    BILL = (
        "situations/ir/factures/annrev/{annrev}",
        "RessourceIRFacture",
        f"{_PART}.situations.ir.factures.v1+json",
    )
    WEALTH = (
        "situations/ifiisf/assiettes/annrev/{annrev}",
        "RessourceIFI",
        "application/prs.dgfip.situations.ifiisf.assiettes.v1+json",
    )

    @property
    def path(self) -> str:
        return self.value[0]


@dataclass(frozen=True, slots=True)
class TaxCall:
    """A call, out of its HTTP clothes. `spi` None: the person comes with `consent`."""

    number: int
    bearer: str
    correlation: str
    teleservice: str
    accept: str
    spi: str | None = None
    consent: str = ""
    year: str | None = None


class Counter:
    """The two APIs behind the gateway."""

    def __init__(
        self, config: Config, gateway: Gateway, directory: Directory, connect: FranceConnect
    ) -> None:
        self._config, self._gateway = config, gateway
        self._directory, self._connect = directory, connect

    def tax(self, call: TaxCall, resource: Resource) -> Answer:
        """API Impôt particulier."""
        _, scope, media = resource.value
        stopped = self._gateway.lets_pass(call.bearer, scope) or self._misput(call, media)
        if stopped is not None:
            return stopped
        if call.spi is not None and not re.fullmatch(r"[0-9]{13}", call.spi):
            return self._no(Refusal.BAD_SPI)
        if call.year is not None and not re.fullmatch(r"[12][0-9]{3}", call.year):
            return self._no(Refusal.BAD_YEAR)
        found = self._who(call)
        if isinstance(found, Answer):
            return found
        return self._of(found, resource, call, media)

    def search(self, call: TaxCall, told: dict[str, str]) -> Answer:
        """API SFiP: the last situation of whoever a civil status is about."""
        scope = "sfip_donnees_fiscales_usagers"
        stopped = self._gateway.lets_pass(call.bearer, scope) or self._misput(call, SFIP_MEDIA)
        if stopped is not None:
            return stopped
        if not is_well_put(told):
            return self._no(Refusal.BAD_PARAMETER)
        by_number = "spi" in told
        look = self._directory.by_spi if by_number else None
        found = look(told["spi"]) if look else self._directory.by_civil_status(told)
        if found.people != 1:
            return self._no(Refusal.TOO_MANY_PEOPLE if found.people else Refusal.NOBODY)
        if found.household is None:
            return self._no(Refusal.NO_ANSWER)
        last = situation(found.household, last_year(self._config.today()))
        return _said(masked(last, self._teleservice(call)), SFIP_MEDIA)

    def alive(self, call: TaxCall) -> Answer:
        """`/sfip/v1/information`."""
        stopped = self._gateway.lets_pass(call.bearer, "sfip_donnees_fiscales_usagers")
        return stopped or _said({"descriptif": "L'API est opérationnelle"}, SFIP_MEDIA)

    def _misput(self, call: TaxCall, media: str) -> Answer | None:
        if not _UUID.match(call.correlation):
            return self._no(Refusal.BAD_CORRELATION)
        if call.teleservice not in self._config.treasury.teleservices:
            return self._no(Refusal.NO_ACCESS)
        return None if _accepts(call.accept, media) else self._no(Refusal.NOT_ACCEPTABLE)

    def _who(self, call: TaxCall) -> TaxHousehold | Answer:
        found = self._directory.by_spi(call.spi) if call.spi is not None else self._consented(call)
        if isinstance(found, Answer):
            return found
        if not found.people:
            return self._no(Refusal.UNKNOWN_SPI)
        return found.household or self._no(Refusal.NO_RESULT)

    def _consented(self, call: TaxCall) -> Found | Answer:
        person = self._connect.introspect(call.consent)
        if isinstance(person, Answer):
            return self._no(Refusal.NO_ACCESS)
        query = person.asking(Query({}, ()))
        return Found(0) if query is None else self._directory.by_identity(query)

    def _of(self, household: TaxHousehold, resource: Resource, call: TaxCall, media: str) -> Answer:
        today, teleservice = self._config.today(), self._teleservice(call)
        year = last_year(today) if call.year is None else int(call.year)
        if resource is not Resource.LAST_OF_TWO and today.year - year not in teleservice.years:
            return self._no(Refusal.NO_ACCESS)
        if not has_year(year, today) or _has_two(household, year, resource):
            return self._no(Refusal.NO_RESULT)
        return _said(_content(household, year, resource, teleservice), media)

    def _teleservice(self, call: TaxCall) -> Teleservice:
        return self._config.treasury.teleservices[call.teleservice]

    def _no(self, refusal: Refusal) -> Answer:
        return refused(refusal, self._config.now())


def _has_two(household: TaxHousehold, year: int, resource: Resource) -> bool:
    """Two avis for one year: an error, but for the last situation and for `multiple`."""
    single = {Resource.SITUATION, Resource.BILL}
    return household.dead_in == year and resource in single


def _content(
    household: TaxHousehold, year: int, resource: Resource, teleservice: Teleservice
) -> dict[str, Any]:
    told: Callable[[TaxHousehold, int], dict[str, Any]]
    match resource:
        case Resource.WEALTH:
            return dict(wealth(household, year))
        case Resource.MULTIPLE:
            listed = [masked(each, teleservice) for each in situations(household, year)]
            return {"situationsIR": listed}
        case Resource.BILL:
            told = bill
        case _:
            told = situation
    content = masked(told(household, year), teleservice)
    if resource is Resource.SITUATION:
        content.pop("annRevenu", None)
    return content


def _accepts(accept: str, media: str) -> bool:
    """Whether an `Accept` lets a media type pass; none lets all pass."""
    ranges = {each.partition(";")[0].strip().lower() for each in accept.split(",")} - {""}
    return not ranges or bool(ranges & {media, "*/*", "application/*"})


def _said(content: dict[str, Any], media: str) -> Answer:
    return Answer(200, as_json(content), media_type=media, sound=True)
