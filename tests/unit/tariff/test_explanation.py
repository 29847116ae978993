"""The record of a decision, its replay, and its explanation in French."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.tariff.engine.decide import decide
from services.tariff.engine.record import Declared, DeclaredSource, decision_record, replay
from services.tariff.engine.situation import Contract, Situation
from services.tariff.explanation.explain import explain
from services.tariff.language.national import load_national_scale
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage
from shared.application import CareType
from shared.canonical import canonical_json
from shared.evidence import EAJE_SOURCE, Provenance
from shared.money import Money, Rounding

_ON = date(2026, 9, 1)
_CERTIFIED = Provenance(
    source=EAJE_SOURCE,
    fetched_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    http_status=200,
    request_id="r-1",
)
_APPLICATION = Declared(DeclaredSource.APPLICATION, datetime(2026, 11, 20, 9, 29, tzinfo=UTC))
_FAMILY = Situation(
    care_type=CareType.COLLECTIF,
    children=2,
    aeeh_children=0,
    annual_resources=Money.parse("48000.00"),
)
_CONTRACT = Contract(Decimal("1518.00"), 11)

_ORDINARY = """
Vos ressources annuelles retenues sont de 48 000,00 € (année 2024), certifiées par la CAF ou la MSA
et reçues le 20 novembre 2026.

Divisées par 12, elles font 4 000,00 € par mois.

Ce montant est compris entre le plancher (814,62 €) et le plafond (8 500,00 €) du barème : il est
retenu tel quel.

Votre foyer compte 2 enfants à charge : le taux du barème est de 0,0516 % des ressources mensuelles
par heure d'accueil collectif.

Le prix d'une heure est de 4 000,00 € × 0,0516 % = 2,064 €, arrondi au centime le plus proche :
2,06 €.

Le contrat réserve 1 518,00 heures, facturées en 11 mensualités : 138,00 heures par mois.

Le montant du mois est de 138,00 heures × 2,06 € = 284,28 €.

Barème appliqué : Participations familiales (PSU), barème national, « psu », version 2026-01-01, en
vigueur depuis le 1er janvier 2026.

