"""Civil status: what families may write, what the counter takes, what is said when it cannot."""

import json
import string
import unicodedata
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from shared.civil_status import (
    BirthPlace,
    Child,
    CivilStatus,
    CommuneCode,
    CountryCode,
    Name,
    PartialDate,
)
from shared.lettering import counter_name, folded, kept_name, name_accepted, one_by_one

_LETTERS = "".join(chr(c) for c in range(0xC0, 0x100) if c not in {0xD7, 0xF7})
_CHARSET = {*string.ascii_letters, *_LETTERS, "'", " ", "-"}
_NAMES = st.text(f"abcXYZ '-{_LETTERS}", min_size=1, max_size=30).filter(str.strip)
_DATES = st.builds(
    lambda day, parts: PartialDate(*(day.year, day.month, day.day)[:parts]),
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(1, 3),
)


def _refusal(kind: Any, value: object) -> str:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    [error] = refused.value.errors()
    return error["type"]


@given(_DATES)
def test_a_partial_date_survives_its_text_and_its_json(birth: PartialDate) -> None:
    """A year, a month or a day: what is written is read back."""
    adapter = TypeAdapter(PartialDate)

    assert birth == PartialDate.parse(str(birth))
    assert birth == adapter.validate_json(adapter.dump_json(birth))
    assert json.loads(adapter.dump_json(birth)) == str(birth)


@pytest.mark.parametrize("text", ["1982", "1982-12", "1982-12-27", "2024-02-29", "1900"])
def test_what_is_known_of_a_birth_is_enough(text: str) -> None:
    """The counter takes a year alone, or a year and a month."""
    assert text == str(PartialDate.parse(text))


@pytest.mark.parametrize(
    "text",
    ["", "82", "27/12/1982", "1982-1-2", "1982-12-27T00:00", " 1982", "1982-", "١٩٨٢", "1982\n"],
)
def test_another_writing_is_refused_with_the_right_one(text: str) -> None:
    """The remedy shows the form."""
    with pytest.raises(PydanticCustomError, match="AAAA-MM-JJ"):
        PartialDate.parse(text)


@pytest.mark.parametrize("text", ["1982-13", "1982-00", "1982-02-30", "2023-02-29", "1899", "0000"])
def test_a_day_that_never_was_is_refused(text: str) -> None:
    """A thirteenth month, the 29th of February of a common year, a year before all registers."""
    with pytest.raises(PydanticCustomError, match="n'existe pas"):
        PartialDate.parse(text)


@given(_NAMES)
def test_the_counter_takes_every_name_of_its_charset(name: str) -> None:
    """And preparing it twice changes nothing."""
    assert name_accepted(name)
    assert counter_name(name) == counter_name(counter_name(name))


@pytest.mark.parametrize(
    ("written", "prepared"),
    [
        ("D’Été", "D'Été"),
        ("Zoe\u0301", "Zoé"),
        ("Cœur", "Coeur"),
        ("ŒUVRARD", "OEUVRARD"),
        ("Anne‑Lise", "Anne-Lise"),
        ("  De   La  Tour ", "De La Tour"),
        ("Faÿ", "Faÿ"),
        ("FAŸ", "FAY"),
        ("Faÿ".upper(), "FAY"),
        ("Nguyễn", "Nguyen"),
        ("Łukasz Đorđe", "Lukasz Dorde"),
        ("İpek Işık", "Ipek Isik"),
        ("L´Hôte", "L'Hôte"),
        ("Anne—Lise", "Anne-Lise"),
        ("Ma\u00adrie\u200b\u00a0Claire\u202f", "Marie Claire"),
        ("x\u0302y", "xy"),
    ],
)
def test_typography_is_mended_for_the_counter(written: str, prepared: str) -> None:
    """Curly apostrophes, ligatures, foreign accents and double spaces are nobody's fault."""
    assert prepared == counter_name(written)
    assert name_accepted(written)


@pytest.mark.parametrize(
    "name", ["Jean2", "Lô, Zoé", "Иванов", "Ωmega", "a\0b", "x_y", "Lô😀", ".", "\u0301"]
)
def test_what_the_counter_cannot_take_is_refused(name: str) -> None:
    """Digits, commas and other alphabets: said to the family, not sent to be refused."""
    assert not name_accepted(name)
    assert "name_charset" == _refusal(Name, name)


@pytest.mark.parametrize(
    ("name", "kind"), [("", "string_too_short"), ("a" * 101, "string_too_long"), (7, "string_type")]
)
def test_a_name_has_a_length(name: object, kind: str) -> None:
    """One letter to a hundred."""
    assert kind == _refusal(Name, name)


@given(st.text(max_size=30))
def test_any_text_is_prepared_once_and_for_all(text: str) -> None:
    """Twice changes nothing, kept or sent; what is accepted is within the charset."""
    prepared, kept = counter_name(text), kept_name(text)

    assert (prepared, kept) == (counter_name(prepared), kept_name(kept))
    assert prepared == counter_name(kept)
    assert name_accepted(text) == (prepared != "" and not set(prepared) - _CHARSET)


def test_good_typography_is_kept() -> None:
    """A letter to the family writes their name as they do; only slips are mended."""
    assert "D’Œuvre–Faÿ" == kept_name("D’Œuvre–Fa\u200bÿ")
    assert "Nguyen L'Hôte" == kept_name("Nguyễn L´Hôte")


