"""Is the answer about this family? Matching before believing.

The counter corrects typing errors and may pick a homonym, so a 200 is believed only when who was
asked about stands among its `allocataires`, and nobody else there could be meant. Pure.
"""

from enum import StrEnum
from typing import Protocol

from services.verifier.likeness import same_birth, same_name, shares_first_name
from services.verifier.provider.wire import WireHousehold, WirePerson
from shared.civil_status import Child, PartialDate, Sex


class Identity(Protocol):
    """What is known of who is asked about; a `CivilStatus` is one, and so may be less."""

    @property
    def birth_name(self) -> str | None: ...
    @property
    def usage_name(self) -> str | None: ...
    @property
    def first_names(self) -> tuple[str, ...]: ...
    @property
    def sex(self) -> Sex | None: ...
    @property
    def birth(self) -> PartialDate | None: ...


class Doubt(StrEnum):
    """Why an answer cannot be believed to be about this family."""

    ALLOCATAIRES_MISSING = "allocataires_missing"  # nobody to compare with, or the scope is missing
    APPLICANT_NOT_LISTED = "applicant_not_listed"
    NAME_UNCONFIRMED = "name_unconfirmed"  # someone fits but for the name
    FIRST_NAMES_UNCONFIRMED = "first_names_unconfirmed"
    BIRTH_UNCONFIRMED = "birth_unconfirmed"
    SEX_UNCONFIRMED = "sex_unconfirmed"
    SEVERAL_FIT = "several_fit"  # two people listed could be the one who was asked about


def doubt_about(applicant: Identity, data: WireHousehold) -> Doubt | None:
    """The doubt that forbids to believe the answer, or None when the applicant is listed.

    When someone listed fits in all but one point, that point is the doubt: it tells the agent
    what to check.
    """
    people = dict.fromkeys(data.allocataires)
    if not people:
        return Doubt.ALLOCATAIRES_MISSING
    unconfirmed = sorted((_unconfirmed(applicant, person) for person in people), key=len)
    match unconfirmed:
        case [[], [], *_]:
            return Doubt.SEVERAL_FIT
        case [[], *_]:
            return None
        case [[only], *_]:
            return only
    return Doubt.APPLICANT_NOT_LISTED


def child_listed(child: Child, data: WireHousehold) -> bool:
    """Whether the child is among the children of the file, as one of them and no other.

    Two of birth date, first name and birth name must agree, and neither date, first name nor sex
    may differ: twins share all but the first name, and a child may bear either parent's name.
    """
    fitting = [person for person in data.enfants if _same_child(child, person)]
    one_told_twice = len(set(fitting)) == 1 and fitting[0].prenoms is not None
    return len(fitting) == 1 or one_told_twice


def _unconfirmed(applicant: Identity, person: WirePerson) -> list[Doubt]:
    names = (applicant.birth_name, applicant.usage_name)
    confirmed = {
        Doubt.NAME_UNCONFIRMED: same_name(names, _names(person)),
        Doubt.FIRST_NAMES_UNCONFIRMED: shares_first_name(applicant.first_names, person.prenoms),
        Doubt.BIRTH_UNCONFIRMED: same_birth(applicant.birth, person.date_naissance),
        Doubt.SEX_UNCONFIRMED: _may_be_of(applicant.sex, person),
    }
    return [doubt for doubt, certain in confirmed.items() if not certain]


def _same_child(child: Child, person: WirePerson) -> bool:
    birth = PartialDate(child.birth.year, child.birth.month, child.birth.day)
    born = same_birth(birth, person.date_naissance)
    called = shares_first_name(child.first_names[:1], person.prenoms)
    if born is False or called is False or not _may_be_of(child.sex, person):
        return False
    return [born, called, same_name([child.birth_name], _names(person))].count(True) > 1


def _names(person: WirePerson) -> tuple[str | None, ...]:
    return (person.nom_naissance, person.nom_usage)


def _may_be_of(sex: Sex | None, person: WirePerson) -> bool:
    return person.sexe is None or sex in (None, person.sexe)
