"""The endpoints of API Particulier V3 that Berceau asks, as data. Pure.

Each comes in two: by civil status (`…/identite`), and by the access token of somebody who has just
been through FranceConnect (`…/france_connect`). Source: the OpenAPI of April 2026.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from services.verifier.provider.ages import unless_under_seven
from services.verifier.provider.asked import Asked
from services.verifier.provider.facts import eaje_facts, qf_facts
from services.verifier.provider.nomenclature import Meaning
from services.verifier.provider.wire import WireEaje, WireHousehold, WireQf, WireReceipt
from shared.civil_status import Child
from shared.evidence import (
    EAJE_FRANCE_CONNECT_SOURCE,
    EAJE_SOURCE,
    QF_FRANCE_CONNECT_SOURCE,
    QF_SOURCE,
    Facts,
    Outcome,
    Provenance,
)

Household = TypeVar("Household", bound=WireHousehold)

_PROOF = {"X-Generate-Proof": "proof-only"}
_DSS = "/v3/dss"


class Modality(StrEnum):
    """How somebody is told to the counter."""

    CIVIL_STATUS = "identite"
    FRANCE_CONNECT = "france_connect"


def _always_asked(_child: Child, _today: date) -> None: ...


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Household]):
    """One endpoint: where it is, what its answer looks like, and what is made of it.

    `own` are the meanings that only some endpoints have: elsewhere they are outside the contract.
    `headers` go out with every call. `unasked` is the outcome for a child, on a day in Paris, about
    whom there is nothing to ask; None when there is.
    """

    path: str
    source: str
    modality: Modality
    wire: type[Household]
    facts: Callable[[Household, WireReceipt, Asked, Provenance], Facts]
    own: frozenset[Meaning]
    headers: Mapping[str, str] = field(default_factory=dict)
    unasked: Callable[[Child, date], Outcome | None] = _always_asked


EAJE = Endpoint(
    path=f"{_DSS}/participation_familiale_eaje/identite",
    source=EAJE_SOURCE,
    modality=Modality.CIVIL_STATUS,
    wire=WireEaje,
    facts=eaje_facts,
    own=frozenset({Meaning.NO_CHILD_UNDER_SEVEN}),
    unasked=unless_under_seven,
)
EAJE_WITH_PROOF = replace(EAJE, headers=_PROOF)  # since September 2026; goes round the cache
EAJE_BY_FRANCE_CONNECT = replace(
    EAJE,
    path=f"{_DSS}/participation_familiale_eaje/france_connect",
    source=EAJE_FRANCE_CONNECT_SOURCE,
    modality=Modality.FRANCE_CONNECT,
)
QF = Endpoint(
    path=f"{_DSS}/quotient_familial/identite",
    source=QF_SOURCE,
    modality=Modality.CIVIL_STATUS,
    wire=WireQf,
    facts=qf_facts,
    own=frozenset({Meaning.PERIOD_REFUSED}),
)
QF_BY_FRANCE_CONNECT = replace(
    QF,
    path=f"{_DSS}/quotient_familial/france_connect",
    source=QF_FRANCE_CONNECT_SOURCE,
    modality=Modality.FRANCE_CONNECT,
)