@pytest.mark.parametrize(
    ("written", "spaced", "names"),
    [
        (["LILY-ROSE, CLARA"], False, ("LILY-ROSE", "CLARA")),
        (["Anne; Lise", "Zoé"], False, ("Anne", "Lise", "Zoé")),
        (["Marie Claire"], False, ("Marie Claire",)),
        (["ALEXIS GÉRÔME JEAN-PHILIPPE"], True, ("ALEXIS", "GÉRÔME", "JEAN-PHILIPPE")),
        (["Aminata", "Rose"], True, ("Aminata", "Rose")),
    ],
)
def test_several_first_names_in_one_field_are_told_apart(
    written: list[str], *, spaced: bool, names: tuple[str, ...]
) -> None:
    """A comma always separates, a space where the source writes lists, a hyphen never."""
    assert names == one_by_one(written, spaced=spaced)


@pytest.mark.parametrize("written", [["Zoé, Lise 2"], ["Zoé,"], ["Zoé,,Lise"], [","]])
def test_a_list_with_something_else_in_it_is_refused_where_it_stands(written: list[str]) -> None:
    """The refusal names the element that was handed in, not one that we made."""
    with pytest.raises(ValidationError) as refused:
        CivilStatus.model_validate(_adult(first_names=written))

    assert ("first_names", 0) == refused.value.errors()[0]["loc"]


def test_a_civil_status_has_its_first_names_one_by_one() -> None:
    """Whichever way a portal handed them in."""
    adult = CivilStatus.model_validate(_adult(first_names=["Lily-Rose, Clara", "Zoé"]))

    assert ("Lily-Rose", "Clara", "Zoé") == adult.first_names


@given(_NAMES)
def test_a_name_is_kept_as_written(name: str) -> None:
    """Composed and without needless spaces; its case and its accents are the family's."""
    kept = TypeAdapter(Name).validate_python(name)

    assert unicodedata.normalize("NFC", kept) == kept
    assert kept.split() == unicodedata.normalize("NFC", name).split()


@pytest.mark.parametrize(
    "others",
    [
        ("Marchetti-Lô", "MARCHETTI LO", "marchetti lô", "Marchetti‑Lo\u0302"),
        ("D'Été", "d’ete", "D ETE"),
        ("Cœur", "COEUR"),
        ("Sørensen", "SORENSEN"),
    ],
)
def test_two_writings_of_one_name_compare_equal(others: tuple[str, ...]) -> None:
    """Registers drop accents, hyphens and case."""
    assert 1 == len({folded(name) for name in others})


@given(_NAMES)
def test_folding_twice_changes_nothing(name: str) -> None:
    """A folded name is its own fold."""
    assert folded(name) == folded(folded(name))


def test_different_names_stay_different() -> None:
    """Folding forgives writing, not names."""
    assert folded("Lô") != folded("Lou")
    assert folded("Anne Lise") != folded("Annelise")


@pytest.mark.parametrize("code", ["75113", "13055", "2A004", "2B033", "97411", "01001"])
def test_a_commune_has_a_code(code: str) -> None:
    """Five characters, Corsica and overseas included."""
    assert code == TypeAdapter(CommuneCode).validate_python(code)


@pytest.mark.parametrize("code", ["20004", "2C004", "2a004", "7511", "٧٥١١٣", "75113\n"])
def test_what_is_no_commune_is_refused(code: str) -> None:
    """Corsica is no longer 20, letters are capitals, digits are ours."""
    assert _refusal(CommuneCode, code) in {"cog_commune", "string_too_long"}


@pytest.mark.parametrize("code", ["99100", "99350", "92352"])
def test_a_country_has_a_code(code: str) -> None:
    """99 and three digits, and Algeria's old one."""
    assert code == TypeAdapter(CountryCode).validate_python(code)


@pytest.mark.parametrize("code", ["FR", "33", "98100", "92353"])
def test_what_is_no_country_is_refused(code: str) -> None:
    """ISO and telephone codes are not INSEE's."""
    assert "cog_country" == _refusal(CountryCode, code)


def test_a_birth_in_france_has_a_commune() -> None:
    """Abroad, the country is enough."""
    assert "birth_commune" == _refusal(BirthPlace, {})
    assert "99350" == BirthPlace(country="99350").country


def _adult(**changes: Any) -> dict[str, Any]:
    return {
        "birth_name": "Lô",
        "first_names": ["Aminata", "Rose"],
        "sex": "F",
        "birth": "1992-07",
        "birth_place": {"commune": "13055"},
        **changes,
    }


def test_a_civil_status_survives_its_json() -> None:
    """What is sealed is opened as the same person."""
    adult = CivilStatus.model_validate(_adult())

    assert adult == CivilStatus.model_validate_json(adult.model_dump_json())


@pytest.mark.parametrize(
    "changes",
    [{"first_names": []}, {"first_names": ["A"] * 11}, {"sex": "X"}, {"phone": "0612345678"}],
)
def test_what_is_not_a_civil_status_is_refused(changes: dict[str, Any]) -> None:
    """No first name, too many, another sex than the register's, data that nobody asked for."""
    with pytest.raises(ValidationError):
        CivilStatus.model_validate(_adult(**changes))


@pytest.mark.parametrize("birth", ["2025", "2025-03", 1741046400, "2025-3-4", "1741046400"])
def test_a_child_has_a_whole_birth_date(birth: object) -> None:
    """A child who is enrolled was born on a day; a number of seconds is no day."""
    with pytest.raises(ValidationError, match="AAAA-MM-JJ"):
        Child.model_validate({"birth_name": "Lô", "first_names": ["Zoé"], "birth": birth})
