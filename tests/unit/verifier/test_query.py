"""The query says who somebody is, exactly as the counter asks."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from services.verifier.provider.query import query_for
from shared.civil_status import BirthPlace, CivilStatus, PartialDate, Sex

_CASES = yaml.safe_load(
    (Path(__file__).parents[2] / "cases" / "eaje_queries.yaml").read_text("utf-8")
)
_RECIPIENT = "21130004900015"


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case["claim"])
def test_civil_status_becomes_the_query(case: dict[str, Any]) -> None:
    """Each case of the table gives its parameters, in order."""
    person = CivilStatus.model_validate(case["civil_status"])

    assert [tuple(pair) for pair in case["query"]] == query_for(person, _RECIPIENT)


def test_a_zero_in_a_date_is_never_sent() -> None:
    """A part that reached us as zero is unknown, and left out."""
    person = CivilStatus(
        birth_name="Diabaté",
        first_names=("Ousmane",),
        sex=Sex.MALE,
        birth=PartialDate(1979, 0, 0),
        birth_place=BirthPlace(country="99335"),
    )

    sent = dict(query_for(person, _RECIPIENT))

    assert {"anneeDateNaissance": "1979"} == {k: v for k, v in sent.items() if "Date" in k}
