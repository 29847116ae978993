"""The oracle: what must become of an invented family, worked out a second time on purpose.

It imports nothing of the rest of Berceau and shares no code with it; of the product it reads the
published figures of the national scale, and nothing else. A family is what the simulator's
`/population` lists: `{"enrolment": …, "truth": …}`. The rules are those of an automatic scheme.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "’": " "})
_SEVENTH = 7
_USUAL_YEARS_BACK = {2, 0}  # N-2; the MSA sends the current year instead
_ABOUT_TO_BE_RENEWED = 3
_NOT_FOUND = 404
_HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Expected:
    """Where an application must come to rest. Amounts in cents; None when nothing is priced."""

    status: str
    reason: str | None = None
    hourly_cents: int | None = None
    monthly_cents: int | None = None


def expected(family: Mapping[str, Any], today: date) -> Expected:
    """What must become of a family whose data is fetched on `today`."""
    enrolment, truth = family["enrolment"], family["truth"]
    by_other = _found_by_the_other_parent(enrolment, truth)
    asked = "other_representative" if by_other else "applicant"
    aside = (
        (None if by_other else _unanswered(truth))
        or _unbelieved(enrolment[asked], truth, today)
        or _awaited(truth["file"], today)
        or _unpriced(enrolment, truth["file"])
    )
    return aside or _priced(enrolment, truth["file"], by_other=by_other)


def _found_by_the_other_parent(enrolment: Mapping[str, Any], truth: Mapping[str, Any]) -> bool:
    """The applicant is not found, and the other parent of the household has a file."""
    other = enrolment.get("other_representative")
    if other is None or truth["faults_for_ever"] or truth["file"] is None:
        return False
    absent = (truth["refusal"] or {}).get("status") == _NOT_FOUND
    return (absent or not truth["identified"]) and _among(other, truth["file"]["allocataires"])


def _unanswered(truth: Mapping[str, Any]) -> Expected | None:
    """The provider never gives a file."""
    if truth["faults_for_ever"]:
        return Expected("PARKED", "provider_unavailable")
    if not truth["identified"]:
        return Expected("TO_REVIEW", "not_identified")
    match truth["refusal"]:
        case {"status": 404}:
            return Expected("PARKED", "no_file")
        case {"status": 422}:
            return Expected("TO_REVIEW", "input_refused")
        case _:
            return None


def _unbelieved(asked: Mapping[str, Any], truth: Mapping[str, Any], today: date) -> Expected | None:
    """An answer comes, but not one about this family's young children."""
    listed = truth["file"]["enfants"]
    if not any(_under_seven(child["date_naissance"], today) for child in listed):
        return Expected("TO_REVIEW", "no_child_under_seven")
    if truth["malformed"]:
        return Expected("TO_REVIEW", "answer_unreadable")
    if not _among(asked, truth["file"]["allocataires"]):
        return Expected("TO_REVIEW", "inconsistent")
    return None


def _awaited(held: Mapping[str, Any], today: date) -> Expected | None:
    """In January the funds renew the resources: those of N-3 are about to be replaced."""
    if today.month == 1 and held["years_back"] == _ABOUT_TO_BE_RENEWED:
        return Expected("PARKED", "resources_awaited")
    return None


def _unpriced(enrolment: Mapping[str, Any], held: Mapping[str, Any]) -> Expected | None:
    """Certified figures that a machine must not price, in the order of the doubts."""
    for reason, doubted in _doubts(enrolment, held):
        if doubted:
            return Expected("TO_REVIEW", reason)
    return None


def _doubts(enrolment: Mapping[str, Any], held: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    yield "resources_unknown", held["children"] is None or held["resources"] is None
    yield "disability_exceeds_children", held["aeeh_children"] > held["children"]
    yield "doubtful_year", held["years_back"] not in _USUAL_YEARS_BACK
    yield "child_not_listed", not _among(enrolment["child"], held["enfants"])
    yield "tariff_missing", _scale_on(enrolment["care"]["start"]) is None


def _priced(enrolment: Mapping[str, Any], held: Mapping[str, Any], *, by_other: bool) -> Expected:
    hourly = _hourly_cents(enrolment["care"], held)
    monthly = _half_up(Fraction(hourly * _monthly_hundredths(enrolment["care"]), 100))
    if by_other:
        return Expected("PROPOSED", "other_representative_file", hourly, monthly)
    if enrolment["identity_assurance"] == "declared":
        return Expected("PROPOSED", "identity_unchecked", hourly, monthly)
    if held["aeeh_children"]:
        return Expected("PROPOSED", "disability_counted", hourly, monthly)
    return Expected("DECIDED", None, hourly, monthly)


def _hourly_cents(care: Mapping[str, Any], held: Mapping[str, Any]) -> int:
    """Resources of a month between floor and ceiling, times the rate, in cents, half up."""
    scale = _scale_on(care["start"])
    assert scale is not None  # noqa: S101  `_unpriced` has set those aside
    bounds = scale["monthly_resources"]
    monthly = Fraction(held["resources"], 12)
    bounded = min(
        max(monthly, Fraction(bounds["floor"]["value"])), Fraction(bounds["ceiling"]["value"])
    )
    percent = _rate(scale["care"][care["type"]]["brackets"], held)
    euros = bounded * percent / 100
    return _half_up(euros * 100)


def _rate(brackets: list[Mapping[str, str]], held: Mapping[str, Any]) -> Fraction:
    """The rate of the children's bracket, one bracket lower for each child with the AEEH."""
    place = max(
        place
        for place, bracket in enumerate(brackets)
        if int(bracket["children"].rstrip("+").split("-")[0]) <= held["children"]
    )
    shifted = min(place + held["aeeh_children"], len(brackets) - 1)
    return Fraction(brackets[shifted]["rate"])


def _monthly_hundredths(care: Mapping[str, Any]) -> int:
    """Hundredths of an hour invoiced each month, half up."""
    return _half_up(Fraction(care["contract_hours"]) / care["instalments"] * 100)


def _half_up(exact: Fraction) -> int:
    return (exact + _HALF).__floor__()


def _scale_on(start: str) -> Mapping[str, Any] | None:
    """The figures in force on an ISO date: ISO dates sort as their days do."""
    for scale in _scales():
        if str(scale["valid_from"]) <= start <= str(scale["valid_to"] or start):
            return scale
    return None


@cache
def _scales() -> tuple[Mapping[str, Any], ...]:
    folder = files("services.tariff").joinpath("scales", "psu")
    return tuple(
        yaml.safe_load(page.read_text(encoding="utf-8"))
        for page in folder.iterdir()
        if page.name.endswith(".yaml")
    )


def _under_seven(birth: str, today: date) -> bool:
    year, month, day = (int(part) for part in birth.split("-"))
    return (year + _SEVENTH, month, day) > (today.year, today.month, today.day)


def _among(person: Mapping[str, Any], listed: list[Mapping[str, str]]) -> bool:
    """Whether somebody of an enrolment is one of those whom the fund lists."""
    return any(
        _letters(each["nom_naissance"]) == _letters(person["birth_name"])
        and _letters(each["prenoms"]) == _letters(" ".join(person["first_names"]))
        and each["date_naissance"].replace("-00", "") == person["birth"]
        for each in listed
    )


def _letters(name: str) -> str:
    """A name without accents, case, hyphens or apostrophes."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_LIGATURES))
    return "".join(letter for letter in decomposed if letter.isalpha()).casefold()
