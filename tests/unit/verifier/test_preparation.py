"""Preparation: what the counter would refuse is told before it is asked, field by field."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verifier.provider.preparation import Refusal, first_names_of, refusals_of
from services.verifier.provider.query import query_for
from shared.application import Application, IdentityAssurance
from shared.civil_status import CivilStatus, PartialDate, Sex
from shared.evidence import InputRefused
from tests.unit.verifier.particulier import Counter, client

_TODAY = date(2026, 11, 23)
_CHARSET = re.compile(r"[a-zA-ZÀ-ÖØ-öø-ÿ' -]+\Z")
_FORMS = {
    "nomNaissance": _CHARSET,
    "nomUsage": _CHARSET,
    "prenoms[]": _CHARSET,
    "sexeEtatCivil": re.compile(r"[MF]\Z"),
    "codeCogInseePaysNaissance": re.compile(r"(99\d{3}|92352)\Z", re.ASCII),
    "codeCogInseeCommuneNaissance": re.compile(r"([013-9]\d|2[AB1-9])\d{3}\Z", re.ASCII),
    "anneeDateNaissance": re.compile(r"(19|20)\d{2}\Z", re.ASCII),
    "moisDateNaissance": re.compile(r"([1-9]|1[0-2])\Z", re.ASCII),
    "jourDateNaissance": re.compile(r"([1-9]|[12]\d|3[01])\Z", re.ASCII),
}


@dataclass(frozen=True)
class Birthplace:
    """Codes as somebody typed them."""

    country: str = "99100"
    commune: str | None = "13055"


_BIRTH, _ARLES = PartialDate(1992, 7, 19), Birthplace()


@dataclass(frozen=True)
class Person:
    """A civil status as somebody typed it, checked by nobody."""

    birth_name: str = "Lô"
    usage_name: str | None = None
    first_names: tuple[str, ...] = ("Aminata",)
    sex: Sex = Sex.FEMALE
    birth: PartialDate = _BIRTH
    birth_place: Birthplace = _ARLES


_TEXT = st.text(max_size=20) | st.sampled_from(["Lô", "D’Été", "Œuvrard", "Zoé, Lise", "Nguyễn"])
_CODES = st.sampled_from(["99100", "99341", "13055", "2A004", "13200", "FR", "", "99100\n"]) | _TEXT
_DATES = st.builds(
    PartialDate,
    st.integers(1850, 2060),
    st.none() | st.integers(0, 12),
    st.none() | st.integers(0, 31),
)
_PEOPLE = st.builds(
    Person,
    birth_name=_TEXT,
    usage_name=st.none() | _TEXT,
    first_names=st.lists(_TEXT, max_size=4).map(tuple),
    sex=st.sampled_from(Sex),
    birth=_DATES,
    birth_place=st.builds(Birthplace, country=_CODES, commune=st.none() | _CODES),
)


@given(_PEOPLE, st.booleans())
def test_anybody_is_prepared_or_refused_by_name(person: Person, spaced: bool) -> None:  # noqa: FBT001 - drawn
    """What is not refused is sent in the forms and numbers that the counter takes."""
    refused = refusals_of(person, _TODAY, spaced=spaced)
    if refused:
        assert all(refusal.field.startswith("/applicant/") for refusal in refused)
        assert all(refusal.remedy.endswith(".") for refusal in refused)
        return

    sent = query_for(person, spaced=spaced)

    assert [] == [(name, value) for name, value in sent if not _FORMS[name].match(value)]
    assert 1 <= [name for name, _ in sent].count("prenoms[]") <= 3
    assert {"nomNaissance", "anneeDateNaissance", "sexeEtatCivil"} <= dict(sent).keys()


@pytest.mark.parametrize(
    ("person", "fields"),
    [
        (Person(), []),
        (Person(birth_name="Lô 2"), ["birth_name"]),
        (Person(birth_name="", usage_name="(Marchetti)"), ["birth_name", "usage_name"]),
        (Person(first_names=()), ["first_names"]),
        (Person(first_names=(" ", "Rose")), ["first_names/0"]),
        (Person(first_names=("Zoé", "Lise.")), ["first_names/1"]),
        (Person(first_names=("Zoé, Lise",)), []),
        (Person(birth=PartialDate(2026, 11, 23)), ["birth"]),
        (Person(birth=PartialDate(2026, 11, 22)), []),
        (Person(birth=PartialDate(2026, 11)), []),
        (Person(birth=PartialDate(2026, 12)), ["birth"]),
        (Person(birth=PartialDate(2026)), []),
        (Person(birth=PartialDate(2027)), ["birth"]),
        (Person(birth=PartialDate(1899, 12, 31)), ["birth"]),
        (Person(birth=PartialDate(1992, 2, 30)), ["birth"]),
        (Person(birth=PartialDate(1992, 0, 0)), []),
        (Person(birth_place=Birthplace("FR")), ["birth_place/country"]),
        (Person(birth_place=Birthplace(commune=None)), ["birth_place/commune"]),
        (Person(birth_place=Birthplace(commune="1320")), ["birth_place/commune"]),
        (Person(birth_place=Birthplace("99341", "Dakar")), []),
    ],
    ids=repr,
)
def test_each_rule_names_its_field(person: Person, fields: list[str]) -> None:
    """As a JSON pointer, from the first wrong value on."""
    found = refusals_of(person, _TODAY, at="/other_representative")

    assert [f"/other_representative/{field}" for field in fields] == [each.field for each in found]


def test_the_remedy_is_french() -> None:
    """It says what to type, without showing what was typed."""
    assert (
        Refusal(
            "/applicant/birth_place/commune",
            "Donnez le code INSEE de la commune de naissance, pas son code postal.",
        ),
    ) == refusals_of(Person(birth_place=Birthplace(commune="1320")), _TODAY)


@pytest.mark.parametrize(
    ("spaced", "sent"), [(True, ("Aminata", "Rose")), (False, ("Aminata Rose",))]
)
def test_a_space_separates_where_the_source_writes_lists(
    *, spaced: bool, sent: tuple[str, ...]
) -> None:
    """FranceConnect gives one string of them; somebody's `Marie Claire` may be one."""
    assert sent == first_names_of(Person(first_names=("Aminata Rose",)), spaced=spaced)


