"""The metrics page, the rules and the boards: what they name is what processes show."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.shown_metrics import families, named_in

_ROW = re.compile(r"^\| `(berceau_[a-z_]+)` \| ([a-z]+) \| ([^|]+) \|", re.MULTILINE)
_NO_LABEL = "—"


def _rules(root: Path) -> list[dict[str, Any]]:
    file = root / "deploy" / "prometheus" / "berceau.rules.yml"
    groups = yaml.safe_load(file.read_text("utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _cases(root: Path) -> list[dict[str, Any]]:
    file = root / "deploy" / "prometheus" / "berceau.tests.yml"
    return list(yaml.safe_load(file.read_text("utf-8"))["tests"])


def _boards(root: Path) -> dict[str, dict[str, Any]]:
    files = sorted((root / "deploy" / "grafana").glob("*.json"))
    return {file.name: json.loads(file.read_text("utf-8")) for file in files}


def _targets(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in board["panels"]:
        yield from panel.get("targets", ())


def test_every_metric_has_its_row(root: Path) -> None:
    """Name, kind and labels of each, as a scrape shows them; no row more, none less."""
    page = (root / "docs" / "reference" / "metrics.md").read_text("utf-8")
    told = {name: (kind, labels.strip()) for name, kind, labels in _ROW.findall(page)}
    shown = {
        name: (family.type, ", ".join(f"`{one}`" for one in _labels(family)) or _NO_LABEL)
        for name, family in families().items()
        if name.startswith("berceau_")
    }

    assert shown == told


def _labels(family: Any) -> list[str]:
    from shared.metering.instruments import REGISTRY  # noqa: PLC0415

    for collector, names in REGISTRY._collector_to_names.items():
        if family.name in names or f"{family.name}_total" in names:
            return list(getattr(collector, "_labelnames", ()))
    samples = [sample.labels for sample in family.samples]
    return list(samples[0]) if samples else []


def test_every_alert_has_a_case_that_fires_and_one_that_does_not(root: Path) -> None:
    """Each is tried by promtool in both worlds: tests/integration/deploy/test_prometheus.py."""
    fires, quiet = set[str](), set[str]()
    for case in _cases(root):
        for asked in case["alert_rule_test"]:
            (fires if asked["exp_alerts"] else quiet).add(asked["alertname"])
    alerts = {rule["alert"] for rule in _rules(root)}

    assert (alerts, alerts) == (fires, quiet)


def test_every_alert_waits_for_several_breaches(root: Path) -> None:
    """One bad scrape wakes nobody up."""
    assert [] == [rule["alert"] for rule in _rules(root) if "for" not in rule]


def test_every_alert_leads_to_a_runbook(root: Path) -> None:
    """A page that is there, for a severity that there is."""
    assert [] == [
        rule["alert"]
        for rule in _rules(root)
        if not (root / rule["annotations"]["runbook"]).is_file()
        or rule["labels"]["severity"] not in {"page", "ticket"}
    ]


def test_rules_ask_for_what_is_shown(root: Path) -> None:
    """No alert waits for ever on a name that nobody exports."""
    known = set(families())

    asked = {rule["expr"]: named_in(rule["expr"]) for rule in _rules(root)}

    assert set() == {name for names in asked.values() for name in names} - known
    assert ['up{job="berceau"} == 0'] == [one for one, names in asked.items() if not names]


@pytest.mark.parametrize("board", ["processes.json", "providers.json", "queues.json"])
def test_boards_ask_for_what_is_shown(board: str, root: Path) -> None:
    """Each panel has expressions, of metrics that there are, from the source that is chosen."""
    known, found = set(families()), _boards(root)[board]
    targets = list(_targets(found))

    assert set() == {name for one in targets for name in named_in(one["expr"])} - known
    assert all(re.search(r"berceau_|process_|up\{", one["expr"]) for one in targets)
    assert {"${source}"} == {panel["datasource"]["uid"] for panel in found["panels"]}
    assert ["source"] == [one["name"] for one in found["templating"]["list"]]
