"""Local tariffs: every method and modifier explains itself, with the family's own figures."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.tariff.engine.decide import decide
from services.tariff.engine.household import LocalSituation, Quotient, Regime
from services.tariff.engine.record import decision_record
from services.tariff.explanation import inputs as told_inputs
from services.tariff.explanation import parameters as told_parameters
from services.tariff.explanation import steps as told_steps
from services.tariff.explanation.explain import steps
from services.tariff.explanation.letter import letter
from services.tariff.explanation.parameters import parameter_rows
from services.tariff.explanation.rules_in_force import SchemeInForce, rules_in_force
from services.tariff.explanation.steps import operation_row
from services.tariff.explanation.tariff_rules import rules_table
from services.tariff.language.local import KINDS, LocalTariff
from services.tariff.language.national import load_shipped_scale, shipped_ids
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Method
from shared.canonical import canonical_json
from shared.decisions import DecisionKind, Verdict
from shared.money import Money
from shared.scheme_rules import SchemeKind
from tests import decided_families as families

_ON = date(2026, 11, 20)
_SAID = {"source": "délibération d'essai", "certainty": "published"}
_HEAD: dict[str, Any] = {
    "id": "essai",
    "title": "Barème d'essai",
    "authority": "valmoisin",
    "version": "2026-01-01",
    "valid_from": "2026-01-01",
    "review_by": "2027-01-01",
    "legal_basis": "délibération du 3 juillet 2026",
    "rounding": {"mode": "half-up", "stage": "unit", **_SAID},
    "unit": "meal",
}
_QF = {"kind": "quotient_familial", "month": "current", **_SAID}
_BANDS: dict[str, Any] = {
    "evidence_profile": "qf",
    "method": "bands",
    "measure": _QF,
    "bands": {
        "bounds": "upper_included",
        "grid": [{"from": "0", "to": "500", "price": "1.50"}, {"from": "500", "price": "4.005"}],
        **_SAID,
    },
}
_FAMILY = LocalSituation(
    quotients=(Quotient("2026-11", Money.of_euros(612)),),
    income_of_reference=Money.of_euros(30_000),
    parts_hundredths=250,
    children=3,
    resident=Verdict.YES,
    rank=2,
    regime=Regime.CAF,
    units=Decimal(10),
)


def _tariff(**parts: Any) -> Tariff:
    content = _HEAD | parts
    return KINDS[Method(content["method"])].model_validate(content)


def _record(tariff: Tariff, situation: LocalSituation, on: date = _ON) -> dict[str, Any]:
    """The record of an outcome, as it is when it was opened again."""
    record = decision_record(
        situation,
        decide(situation, tariff, on),
        tariff=tariff,
        on=on,
        evidence=families.CERTIFIED_QUOTIENT,
        application=families.APPLICATION,
        resources_year=2025,
    )
    opened: dict[str, Any] = json.loads(canonical_json(record))
    return opened


def _told(tariff: Tariff, situation: LocalSituation = _FAMILY) -> dict[str, str]:
    return {
        one.name: one.text.replace("\u00a0", " ").replace("\u202f", " ")
        for one in steps(_record(tariff, situation))
    }


def test_bands() -> None:
    """The quotient, its band with its bounds, the rounding, the month, the tariff."""
    assert {
        "figure.quotients": "Votre quotient familial est de 612,00 € (novembre 2026), certifié par "
        "la CAF ou la MSA et reçu le 20 novembre 2026.",
        "step.band": "Ce montant est dans la tranche à partir de 500 € : le prix est de 4,005 € "
        "par repas.",
        "step.price": "Le prix est arrondi au centime le plus proche : 4,01 € par repas.",
        "step.monthly": "Le montant du mois est de 10 repas × 4,01 € = 40,10 €.",
        "step.tariff": "Barème appliqué : Barème d'essai, « essai », version 2026-01-01, en "
        "vigueur depuis le 1er janvier 2026.",
    } == _told(_tariff(**_BANDS))


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ("lower_included", "(0 € compris, 800 € non compris)"),
        ("upper_included", "(0 € non compris, 800 € compris)"),
    ],
)
def test_the_ends_of_a_band_are_told(bounds: str, said: str) -> None:
    """Which end belongs to it."""
    grid = [{"from": "0", "to": "800", "price": "1.50"}, {"from": "800", "price": "4.00"}]
    tariff = _tariff(**_BANDS | {"bands": {"bounds": bounds, "grid": grid, **_SAID}})

    assert f"de 0 € à 800 € {said} : le prix est de 1,50 € par repas." in _told(tariff)["step.band"]


def test_the_lowest_of_several_months() -> None:
    """Each quotient with its month, and the one that counts."""
    quotients = tuple(
        Quotient(f"2026-{month:02}", Money.of_euros(euros))
        for month, euros in ((11, 612), (10, 580), (9, 640))
    )
    told = _told(
        _tariff(**_BANDS | {"measure": _QF | {"month": "lowest_of_3"}}),
        replace(_FAMILY, quotients=quotients),
    )

    assert "Le barème retient le plus bas : 580,00 €." == told["step.measure"]
    assert "612,00 € (novembre 2026) ; 580,00 € (octobre 2026)" in told["figure.quotients"]


def test_income_and_parts() -> None:
    """The tax figures, and how they become a month's quotient, in whole euros."""
    measure = {"kind": "income_of_reference_per_part_month", "cut": "euro", **_SAID}
    told = _told(
        _tariff(**_BANDS | {"evidence_profile": "tax", "measure": measure}),
        replace(_FAMILY, income_of_reference=Money.of_euros(31_000)),
    )

    assert (
        "Votre revenu fiscal de référence est de 31 000,00 € (année 2025), certifié"
        in (told["figure.income_of_reference_cents"])
    )
    assert "Votre foyer fiscal compte 2,5 parts." == told["figure.parts_hundredths"]
    assert (
        "Divisé par 12 et par 2,5 parts, cela fait 1 033,33 € environ par mois."
        == (told["step.measure"])
    )
    assert "Le barème ne compte que les euros entiers : 1 033 €." == told["step.measure_cut"]


