"""A provider: the register of families of an invented département, asked by civil status."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from services.verifier.contract import Access
from services.verifier.provider.client import bounded_body
from shared import evidence
from shared.application import Application
from shared.civil_status import folded

SOURCE = "registre-familles-v1"
REFUSALS: dict[int, Callable[[evidence.Provenance], evidence.Outcome]] = {
    401: evidence.Forbidden,
    403: evidence.Forbidden,
    404: evidence.NoFile,
    422: evidence.NotIdentified,
}


class Household(BaseModel):
    """The body of a 200; amounts are in cents."""

    model_config = ConfigDict(frozen=True)
    birth_name: str
    children: NonNegativeInt
    aeeh_children: NonNegativeInt
    resources_cents: NonNegativeInt
    resources_year: int
    births: tuple[date, ...]


def translate(
    status: int, body: bytes | None, application: Application, now: datetime
) -> evidence.Outcome:
    """What an answer means: pure, and one of the closed set for any status and body."""
    found = evidence.Provenance(source=SOURCE, fetched_at=now, http_status=status)
    if status == 200:
        return _believed(body or b"", application, found)
    if status == 429:
        return evidence.Busy(found, None, whole_habilitation=True)
    if status >= 500:
        return evidence.Unavailable(found, f"http_{status}")
    return REFUSALS.get(status, evidence.Unreadable)(found)


def _believed(
    body: bytes, application: Application, found: evidence.Provenance
) -> evidence.Outcome:
    try:
        household = Household.model_validate_json(body, strict=True)
    except ValidationError:
        return evidence.Unreadable(found)
    if folded(household.birth_name) != folded(application.applicant.birth_name):
        return evidence.Inconsistent(found, "birth_name")
    return evidence.Certified(
        evidence.EajeFacts(
            children=household.children,
            aeeh_children=household.aeeh_children,
            annual_resources_cents=household.resources_cents,
            resources_year=household.resources_year,
            child_listed=application.child.birth in household.births,
            address_line=None,
            address_city=None,
            provenance=found,
        )
    )


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks with one habilitation."""

    url: str
    access: Access

    async def verify(self, application: Application, now: datetime) -> evidence.Outcome:
        """One POST: people stay out of the URL. What the network raises may come out as it is."""
        applicant = application.applicant
        question = {
            "recipient": self.access.recipient,
            "birth_name": applicant.birth_name,
            "first_names": list(applicant.first_names),
            "birth": str(applicant.birth),
        }
        headers = {"Authorization": f"Bearer {self.access.token}"}
        async with self.access.http.stream(
            "POST", f"{self.url}/familles", json=question, headers=headers
        ) as answer:
            body = await bounded_body(answer)
        return translate(answer.status_code, body, application, now)


@dataclass(frozen=True, slots=True)
class Register:
    """The register at `url`."""

    url: str
    source: str = SOURCE

    @asynccontextmanager
    async def open(self, access: Access) -> AsyncIterator[Asker]:
        """Nothing is opened here but what Berceau hands over."""
        yield Asker(self.url, access)


def make(options: Mapping[str, str]) -> Register:
    """What the entry point names; `BERCEAU_PROVIDERS_REGISTRE_URL` is the option `url`."""
    return Register(options["url"].rstrip("/"))
