"""The instruments: what an alert looks for is shown before it happens."""

import re
from pathlib import Path

from shared.metering.instruments import FROM_ZERO, REGISTRY

_RULES = Path(__file__).parents[3] / "deploy" / "prometheus" / "berceau.rules.yml"


def test_whatever_an_alert_counts_is_shown_from_the_start() -> None:
    """The first failure of a process would be no increase otherwise, and wake nobody."""
    counted = set(re.findall(r"increase\((berceau_\w+)_total", _RULES.read_text("utf-8")))
    shown = {
        family.name: {tuple(sample.labels.values()) for sample in family.samples}
        for family in REGISTRY.collect()
        if family.name in counted
    }

    assert shown == {
        family.name: {(word,) for word in words}
        for counter, words in FROM_ZERO.items()
        for family in counter.collect()
    }
    assert counted == set(shown)