def _named(application: Application, **changes: Any) -> Application:
    person = CivilStatus.model_validate(application.applicant.model_dump() | changes)
    return application.model_copy(update={"applicant": person})


async def test_what_would_be_refused_is_not_asked(application: Application) -> None:
    """The counter counts every call, and a refusal is the same without one."""
    counter = Counter(httpx.Response(200))
    to_come = _named(application, birth=PartialDate(2027, 1, 1))

    outcome = await client(httpx.MockTransport(counter)).verify(
        to_come, datetime(2026, 11, 23, 9, tzinfo=UTC)
    )

    assert InputRefused(None, ("/applicant/birth",)) == outcome
    assert [] == counter.requests


@pytest.mark.parametrize(
    ("assurance", "sent"),
    [
        (IdentityAssurance.FRANCECONNECT, ["Aminata", "Rose"]),
        (IdentityAssurance.DECLARED, ["Aminata Rose"]),
    ],
)
async def test_first_names_of_franceconnect_are_told_apart(
    application: Application, assurance: IdentityAssurance, sent: list[str]
) -> None:
    """One per parameter, as the counter reads them."""
    counter = Counter(httpx.Response(404))
    listed = _named(application, first_names=("Aminata Rose",))
    handed_in = listed.model_copy(update={"identity_assurance": assurance})

    await client(httpx.MockTransport(counter)).verify(handed_in, datetime(2026, 11, 23, tzinfo=UTC))

    [request] = counter.requests
    assert sent == request.url.params.get_list("prenoms[]")
