"""Who is asked about: the applicant of the invented family, and the other parent."""

import pytest

from shared.application import Application
from shared.civil_status import CivilStatus
from shared.taxation import TaxNumber


@pytest.fixture(scope="session")
def applicant(application: Application) -> CivilStatus:
    return application.applicant


@pytest.fixture(scope="session")
def other() -> CivilStatus:
    return CivilStatus.model_validate(
        {
            "birth_name": "Marchetti",
            "first_names": ["Luc"],
            "sex": "M",
            "birth": "1990-01-02",
            "birth_place": {"country": "99100", "commune": "13004"},
        }
    )


@pytest.fixture(scope="session")
def number() -> TaxNumber:
    return TaxNumber.parse("30 00 111 222 333")


@pytest.fixture(scope="session")
def other_number() -> TaxNumber:
    return TaxNumber.parse("3000444555666")