def test_straight_lines() -> None:
    """Between two points the whole operation is written; beyond them, the price of the last."""
    points = [{"at": "0", "price": "1.50"}, {"at": "1000", "price": "4.50"}]
    tariff = _tariff(
        evidence_profile="qf", method="linear", measure=_QF, linear={"points": points, **_SAID}
    )
    rich = replace(_FAMILY, quotients=(Quotient("2026-11", Money.of_euros(1_800)),))

    assert (
        "Entre 0 € et 1 000 €, le prix va en ligne droite de 1,50 € à 4,50 € : 1,50 € + "
        "(612,00 € − 0 €) × (4,50 € − 1,50 €) ÷ (1 000 € − 0 €) = 3,336 €."
    ) == _told(tariff)["step.linear"]
    assert (
        "au-dessus de 1 000 €, ou égal : le prix y est de 4,50 € par repas."
        in (_told(tariff, rich)["step.linear"])
    )


@pytest.mark.parametrize(
    ("euros", "kept"),
    [
        (612, "Ce prix respecte les limites du barème (1,00 € et 4,00 €)."),
        (100, "Le barème fixe un prix le plus bas : 1,00 €. Il est retenu."),
        (1_200, "Le barème fixe un prix le plus haut : 4,00 €. Il est retenu."),
    ],
)
def test_an_effort_rate(euros: int, kept: str) -> None:
    """The product, by number of children, then its bounds."""
    part = {
        "rates": [{"children": "1-2", "rate": "0.5"}, {"children": "3+", "rate": "0.42"}],
        "price": {"min": "1.00", "max": "4.00"},
        **_SAID,
    }
    tariff = _tariff(evidence_profile="qf", method="effort_rate", measure=_QF, effort_rate=part)
    told = _told(tariff, replace(_FAMILY, quotients=(Quotient("2026-11", Money.of_euros(euros)),)))

    assert told["step.effort_rate"].startswith("Votre foyer compte 3 enfants à charge. Le prix est")
    assert kept == told["step.effort_bounds"]


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"price": "3.20"}, "Le barème fixe un prix de 3,20 € par repas."),
        (
            {"by": "rank", "prices": [{"of": "1", "price": "3"}, {"of": "2+", "price": "2.10"}]},
            "Pour l'enfant de rang 2 parmi vos inscrits, le prix est de 2,10 € par repas.",
        ),
        (
            {"by": "children", "prices": [{"of": "1-2", "price": "3"}, {"of": "3+", "price": "2"}]},
            "Pour un foyer de 3 enfants à charge, le prix est de 2,00 € par repas.",
        ),
    ],
)
def test_a_flat_price(part: dict[str, Any], said: str) -> None:
    """One for all, by rank, or by number of children."""
    tariff = _tariff(evidence_profile="qf", method="flat", flat=part | _SAID)

    assert said == _told(tariff)["step.flat"]


