"""What is sought as text: one writing, read back whole; what is wrong is named by its field."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.seeking.sought import Outcome, Sorting, Sought
from shared.seeking.writing import LONGEST, SoughtError, age_text, read, read_text, written
from shared.states import Lane, Reason, Status

_AGES = st.one_of(
    st.integers(1, 5_000).map(lambda n: timedelta(minutes=n)),
    st.integers(1, 3_650).map(lambda n: timedelta(days=n)),
)
_SOUGHT = st.builds(
    Sought,
    reference=st.sampled_from([None, "7K3F-9QXM-2WT3"]),
    authority=st.sampled_from([None, "arles"]),
    scheme=st.sampled_from([None, "creches", "arles/creches"]),
    campaign=st.sampled_from([None, "creches-2027-01-01"]),
    state=st.sets(st.sampled_from(Status)).map(
        lambda some: tuple(one for one in Status if one in some)
    ),
    reason=st.sampled_from([None, *Reason]),
    lane=st.sampled_from([None, *Lane]),
    outcome=st.sampled_from([None, *Outcome]),
    older=st.one_of(st.none(), _AGES),
    still=st.one_of(st.none(), _AGES),
    due=st.booleans(),
    held=st.booleans(),
    tried=st.sampled_from([None, 1, 1_000]),
    sort=st.sampled_from(Sorting),
)


@given(_SOUGHT)
def test_what_is_written_is_read_back(sought: Sought) -> None:
    """Whatever is sought."""
    assert sought == read_text(written(sought))


def test_there_is_one_writing() -> None:
    """In whichever order, case and unit it was typed, with fields left empty."""
    typed = "older=72h&state=parked&portal=&state=RECEIVED&held=0&sort=oldest"

    assert "state=RECEIVED&state=PARKED&older=3d" == written(read_text(typed))


def test_nothing_given_is_everything() -> None:
    """The order keeps none out; a lane does."""
    assert Sought() == read_text("")
    assert [True, True, False] == [
        read_text(one).everything for one in ("", "sort=newest", "lane=now")
    ]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("state", "OPEN", "n'en est pas ; il y a ESTIMATED"),
        ("older", "3x", "n'est pas une durée : écrivez 30min, 12h ou 3d"),
        ("older", "4000d", "au plus 3650d"),
        ("portal", "Arles Famille", "un code n'a que des minuscules"),
        ("structure", "a/b/c", "collectivité/code"),
        ("reference", "Lô née en 2025", "une référence s'écrit comme"),
        ("tried", "0", "un nombre entier de 1 à 1000"),
        ("due", "peut-être", "écrivez 1"),
        ("name", "Lô", "ce champ n'existe pas"),
        ("portal", "x" * 101, "100 caractères au plus"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(field: str, value: str, said: str) -> None:
    """With the remedy, in French."""
    with pytest.raises(SoughtError) as refused:
        read([(field, value)])

    assert [field] == list(refused.value.faults)
    assert said in refused.value.faults[field]


def test_every_fault_is_told_at_once() -> None:
    """And a second value for what has one."""
    with pytest.raises(SoughtError) as refused:
        read_text("lane=fast&older=x&portal=a&portal=b")

    assert {"lane", "older", "portal"} == set(refused.value.faults)


def test_a_text_is_so_long() -> None:
    """One character more is not read."""
    with pytest.raises(SoughtError, match=f"{LONGEST} caractères au plus"):
        read_text("x" * (LONGEST + 1))


@pytest.mark.parametrize(
    ("age", "said"),
    [
        ({"minutes": 30}, "30min"),
        ({"minutes": 90}, "90min"),
        ({"hours": 12}, "12h"),
        ({"hours": 48}, "2d"),
        ({}, "0min"),
    ],
)
def test_an_age_is_said_in_its_largest_whole_unit(age: dict[str, Any], said: str) -> None:
    """Days, hours or minutes."""
    assert said == age_text(timedelta(**age))
