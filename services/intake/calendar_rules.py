"""Calendar rules: dates that each make sense alone, but not together or not today."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from services.intake.problems import Fault, refusal
from services.intake.stages import Handed
from services.intake.wordings import Kind
from shared.civil_status import PartialDate
from shared.pre_registration import PreRegistration

_EASTERNMOST = timedelta(hours=12)  # Wallis-et-Futuna: the first French territory in a new day
_CLOCKS_DIFFER_BY = timedelta(minutes=5)
_FARTHEST_START = timedelta(days=3 * 366)
_LATE_BIRTH = timedelta(days=62)
_LONGEST_PREGNANCY = timedelta(days=310)


def refuse_impossible_dates(application: Handed, now: datetime) -> None:
    """Refuse what no family can mean on that day.

    Raises:
        ProblemError: invalid-application, with every rule that is broken.
    """
    faults = sorted(_faults(application, now))
    if faults:
        raise refusal(Kind.INVALID_APPLICATION, faults)


def _faults(application: Handed, now: datetime) -> Iterator[Fault]:
    today = (now + _EASTERNMOST).date()
    birth = (
        application.birth if isinstance(application, PreRegistration) else application.child.birth
    )
    yield from _of_birth(application, birth, today)
    yield from _of_care(application, birth, today)
    yield from _of_adults(application, birth)
    if application.notice.shown_at > now + _CLOCKS_DIFFER_BY:
        yield Fault(
            "/notice/shown_at",
            "shown_in_the_future",
            "La notice n'a pas pu être montrée dans le futur : vérifiez l'horloge du portail.",
        )


def _of_birth(application: Handed, birth: date, today: date) -> Iterator[Fault]:
    born = application.child is not None
    if born and birth > today:
        yield Fault(
            "/child/birth",
            "not_born_yet",
            "L'enfant doit être né : déposez la demande après la naissance.",
        )
    if not born and birth < today - _LATE_BIRTH:
        yield Fault(
            "/pregnancy/expected_on",
            "born_by_now",
            "La naissance était attendue il y a plus de deux mois : donnez l'enfant, né depuis.",
        )
    if not born and birth > today + _LONGEST_PREGNANCY:
        yield Fault(
            "/pregnancy/expected_on",
            "expected_too_far",
            "La naissance est attendue dans plus de dix mois : vérifiez la date.",
        )


def _of_care(application: Handed, birth: date, today: date) -> Iterator[Fault]:
    care = application.care
    if care.start < birth:
        yield Fault(
            "/care/start",
            "care_before_birth",
            "L'accueil commence avant la naissance de l'enfant : vérifiez les deux dates.",
        )
    if care.start > today + _FARTHEST_START:
        yield Fault(
            "/care/start",
            "care_too_far",
            "L'accueil commence dans plus de trois ans : vérifiez l'année.",
        )


def _of_adults(application: Handed, birth: date) -> Iterator[Fault]:
    adults = {
        "/applicant/birth": application.applicant,
        "/other_representative/birth": application.other_representative,
    }
    for place, adult in adults.items():
        if adult is not None and _first_day(adult.birth) >= birth:
            yield Fault(
                place,
                "born_after_the_child",
                "Un représentant légal est né avant l'enfant : vérifiez les deux dates.",
            )


def _first_day(birth: PartialDate) -> date:
    """The earliest day that a partial date may mean."""
    return date(birth.year, birth.month or 1, birth.day or 1)
