"""Enrolments: what a family writes to the nursery, as the body of `POST /v1/applications`."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from services.simulator.population.adults import Adult
from services.simulator.population.care import Care
from services.simulator.population.children import Child
from services.simulator.population.draws import Draws
from services.simulator.population.families import Family
from services.simulator.population.households import Household
from services.simulator.population.names import Line, surname
from services.simulator.population.plans import Kind
from services.simulator.population.words import FRANCE

_NOTICE_VERSION = "2026-01"
_NOBODY = 3_000_000  # far beyond any population: a surname that is in no register


def enrolment(seed: int, written: Family, on: date) -> dict[str, Any]:
    """The enrolment that a family sends; plain JSON, a new object at each call."""
    draws = Draws(seed, written.number, "enrolment")
    household = written.household
    return {
        "scheme": "creches",
        "child": _child(household.children[0], draws),
        "applicant": _applicant(seed, written),
        "other_representative": _other(household.other_parent),
        "identity_assurance": _assurance(written.kind, draws),
        "address": _address(household, draws),
        "structure": household.care.structure,
        "care": _care(household.care),
        "fund": draws.weighted(((written.fund, 7), (None, 3))),
        "allocataire_number": _allocataire_number(draws),
        "notice": {"version": _NOTICE_VERSION, "shown_at": _shown_at(on, draws)},
    }


def _applicant(seed: int, written: Family) -> dict[str, Any]:
    """The applicant's civil status; mistyped for those whom nobody will identify."""
    told = _adult(written.household.applicant)
    if written.kind is Kind.NOT_IDENTIFIED:
        nobody = surname(seed, written.number + _NOBODY, Line.APPLICANT)
        told |= {"birth_name": nobody, "usage_name": written.household.applicant.birth_name}
    return told


def _adult(adult: Adult) -> dict[str, Any]:
    place = adult.place.code
    return {
        "birth_name": adult.birth_name,
        "usage_name": adult.usage_name,
        "first_names": list(adult.first_names),
        "sex": adult.sex,
        "birth": adult.birth.written(),
        "birth_place": {
            "country": place if adult.abroad else FRANCE,
            "commune": None if adult.abroad else place,
        },
    }


def _other(adult: Adult | None) -> dict[str, Any] | None:
    return None if adult is None else _adult(adult)


def _child(child: Child, draws: Draws) -> dict[str, Any]:
    return {
        "birth_name": child.birth_name,
        "first_names": list(child.first_names),
        "sex": draws.weighted(((child.sex, 9), (None, 1))),
        "birth": child.birth.isoformat(),
    }


def _assurance(kind: Kind, draws: Draws) -> str:
    if kind is Kind.DECLARED:
        return "declared"
    return draws.weighted((("franceconnect", 7), ("checked_by_portal", 3)))


def _address(household: Household, draws: Draws) -> dict[str, Any]:
    town = household.town
    return {
        "line": household.line,
        "complement": f"Bâtiment {draws.pick('ABCD')}" if draws.per_mille(150) else None,
        "postcode": town.postcode,
        "city": town.name,
        "commune": town.commune,
    }


def _care(care: Care) -> dict[str, Any]:
    return {
        "type": care.type,
        "start": care.start.isoformat(),
        "end": None if care.end is None else care.end.isoformat(),
        "contract_hours": care.contract_hours(),
        "instalments": care.instalments,
    }


def _allocataire_number(draws: Draws) -> str | None:
    if not draws.per_mille(400):
        return None
    return f"{draws.below(10_000_000):07d}{draws.pick('ABCDEFGHJKLMNP')}"


def _shown_at(on: date, draws: Draws) -> str:
    moment = datetime.combine(on, time(), UTC)
    shown = moment - timedelta(days=draws.between(1, 20), minutes=draws.below(600))
    return shown.isoformat().replace("+00:00", "Z")
