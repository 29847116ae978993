"""Is the answer about this family? Matching before believing.

The counter corrects typing errors and may pick a homonym, so a 200 is believed only when the
applicant stands among its `allocataires`. Pure.
"""

from enum import StrEnum

from services.verifier.provider.wire import WireData, WirePerson
from shared.civil_status import Child, CivilStatus, PartialDate, folded


class Doubt(StrEnum):
    """Why an answer cannot be believed to be about this family."""

    ALLOCATAIRES_MISSING = "allocataires_missing"  # nobody to compare with, or the scope is missing
    APPLICANT_NOT_LISTED = "applicant_not_listed"
    NAME_UNCONFIRMED = "name_unconfirmed"  # someone fits but for the name
    FIRST_NAMES_UNCONFIRMED = "first_names_unconfirmed"
    BIRTH_UNCONFIRMED = "birth_unconfirmed"
    SEX_UNCONFIRMED = "sex_unconfirmed"


def doubt_about(applicant: CivilStatus, data: WireData) -> Doubt | None:
    """The doubt that forbids to believe the answer, or None when the applicant is listed.

    When someone listed fits in all but one point, that point is the doubt: it tells the agent
    what to check.
    """
    if not data.allocataires:
        return Doubt.ALLOCATAIRES_MISSING
    closest = min((_unconfirmed(applicant, person) for person in data.allocataires), key=len)
    match closest:
        case []:
            return None
        case [only]:
            return only
    return Doubt.APPLICANT_NOT_LISTED


def child_listed(child: Child, data: WireData) -> bool:
    """Whether the child is among the children of the file.

    Two of birth date, first name and birth name must agree, and neither date nor first name may
    differ: twins share all but the first name, and a child may bear the name of the other parent.
    """
    return any(_same_child(child, person) for person in data.enfants)


def _unconfirmed(applicant: CivilStatus, person: WirePerson) -> list[Doubt]:
    confirmed = {
        Doubt.NAME_UNCONFIRMED: _same_name([applicant.birth_name, applicant.usage_name], person),
        Doubt.FIRST_NAMES_UNCONFIRMED: _shares_first_name(applicant.first_names, person),
        Doubt.BIRTH_UNCONFIRMED: _same_birth(applicant.birth, person),
        Doubt.SEX_UNCONFIRMED: person.sexe in (None, applicant.sex),
    }
    return [doubt for doubt, certain in confirmed.items() if not certain]


def _same_child(child: Child, person: WirePerson) -> bool:
    birth = PartialDate(child.birth.year, child.birth.month, child.birth.day)
    same_birth = _same_birth(birth, person)
    same_first_name = _shares_first_name(child.first_names[:1], person)
    if same_birth is False or same_first_name is False:
        return False
    agreeing = [same_birth, same_first_name, _same_name([child.birth_name], person)]
    return agreeing.count(True) > 1


def _same_name(asked: list[str | None], person: WirePerson) -> bool | None:
    """Whether a birth or usage name is the same once folded; None when none is given."""
    listed = {folded(name) for name in (person.nom_naissance, person.nom_usage) if name}
    return bool(listed & {folded(name) for name in asked if name}) if listed else None


def _shares_first_name(asked: tuple[str, ...], person: WirePerson) -> bool | None:
    """Whether one of the first names stands, whole, among the listed ones; None if none is."""
    if person.prenoms is None:
        return None
    listed = f" {folded(person.prenoms)} "
    return any(f" {folded(name)} " in listed for name in asked)


def _same_birth(asked: PartialDate, person: WirePerson) -> bool | None:
    """Whether the parts known to both are the same; None when no date is given."""
    listed = person.date_naissance
    if listed is None:
        return None
    parts = zip(_parts(asked), _parts(listed), strict=True)
    return all(ours == theirs for ours, theirs in parts if ours and theirs)


def _parts(day: PartialDate) -> tuple[int | None, ...]:
    return (day.year, day.month, day.day)