_AWAY = replace(_FAMILY, resident=Verdict.NO)


@pytest.mark.parametrize(
    ("modifier", "situation", "step", "said"),
    [
        (
            {"kind": "non_resident", "factor": "2"},
            _AWAY,
            "non_resident",
            "Vous n'habitez pas sur le territoire : le prix est multiplié par 2, soit 8,01 €.",
        ),
        (
            {"kind": "non_resident", "add": "1.00"},
            _AWAY,
            "non_resident",
            "Vous n'habitez pas sur le territoire : le prix monte de 1,00 €, soit 5,005 €.",
        ),
        (
            {"kind": "non_resident", "percent": "20"},
            _AWAY,
            "non_resident",
            "Vous n'habitez pas sur le territoire : le prix monte de 20 %, soit 4,806 €.",
        ),
        (
            {"kind": "non_resident", "price": "7.40"},
            _AWAY,
            "non_resident_price",
            "Vous n'habitez pas sur le territoire : le barème fixe un prix de 7,40 €.",
        ),
        (
            {"kind": "sibling", "ranks": [{"rank": "2+", "percent": "25"}]},
            _FAMILY,
            "sibling",
            "C'est votre 2e enfant inscrit : le prix baisse de 25 %, soit 3,00375 €.",
        ),
        (
            {"kind": "children", "at_least": 3, "percent": "10"},
            _FAMILY,
            "children",
            "Votre foyer compte 3 enfants à charge : le prix baisse de 10 %, soit 3,6045 €.",
        ),
        (
            {"kind": "reduction", "name": "agent", "label": "agents", "percent": "50"},
            replace(_FAMILY, granted=frozenset({"agent"})),
            "reduction",
            "La réduction « agents » vous est accordée : le prix baisse de 50 %, soit 2,0025 €.",
        ),
        (
            {"kind": "reduction", "name": "agent", "percent": "90", "min": "1.00"},
            replace(_FAMILY, granted=frozenset({"agent"})),
            "reduction_min",
            "Avec cette réduction, le prix ne descend pas sous 1,00 €.",
        ),
        (
            {"kind": "other_fund", "price": "3.14"},
            replace(_FAMILY, regime=Regime.OTHER),
            "other_fund",
            "Vos allocations ne viennent ni de la CAF ni de la MSA : le barème fixe 3,14 €.",
        ),
        (
            {"kind": "surcharge", "label": "panier bio", "amount": "0.30", "when": "always"},
            _FAMILY,
            "surcharge",
            "S'y ajoute : panier bio, 0,30 €.",
        ),
        (
            {"kind": "surcharge", "label": "panier bio", "percent": "10", "when": "always"},
            _FAMILY,
            "total",
            "En tout, un repas coûte 4,41 €.",
        ),
    ],
)
def test_a_modifier(
    modifier: dict[str, Any], situation: LocalSituation, step: str, said: str
) -> None:
    """What it did to the price, and why to this family."""
    tariff = _tariff(**_BANDS, modifiers=[modifier | _SAID])

    assert said == _told(tariff, situation)[f"step.{step}"]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("floor", "le barème retient le prix le plus bas, 1,50 € par repas, pour l'instant."),
        ("highest_price", "retient le prix le plus haut, 4,005 € par repas, pour l'instant."),
        ({"price": "1.66", **_SAID}, "le barème fixe un prix de 1,66 € par repas, pour l'instant."),
    ],
)
def test_what_is_missing(policy: Any, said: str) -> None:
    """The figure that did not come, and the price that stands in."""
    told = _told(_tariff(**_BANDS, missing_data=policy), replace(_FAMILY, quotients=()))

    assert "Votre quotient familial ne nous est pas connu." == told["figure.quotients"]
    assert said in told["step.missing_data"]


