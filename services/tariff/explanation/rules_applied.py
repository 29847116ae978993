"""The four items that anybody may ask of a decision that an algorithm made (CRPA R. 311-3-1-2).

Degree and mode of contribution; data processed and their sources; parameters and their weighting,
applied to the person; operations carried out. From what was sealed only. Pure.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.tariff.explanation.content import Record, Told, read_content
from services.tariff.explanation.inputs import data_used
from services.tariff.explanation.paper import (
    Block,
    Fact,
    Paper,
    PaperKind,
    Section,
    Steps,
    paragraph,
    said,
    table,
)
from services.tariff.explanation.paper import section as titled
from services.tariff.explanation.parameters import parameter_rows
from services.tariff.explanation.people import address_lines, full_name, sender_lines
from services.tariff.explanation.sections import computation
from services.tariff.explanation.sections.algorithm import mode_sentence
from services.tariff.explanation.steps import operation_row
from services.tariff.explanation.typography import day, typeset
from shared.decisions import DecisionMode
from shared.paris import day_in_paris

_SHARES: Mapping[DecisionMode, str] = MappingProxyType(
    {
        DecisionMode.AUTOMATIC: "Degré : le traitement a fait seul tout le calcul.",
        DecisionMode.VALIDATED: "Degré : le traitement a fait tout le calcul, et une personne a "
        "décidé de le suivre.",
        DecisionMode.BY_AGENT: "Degré : le traitement a rassemblé les données, et une personne a "
        "décidé.",
    }
)


def rules_applied(content: Mapping[str, Any]) -> Paper:
    """The document that answers a request under R. 311-3-1-2.

    Raises:
        NoEnvelopeError: the decision was sealed without what a letter says.
    """
    told = read_content(content)
    decision = told.decision
    return Paper(
        kind=PaperKind.RULES_APPLIED,
        title=typeset(f"Les règles appliquées à votre dossier {decision.reference}"),
        dated=day_in_paris(decision.decided_at),
        sender=sender_lines(decision.authority),
        recipient=(
            full_name(decision.family.applicant),
            *address_lines(decision.family.address),
        ),
        facts=tuple(Fact(label, typeset(value)) for label, value in _facts(told) if value),
        sections=(_contribution(told), _data(told), _parameters(told), _operations(told)),
    )


def _facts(told: Told) -> tuple[tuple[str, str], ...]:
    decision, record = told.decision, told.record or {}
    tariff = record.get("tariff", {})
    version = f"« {tariff['id']} », version {tariff['version']}" if tariff else ""
    return (
        ("Enfant", told.child),
        ("Dispositif", decision.scheme.name),
        ("Décision prise le", day(day_in_paris(decision.decided_at))),
        ("Barème", version),
        ("Empreinte du barème", str(tariff.get("digest", ""))),
        ("Fondement", str(tariff.get("legal_basis", ""))),
        ("Version du calcul", str(record.get("engine", ""))),
        ("Texte", "article R. 311-3-1-2 du code des relations entre le public et l'administration"),
    )


def _contribution(told: Told) -> Section:
    return titled(
        "contribution",
        "1. Le degré et le mode de contribution du traitement",
        paragraph(
            said("contribution.degree", _SHARES[told.decision.mode]),
            mode_sentence(told.decision.mode),
        ),
    )


def _data(told: Told) -> Section:
    rows = () if told.record is None else tuple(one.row for one in data_used(told.record))
    return titled(
        "data",
        "2. Les données traitées et leurs sources",
        table("data", "Données", ("Donnée", "Valeur", "Source", "Reçue le"), rows),
        *_none(told.record, "Aucune donnée chiffrée n'a été traitée."),
    )


def _parameters(told: Told) -> Section:
    rows = () if told.record is None else parameter_rows(told.record)
    head = ("Paramètre", "Valeur appliquée", "Poids dans le calcul", "Source")
    return titled(
        "parameters",
        "3. Les paramètres et leur pondération, appliqués à votre situation",
        table("parameters", "Paramètres", head, rows),
        *_none(told.record, "Aucun paramètre de barème n'a été appliqué."),
    )


def _operations(told: Told) -> Section:
    record = told.record
    rows = () if record is None else tuple(map(operation_row, _shown(record)))
    head = ("Étape", "Opération", "Chiffres", "Résultat")
    return titled(
        "operations",
        "4. Les opérations effectuées par le traitement",
        table("operations", "Opérations, dans l'ordre", head, rows),
        *(block for block in computation.blocks(told) if not isinstance(block, Steps)),
    )


def _shown(record: Record) -> tuple[Mapping[str, Any], ...]:
    operations: tuple[Mapping[str, Any], ...] = tuple(record["operations"])
    return operations


def _none(record: Record | None, text: str) -> tuple[Block, ...]:
    return () if record is not None else (paragraph(said("rules.none", text)),)
