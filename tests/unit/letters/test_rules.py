"""Rules: the four items that may be asked of a decision, and the public page of an authority."""

from typing import Any

import pytest

from services.tariff.explanation.paper import Paper, Table, sentences_of
from services.tariff.explanation.plain import as_json
from services.tariff.explanation.rules_applied import rules_applied
from services.tariff.explanation.rules_in_force import SchemeInForce, rules_in_force
from services.tariff.language.national import load_national_scale, load_shipped_scale
from shared.decisions import DecisionMode
from shared.scheme_rules import SchemeKind
from tests import decided_families as families


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _rows(paper: Paper, name: str) -> list[tuple[str, ...]]:
    tables = (b for part in paper.sections for b in part.blocks if isinstance(b, Table))
    found = next(table for table in tables if table.name == name)
    return [tuple(map(_plain, row)) for row in found.rows]


def test_the_four_items_are_those_of_the_law() -> None:
    """R. 311-3-1-2: contribution, data and sources, parameters and weighting, operations."""
    paper = rules_applied(families.fee())

    assert [
        "1. Le degré et le mode de contribution du traitement",
        "2. Les données traitées et leurs sources",
        "3. Les paramètres et leur pondération, appliqués à votre situation",
        "4. Les opérations effectuées par le traitement",
    ] == [part.title for part in paper.sections]


@pytest.mark.parametrize(
    ("mode", "degree"),
    [
        (DecisionMode.AUTOMATIC, "le traitement a fait seul tout le calcul."),
        (DecisionMode.VALIDATED, "une personne a décidé de le suivre."),
        (DecisionMode.BY_AGENT, "une personne a décidé."),
    ],
)
def test_the_degree_of_contribution(mode: DecisionMode, degree: str) -> None:
    """Alone, followed by a person, or gathering data for one."""
    paper = rules_applied(families.content(families.envelope(mode=mode), families.psu_record()))

    assert degree in _plain(sentences_of(paper)[0].text)


def test_parameters_have_their_value_their_weight_and_their_source() -> None:
    """Those that were applied to this family."""
    rows = _rows(rules_applied(families.fee()), "parameters")

    assert [
        ("Plancher de ressources", "814,62 €", "remplace les ressources du mois plus basses"),
        ("Plafond de ressources", "8 500,00 €", "remplace les ressources du mois plus hautes"),
        ("Taux", "0,0516 %", "multiplie les ressources retenues"),
        ("Arrondi", "au centime le plus proche", "fixe le centime"),
        (
            "Moment de l'arrondi",
            "à l'heure",
            "dit si l'heure ou le mois est arrondi d'abord",
        ),
    ] == [row[:3] for row in rows]
    assert all(source for *_, source in rows)


def test_operations_can_be_done_again_by_hand() -> None:
    """Each with what is done, its figures and its result."""
    rows = _rows(rules_applied(families.fee()), "operations")

    assert (
        "Prix d'une heure, exact",
        "ressources retenues × taux ÷ 100",
        "ressources retenues : 4 000,00 € ; taux : 0,0516 %",
        "2,064 €",
    ) in rows
    assert [
        ("Ressources du mois", "4 000,00 €"),
        ("Ressources retenues", "4 000,00 €"),
        ("Taux", "0,0516 %"),
        ("Prix d'une heure, exact", "2,064 €"),
        ("Prix d'une heure", "2,06 €"),
        ("Heures du mois", "138"),
        ("Montant du mois", "284,28 €"),
    ] == [(row[0], row[3]) for row in rows]


@pytest.mark.parametrize("kind", ["fee", "bands", "no_fee", "aid_refused"])
def test_health_data_that_did_not_count_is_not_told(kind: str) -> None:
    """Not even the rule: it would say who has no such child."""
    content: dict[str, Any] = getattr(families, kind)()
    told = str(as_json(rules_applied(content)))

    assert "AEEH" not in told
    assert not any(part in told for part in families.PROOF.values())


def test_health_data_that_counted_is_told() -> None:
    """Datum, rule and operation."""
    paper = rules_applied(families.disability())

    assert "Enfants qui ont droit à l'AEEH" in [row[0] for row in _rows(paper, "data")]
    assert "Enfant qui a droit à l'AEEH" in [row[0] for row in _rows(paper, "parameters")]
    assert "Taux après AEEH" in [row[0] for row in _rows(paper, "operations")]


def test_a_decision_without_a_computation_says_so() -> None:
    """No data, no parameter, no amount: each item is answered all the same."""
    told = {one.text for one in sentences_of(rules_applied(families.no_fee()))}

    assert {
        "Aucune donnée chiffrée n'a été traitée.",
        "Aucun paramètre de barème n'a été appliqué.",
        "Aucun montant n'a été calculé.",
    } <= told


def test_the_public_page_has_each_scheme() -> None:
    """Purpose, method, data, a person's part, the tariff, its ground; and nobody's data."""
    psu = load_national_scale().in_force(families.SINCE)
    aid = load_shipped_scale("hauts-de-seine-bebedom").in_force(families.SINCE)
    schemes = [
        SchemeInForce("Crèches", SchemeKind.FEE, automatic=True, tariff=psu),
        SchemeInForce("Bébé à la maison", SchemeKind.AID, automatic=False, tariff=aid),
        SchemeInForce("Ancien", SchemeKind.FEE, automatic=False, tariff=None),
    ]
    paper = rules_in_force(families.AUTHORITY, schemes, families.SINCE)
    told = [_plain(one.text) for one in sentences_of(paper)]

    assert ["Crèches", "Bébé à la maison", "Ancien", "Vos droits"] == [
        part.title for part in paper.sections
    ]
    assert {
        "Le traitement sert à calculer ce que vous payez.",
        "Le traitement sert à décider d'une aide et calculer son montant.",
        "Une personne valide chaque décision.",
        "Les ressources et les enfants à charge viennent de la CAF ou de la MSA.",
        "En vigueur depuis le 1er janvier 2026.",
        "Fondement : circulaire Cnaf 2019-005.",
        "Aucun barème n'est en vigueur aujourd'hui pour ce dispositif.",
        "Les ressources du foyer ne sont pas connues.",
    } <= set(told)
    assert ("De 0 € à 800 €", "220 € par mois") in [
        row[:2] for row in _rows(paper, "hauts-de-seine-bebedom")
    ]
    assert () == paper.recipient


def test_conditions_of_an_aid_are_public_rules() -> None:
    """An aid's page says who may have it."""
    aid = load_shipped_scale("hauts-de-seine-bebedom").in_force(families.SINCE)
    scheme = SchemeInForce("Bébé à la maison", SchemeKind.AID, automatic=False, tariff=aid)
    paper = rules_in_force(families.AUTHORITY, [scheme], families.SINCE)
    conditions = [row[1] for row in _rows(paper, aid.id) if row[0] == "Condition"]

    assert [
        "habiter sur le territoire",
        "la famille perçoit le complément de libre choix du mode de garde (Paje)",
        "un enfant de moins de trois ans est gardé au moins 20 heures par semaine",
    ] == conditions