def test_an_aid_for_disabled_children_says_so() -> None:
    """The condition is health data, and the ground: it is told because all rests on it."""
    award = {
        "bounds": "lower_included",
        "grid": [{"from": "0", "amount": "200"}],
        "conditions": [{"kind": "disabled_child", **_SAID}],
        **_SAID,
    }
    tariff = _tariff(evidence_profile="qf", method="award", measure=_QF, award=award)
    told = _told(tariff, replace(_FAMILY, aeeh_children=0))

    assert (
        "Condition : avoir un enfant qui ouvre droit à l'AEEH. Elle n'est pas remplie."
    ) == told["step.condition"]


def _shipped() -> list[Tariff]:
    return [tariff for id_ in shipped_ids() for tariff in load_shipped_scale(id_).tariffs]


@pytest.mark.parametrize("tariff", _shipped(), ids=lambda tariff: f"{tariff.id}-{tariff.version}")
def test_every_shipped_tariff_is_told(tariff: Tariff) -> None:
    """Its rules, each with a source, and a letter about families of several kinds."""
    scheme = SchemeInForce("Essai", SchemeKind.FEE, automatic=False, tariff=tariff)
    told = rules_table(tariff)

    assert rules_in_force(families.AUTHORITY, [scheme], _ON).sections
    assert all(rule and value and source for rule, value, source in told.rows)
    if not isinstance(tariff, LocalTariff):
        return
    for situation in (_FAMILY, _AWAY, LocalSituation(resident=Verdict.YES)):
        _is_told(_record(tariff, situation, tariff.valid_from))


def _is_told(record: dict[str, Any]) -> None:
    """Each step, figure, parameter and datum has its French word, and the letter its tables."""
    kind = DecisionKind.NO_FEE if record["fee"] is None else DecisionKind.FEE
    paper = letter(families.content(families.envelope(kind=kind, contract=None), record))
    figures = {key for operation in record["operations"] for key in operation["inputs"]}

    assert {operation["step"] for operation in record["operations"]} <= set(told_steps._STEPS)
    assert {key for key in figures if not key.isdigit()} <= _worded_figures(record)
    assert set(record["parameters"]) <= set(told_parameters._WORDS)
    assert set(record["inputs"]) <= set(told_inputs._WORDS)
    assert all(map(operation_row, record["operations"]))
    assert len(record["parameters"]) == len(parameter_rows(record))
    assert all(part.blocks for part in paper.sections)


def _worded_figures(record: dict[str, Any]) -> set[str]:
    """Figures with a word of their own; those of a quotient are named by their months."""
    months = {one["month"] for one in record["inputs"].get("quotients", {}).get("value") or ()}
    return months | set(told_steps._FIGURES)


def test_an_operation_names_its_figures() -> None:
    """A quotient by its month, a line by its place, amounts in euros."""
    surcharge = {"kind": "surcharge", "label": "panier bio", "amount": "0.30", "when": "always"}
    tariff = _tariff(**_BANDS, modifiers=[surcharge | _SAID])
    record = _record(tariff, _FAMILY)
    figures = {
        row[0]: row[2].replace("\u00a0", " ") for row in map(operation_row, record["operations"])
    }

    assert "novembre 2026 : 612,00 €" == figures["Mesure"]
    assert "ligne 1 : 4,01 € ; ligne 2 : 0,30 €" == figures["Prix en tout"]
