"""The oracle, held to cases worked out by hand."""

import ast
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from services.command.demo import oracle
from services.command.demo.oracle import Expected, expected

TODAY = date(2026, 11, 23)
Change = Callable[[dict[str, Any]], Any]


def family(**changes: Any) -> dict[str, Any]:
    """An invented family of two children: 48 000 € a year, 885.50 h in 7 months from 2026."""
    adult = {
        "birth_name": "D’Œuvrard-Lô",
        "first_names": ["Anne-Charlotte", "Rose"],
        "birth": "1992-07",
    }
    child = {"birth_name": "Orbagard", "first_names": ["Noé"], "birth": "2025-03-04"}
    care = {
        "type": "collectif",
        "start": "2026-09-01",
        "contract_hours": "885.50",
        "instalments": 7,
    }
    held = {
        "allocataires": [person("D'ŒUVRARD-LÔ", "ANNE-CHARLOTTE ROSE", "1992-07-00")],
        "enfants": [person("ORBAGARD", "NOÉ", "2025-03-04")],
        "children": 2,
        "aeeh_children": 0,
        "resources": 48_000,
        "years_back": 2,
        "base_given": True,
    }
    truth = {"identified": True, "refusal": None, "faults_for_ever": False, "malformed": None}
    return {
        "enrolment": {
            "applicant": adult,
            "child": child,
            "care": care | changes.pop("care", {}),
            "other_representative": changes.pop("other", None),
            "identity_assurance": changes.pop("assurance", "franceconnect"),
        },
        "truth": truth | changes.pop("truth", {}) | {"file": held | changes},
    }


def person(name: str, first_names: str, birth: str) -> dict[str, Any]:
    """A person as the fund lists them."""
    return {"nom_naissance": name, "prenoms": first_names, "date_naissance": birth}


@pytest.mark.parametrize(
    ("changes", "hourly", "monthly"),
    [
        # 4 000 × 0.0516 % = 2.064; 126.50 h × 2.06 = 260.59
        ({}, 206, 26_059),
        # 6 716.92 × 0.0516 % = 3.4659; 126.50 × 3.47 = 438.955, half up
        ({"resources": 80_603}, 347, 43_896),
        # 3 000 × 0.0516 % = 1.548: suresnes.fr prints 1,55 €
        ({"resources": 36_000}, 155, 19_608),
        # 8 500, the ceiling, × 0.0619 % = 5.2615: suresnes.fr prints 5,26 €
        ({"resources": 200_000, "children": 1}, 526, 66_539),
        # 814.62, the floor, × 0.0619 % = 0.5043
        ({"resources": 0, "children": 1}, 50, 6_325),
        # 3 children with one AEEH: the rate of 4, 4 000 × 0.0310 % = 1.24
        ({"children": 4}, 124, 15_686),
        ({"children": 7}, 124, 15_686),
        # 4 000 × 0.0206 % = 0.824
        ({"children": 8}, 82, 10_373),
        ({"children": 12}, 82, 10_373),
        # family care: 4 000 × 0.0413 % = 1.652
        ({"care": {"type": "familial_parental"}}, 165, 20_873),
        ({"care": {"type": "familial_parental"}, "children": 6}, 82, 10_373),
        # the year before: ceiling 7 000 until August, × 0.0516 % = 3.612
        ({"care": {"start": "2025-08-31"}, "resources": 200_000}, 361, 45_667),
        ({"care": {"start": "2025-09-01"}, "resources": 200_000}, 439, 55_534),
        # 100.05 h in 7 months: 14.2929 h, kept at 14.29; × 2.06 = 29.4374
        ({"care": {"contract_hours": "100.05"}}, 206, 2_944),
        # 100.09 h in 2 months: 50.045 h, half up 50.05; × 2.06 = 103.103
        ({"care": {"contract_hours": "100.09", "instalments": 2}}, 206, 10_310),
        # the MSA sends the current year
        ({"years_back": 0}, 206, 26_059),
    ],
)
def test_fees_by_hand(changes: dict[str, Any], hourly: int, monthly: int) -> None:
    """Each fee is the one worked out by hand in the comment, to the cent."""
    assert Expected("DECIDED", None, hourly, monthly) == expected(family(**changes), TODAY)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"aeeh_children": 1}, Expected("PROPOSED", "disability_counted", 165, 20_873)),
        (
            {"aeeh_children": 1, "assurance": "declared"},
            Expected("PROPOSED", "identity_unchecked", 165, 20_873),
        ),
        (
            {"aeeh_children": 2, "children": 7},
            Expected("PROPOSED", "disability_counted", 82, 10_373),
        ),
        ({"assurance": "declared"}, Expected("PROPOSED", "identity_unchecked", 206, 26_059)),
    ],
)
def test_what_waits_for_a_yes(changes: dict[str, Any], outcome: Expected) -> None:
    """AEEH moves one bracket a child, never past the last, and a person must say yes."""
    assert outcome == expected(family(**changes), TODAY)


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        ({"truth": {"faults_for_ever": True}}, "PARKED", "provider_unavailable"),
        ({"truth": {"identified": False}}, "TO_REVIEW", "not_identified"),
        ({"truth": {"refusal": {"status": 404, "code": "35003"}}}, "PARKED", "no_file"),
        ({"truth": {"refusal": {"status": 422, "code": "36561"}}}, "TO_REVIEW", "input_refused"),
        ({"truth": {"malformed": "data_is_a_list"}}, "TO_REVIEW", "answer_unreadable"),
        ({"enfants": []}, "TO_REVIEW", "no_child_under_seven"),
        ({"enfants": [person("O", "N", "2019-11-23")]}, "TO_REVIEW", "no_child_under_seven"),
        ({"enfants": [person("O", "N", "2019-11-24")]}, "TO_REVIEW", "child_not_listed"),
        ({"allocataires": [person("O", "N", "1992-07-00")]}, "TO_REVIEW", "inconsistent"),
        ({"resources": None, "aeeh_children": 9}, "TO_REVIEW", "resources_unknown"),
        ({"children": None}, "TO_REVIEW", "resources_unknown"),
        ({"aeeh_children": 3, "years_back": 3}, "TO_REVIEW", "disability_exceeds_children"),
        ({"years_back": 1}, "TO_REVIEW", "doubtful_year"),
        ({"years_back": 3, "assurance": "declared"}, "TO_REVIEW", "doubtful_year"),
        ({"care": {"start": "2016-12-31"}}, "TO_REVIEW", "tariff_missing"),
    ],
)
def test_what_is_set_aside(changes: dict[str, Any], status: str, reason: str) -> None:
    """Each doubt has its state and its reason, the first in order winning, and no fee."""
    assert Expected(status, reason) == expected(family(**changes), TODAY)


