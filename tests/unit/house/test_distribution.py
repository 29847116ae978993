"""Nothing else that is installed may bring the names that are ours."""

from importlib.metadata import packages_distributions

import pytest


@pytest.mark.parametrize("name", ["services", "shared"])
def test_no_rival_brings_our_names(name: str) -> None:
    """`services` and `shared` come from Berceau alone (an editable install lists no module)."""
    assert set(packages_distributions().get(name, ())) <= {"berceau"}
