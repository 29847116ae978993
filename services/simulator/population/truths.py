"""Truths: what is true about a family, as plain JSON, enough to foretell what must become of it."""

from typing import Any

from services.simulator.population.families import Family, Refusal
from services.simulator.population.files import plain
from services.simulator.population.plans import Kind


def truth(known: Family) -> dict[str, Any]:
    """Household as the fund knows it, refusals, faults; `identified`: by the enrolment's words."""
    malformed = known.trouble.malformed
    return {
        "number": known.number,
        "kind": known.kind.value,
        "homonym": known.household.homonym,
        "home": known.household.home.value,
        "fund": known.fund,
        "identified": known.kind is not Kind.NOT_IDENTIFIED,
        "refusal": _refusal(known.refusal),
        "file": None if known.file is None else plain(known.file),
        "faults": [fault.value for fault in known.trouble.faults],
        "faults_for_ever": known.trouble.for_ever,
        "malformed": None if malformed is None else malformed.value,
    }


def _refusal(refusal: Refusal | None) -> dict[str, Any] | None:
    if refusal is None:
        return None
    return {
        "status": refusal.status,
        "code": refusal.code,
        "counter_code": refusal.counter_code,
    }
