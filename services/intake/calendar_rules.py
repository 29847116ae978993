"""Calendar rules: dates that each make sense alone, but not together or not today."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from services.intake.problems import Fault, Kind, refusal
from shared.application import Application
from shared.civil_status import PartialDate

_EASTERNMOST = timedelta(hours=12)  # Wallis-et-Futuna: the first French territory in a new day
_CLOCKS_DIFFER_BY = timedelta(minutes=5)
_FARTHEST_START = timedelta(days=3 * 366)


def refuse_impossible_dates(application: Application, now: datetime) -> None:
    """Refuse what no family can mean on that day.

    Raises:
        ProblemError: invalid-application, with every rule that is broken.
    """
    faults = sorted(_faults(application, now))
    if faults:
        raise refusal(Kind.INVALID_APPLICATION, faults)


def _faults(application: Application, now: datetime) -> Iterator[Fault]:
    today = (now + _EASTERNMOST).date()
    yield from _of_child(application, today)
    yield from _of_adults(application)
    if application.notice.shown_at > now + _CLOCKS_DIFFER_BY:
        yield Fault(
            "/notice/shown_at",
            "shown_in_the_future",
            "La notice n'a pas pu être montrée dans le futur : vérifiez l'horloge du portail.",
        )


def _of_child(application: Application, today: date) -> Iterator[Fault]:
    birth, care = application.child.birth, application.care
    if birth > today:
        yield Fault(
            "/child/birth",
            "not_born_yet",
            "L'enfant doit être né : déposez la demande après la naissance.",
        )
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


def _of_adults(application: Application) -> Iterator[Fault]:
    adults = {
        "/applicant/birth": application.applicant,
        "/other_representative/birth": application.other_representative,
    }
    for place, adult in adults.items():
        if adult is not None and _first_day(adult.birth) >= application.child.birth:
            yield Fault(
                place,
                "born_after_the_child",
                "Un représentant légal est né avant l'enfant : vérifiez les deux dates.",
            )


def _first_day(birth: PartialDate) -> date:
    """The earliest day that a partial date may mean."""
    return date(birth.year, birth.month or 1, birth.day or 1)