_LUC = {"birth_name": "Orbagard", "first_names": ["Luc"], "birth": "1990-01-02"}
_HIS = {"allocataires": [person("ORBAGARD", "LUC", "1990-01-02")]}
_ABSENT = {"refusal": {"status": 404, "code": "35003"}}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        (
            {"other": _LUC, "truth": _ABSENT, **_HIS},
            Expected("PROPOSED", "other_representative_file", 206, 26_059),
        ),
        (
            {"other": _LUC, "truth": {"identified": False}, "assurance": "declared", **_HIS},
            Expected("PROPOSED", "other_representative_file", 206, 26_059),
        ),
        ({"other": _LUC, "truth": _ABSENT}, Expected("PARKED", "no_file")),
        ({"truth": _ABSENT, **_HIS}, Expected("PARKED", "no_file")),
        ({"other": _LUC, **_HIS}, Expected("TO_REVIEW", "inconsistent")),
        (
            {"other": _LUC, "truth": _ABSENT, "enfants": [], **_HIS},
            Expected("TO_REVIEW", "no_child_under_seven"),
        ),
    ],
)
def test_the_other_parents_file_is_found(changes: dict[str, Any], outcome: Expected) -> None:
    """Once the applicant is not found, and for a person to say yes to."""
    assert outcome == expected(family(**changes), TODAY)


def test_resources_of_the_year_before_are_waited_for_in_january() -> None:
    """They are renewed then; in February they are a doubt."""
    late = family(years_back=3)

    assert Expected("PARKED", "resources_awaited") == expected(late, date(2027, 1, 12))
    assert Expected("TO_REVIEW", "doubtful_year") == expected(late, date(2027, 2, 1))


def test_it_stands_alone() -> None:
    """The oracle imports nothing of the product whose answers it judges."""
    tree = ast.parse(Path(oracle.__file__).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert "yaml" in imported
    assert not imported & {"services", "shared"}