Ce calcul est fait par un traitement automatisé. Vous pouvez demander quelles règles il suit et
comment elles ont été appliquées à votre dossier (article L. 311-3-1 du code des relations entre le
public et l'administration).
"""

_AT_THE_FLOOR = """
Vos ressources annuelles retenues sont de 5 000,00 € (année 2023), déclarées dans votre demande.

Divisées par 12, elles font 416,67 € environ par mois (le calcul garde la valeur exacte).

Ce montant est inférieur au plancher du barème : le calcul retient le plancher, 801,00 € par mois.

Votre foyer compte 3 enfants à charge : le taux du barème est de 0,0310 % des ressources mensuelles
par heure d'accueil familial ou parental.

1 enfant du foyer bénéficie de l'allocation d'éducation de l'enfant handicapé (AEEH) : le taux
descend d'une tranche du barème par enfant concerné, sans dépasser la dernière, et devient 0,0206 %.

Le prix d'une heure est de 801,00 € × 0,0206 % = 0,165006 €, sans compter les fractions de centime :
0,16 €.

Le montant du mois est de 100,25 heures × 0,16 € = 16,04 €.

Barème appliqué : Participations familiales (PSU), barème national, « psu », version 2025-01-01, en
vigueur du 1er janvier 2025 au 31 août 2025.

Ce taux n'a été lu dans aucun texte officiel. Déduit : taux d'avant septembre 2019 augmentés de
0,8 % par an jusqu'en 2022, sur les tranches 1, 2, 3-5, 6 et plus ; valeurs de 2022 reconduites. Ce
plancher n'a été lu dans aucun texte officiel. Déduit : RSA de base d'une personne seule avec un
enfant au 1er janvier 2025, moins le forfait logement de deux personnes (openfisca-france) ; la même
règle donne au centime tous les planchers publiés connus.

Ce calcul est fait par un traitement automatisé. Vous pouvez demander quelles règles il suit et
comment elles ont été appliquées à votre dossier (article L. 311-3-1 du code des relations entre le
public et l'administration).
"""


def _tariff(on: date) -> Tariff:
    return load_national_scale().in_force(on)


def _record(
    situation: Situation,
    on: date = _ON,
    *,
    evidence: Provenance | Declared = _CERTIFIED,
    year: int = 2024,
    rounding: Rounding | None = None,
    stage: Stage | None = None,
) -> dict[str, Any]:
    tariff = _tariff(on)
    return decision_record(
        situation,
        decide(situation, tariff, on, rounding=rounding, stage=stage),
        tariff=tariff,
        on=on,
        evidence=evidence,
        application=_APPLICATION,
        resources_year=year,
    )


def _sentences(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]


def _loose(sentences: tuple[str, ...]) -> list[str]:
    """Sentences with plain spaces, so that a test can be read."""
    return [line.replace("\u202f", " ").replace("\u00a0", " ") for line in sentences]


def test_an_ordinary_family_reads_how_its_fee_was_computed() -> None:
    """The whole text: certified resources, no bound, a contract spread over its invoices."""
    record = _record(replace(_FAMILY, contract=_CONTRACT))

    assert _sentences(_ORDINARY) == _loose(explain(record))


def test_a_family_at_the_floor_reads_the_aeeh_rule_and_what_was_inferred() -> None:
    """The whole text: floor, AEEH, endless decimals, a closed period, an inferred rate."""
    situation = Situation(
        care_type=CareType.FAMILIAL_PARENTAL,
        children=3,
        aeeh_children=1,
        annual_resources=Money.parse("5000.00"),
        monthly_hours=Decimal("100.25"),
    )
    record = _record(
        situation,
        date(2025, 6, 2),
        evidence=Declared(DeclaredSource.APPLICATION),
        year=2023,
        rounding=Rounding.TRUNCATE,
    )

    assert _sentences(_AT_THE_FLOOR) == _loose(explain(record))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"annual_resources": Money.parse("240000")}, "retient le plafond, 8 500,00 € par mois."),
        ({"monthly_hours": Decimal("10.33")}, "2,06 € = 21,28 €, arrondi au centime le plus"),
        ({"annual_resources": Money.parse("60000")}, "est de 5 000,00 € × 0,0516 % = 2,58 €."),
        ({"aeeh_children": 2}, "2 enfants du foyer bénéficient de l'allocation"),
        ({"annual_resources": Money.parse("9775.44")}, "compris entre le plancher (814,62 €)"),
        ({"annual_resources": Money.parse("102000")}, "et le plafond (8 500,00 €) du barème"),
        ({"children": 1}, "Votre foyer compte 1 enfant à charge"),
        ({"care_type": CareType.MICRO_CRECHE}, "par heure d'accueil en micro-crèche."),
    ],
)
def test_the_text_follows_the_family(changes: dict[str, Any], sentence: str) -> None:
    """Bounds and their very edges, rounding of the month or none, number and kind of care."""
    text = " ".join(_loose(explain(_record(replace(_FAMILY, **changes)))))

    assert sentence in text


def test_a_year_that_is_the_fund_s_own_is_not_taken_at_its_word() -> None:
    """The MSA writes the current year for resources of two years before."""
    first, *_ = _loose(explain(_record(_FAMILY, year=2026)))

    assert "(année indiquée par la caisse : 2026)" in first


def test_a_price_rounded_at_the_month_says_so() -> None:
    """The family must find the month again from the exact price."""
    situation = replace(_FAMILY, monthly_hours=Decimal(100))
    text = _loose(explain(_record(situation, stage=Stage.MONTH)))

    assert any("2,064 € ; il n'est arrondi qu'au montant du mois." in line for line in text)
    assert "Le montant du mois est de 100 heures × 2,064 € = 206,40 €." in text


def test_signs_do_not_break_from_what_they_follow() -> None:
    """In a narrow column, a euro sign or a colon never starts a line."""
    text = " ".join(explain(_record(replace(_FAMILY, monthly_hours=Decimal("10.33")))))

    assert not any(loose in text for loose in (" €", " :", " ;", " %", "« ", " »"))


def test_the_explanation_needs_the_record_only() -> None:
    """Read back from its canonical bytes years later, the record gives the same words."""
    record = _record(replace(_FAMILY, contract=_CONTRACT))

    assert explain(record) == explain(json.loads(canonical_json(record)))


def test_the_same_inputs_give_the_same_bytes() -> None:
    """A record holds neither clock nor chance; another figure makes another record."""
    record, again = (_record(_FAMILY) for _ in range(2))
    other = _record(replace(_FAMILY, annual_resources=Money.parse("48000.01")))

    assert canonical_json(record) == canonical_json(again)
    assert canonical_json(record) != canonical_json(other)


def test_each_input_says_where_it_comes_from() -> None:
    """Certified figures name the call, the family's words name the application."""
    inputs = _record(_FAMILY)["inputs"]

    certified = {name for name, said in inputs.items() if said["provenance"]["kind"] == "certified"}
    assert {"children", "aeeh_children", "annual_resources_cents"} == certified
    assert "r-1" == inputs["children"]["provenance"]["request_id"]
    assert "2026-11-20T09:29:00+00:00" == inputs["care_type"]["provenance"]["received_at"]


def test_the_tariff_is_named_to_the_byte() -> None:
    """Id, version and digest: a file changed since would be seen."""
    named, tariff = _record(_FAMILY)["tariff"], _tariff(_ON)

    assert (tariff.id, tariff.version, tariff.digest) == (
        named["id"],
        named["version"],
        named["digest"],
    )


def test_each_parameter_applied_says_its_source() -> None:
    """Floor, ceiling, rate, AEEH rule and rounding, with value and source."""
    parameters = _record(_FAMILY)["parameters"]

    assert {
        "floor": "814.62",
        "ceiling": "8500.00",
        "rate": "0.0516",
        "aeeh": "by_bracket",
        "rounding": "half-up",
        "stage": "hour",
    } == {name: parameter["value"] for name, parameter in parameters.items()}
    assert all(parameter["source"] for parameter in parameters.values())


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"monthly_hours": Decimal("126.50")},
        {"contract": _CONTRACT, "aeeh_children": 1},
    ],
)
@pytest.mark.parametrize("stage", Stage)
def test_a_decision_is_replayed_from_its_record(changes: dict[str, Any], stage: Stage) -> None:
    """The record alone, and the tariff that it names, give the same bytes again."""
    record = _record(replace(_FAMILY, **changes), rounding=Rounding.TRUNCATE, stage=stage)
    stored = canonical_json(record)

    assert stored == replay(json.loads(stored), _tariff(_ON))


def test_a_replay_shows_a_record_that_was_touched() -> None:
    """A fee, an operation or a tariff that is not the one of the inputs cannot pass."""
    record = _record(_FAMILY)
    cheaper = record | {"fee": record["fee"] | {"hourly_cents": 1}}
    other_tariff = _tariff(_ON).model_copy(update={"version": "2026-01-01.2"})

    assert canonical_json(cheaper) != replay(cheaper, _tariff(_ON))
    assert canonical_json(record) != replay(record, other_tariff)
