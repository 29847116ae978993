"""The query says who somebody is, exactly as the counter asks."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.verifier.provider.query import month_of, query_for
from shared.civil_status import BirthPlace, CivilStatus, PartialDate, Sex
from shared.evidence import Month

_CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "eaje_queries.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["claim"])
def test_civil_status_becomes_the_query(case: dict[str, Any]) -> None:
    """Each case of the table gives its parameters, in order."""
    person = CivilStatus.model_validate(case["civil_status"])

    assert [tuple(pair) for pair in case["query"]] == query_for(person)


def test_a_zero_in_a_date_is_never_sent() -> None:
    """A part that reached us as zero is unknown, and left out."""
    person = CivilStatus(
        birth_name="Diabaté",
        first_names=("Ousmane",),
        sex=Sex.MALE,
        birth=PartialDate(1979, 0, 0),
        birth_place=BirthPlace(country="99335"),
    )

    sent = dict(query_for(person))

    assert {"anneeDateNaissance": "1979"} == {k: v for k, v in sent.items() if "Date" in k}


@pytest.mark.parametrize(
    ("period", "query"),
    [(None, []), (Month(year=2026, month=5), [("annee", "2026"), ("mois", "5")])],
)
def test_a_month_is_asked_for_or_left_to_the_counter(
    period: Month | None, query: list[tuple[str, str]]
) -> None:
    """In numbers without zeros before them: `05` is not `5` to the staging payloads."""
    assert query == month_of(period)
