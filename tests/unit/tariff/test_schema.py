"""The JSON Schema of tariffs: generated, published, and true of every tariff that ships."""

import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from services.tariff.language.schema import schema_text, tariff_schema
from services.tariff.language.words import Method

_ROOT = Path(__file__).parents[3]
_PUBLISHED = _ROOT / "docs" / "reference" / "tariff.schema.json"
_VALIDATOR = Draft202012Validator(tariff_schema())


class _AsAnEditor(yaml.SafeLoader):
    """YAML as editors read it: a date is a string (YAML 1.2)."""


_AsAnEditor.add_constructor("tag:yaml.org,2002:timestamp", lambda _loader, node: node.value)


def _read(text: str) -> Any:
    return yaml.load(text, Loader=_AsAnEditor)  # noqa: S506 -- a safe loader, without dates


def _texts() -> Iterator[Path]:
    scales = _ROOT / "services" / "tariff" / "scales"
    yield from sorted(scales.rglob("*.yaml"))
    yield from sorted((_ROOT / "services/tariff/language/templates").glob("*.yaml"))


def test_the_published_schema_is_the_code() -> None:
    """Write it again with `berceau tariff schema > docs/reference/tariff.schema.json`."""
    assert schema_text() == _PUBLISHED.read_text("utf-8")


def test_the_schema_is_one() -> None:
    """For any validator of its dialect."""
    Draft202012Validator.check_schema(json.loads(schema_text()))


def test_every_tariff_that_ships_and_every_template_is_of_the_schema() -> None:
    """An editor underlines nothing in them."""
    faults = {
        path.name: [
            error.message for error in _VALIDATOR.iter_errors(_read(path.read_text("utf-8")))
        ]
        for path in _texts()
    }

    assert len(faults) > len(Method)
    assert {} == {name: found for name, found in faults.items() if found}


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('price: "0.30"', "price: 0.30"),
        ('price: "0.30"', 'price: "0,30"'),
        ("method: bands", "method: band"),
        ("bounds: lower_included", "bounds: lower"),
        ("  source:", "  sourse:"),
        ("month: current", 'month: "2026-13"'),
        ("valid_to: null", "valid_to: 12"),
        ("unit: half_hour", "unit: minute"),
    ],
)
def test_an_editor_underlines_a_slip_of_the_pen(said: str, instead: str) -> None:
    """Before any command is run."""
    text = (files("services.tariff.language") / "templates" / "bands.yaml").read_text("utf-8")
    assert said in text

    assert list(_VALIDATOR.iter_errors(_read(text.replace(said, instead, 1))))
