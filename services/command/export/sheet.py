"""The sheet of exported decisions, as French spreadsheets open it. Pure.

Semicolons between cells, a comma in amounts, days as AAAA-MM-JJ, French words.
docs/reference/exports.md has a row for each column.
"""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from types import MappingProxyType

from services.command.spreadsheet import french_euros, text_cell
from services.tariff.explanation.prices import one_of
from shared.application import Fund
from shared.decisions import DecisionKind
from shared.exporting import ExportedDecision

HEADS: Mapping[str, str] = MappingProxyType(
    {
        "reference": "dossier",
        "structure": "etablissement",
        "structure_name": "nom_etablissement",
        "scheme": "dispositif",
        "version": "version",
        "kind": "decision",
        "in_force": "en_vigueur",
        "valid_from": "du",
        "valid_to": "au",
        "unit": "unite",
        "price_cents": "prix",
        "monthly_cents": "montant_mensuel",
        "fund": "caisse",
        "tariff_id": "bareme",
        "tariff_version": "version_bareme",
        "decided_on": "decide_le",
        "difference_cents": "regularisation",
        "difference_months": "mois_regularises",
    }
)
"""The column of each field, in order."""

WORDS: Mapping[Enum, str] = MappingProxyType(
    {
        DecisionKind.FEE: "tarif",
        DecisionKind.PROVISIONAL: "tarif provisoire",
        DecisionKind.NO_FEE: "pas de tarif",
        DecisionKind.AWARDED: "aide accordée",
        DecisionKind.NOT_AWARDED: "aide refusée",
        Fund.CAF: "CAF",
        Fund.MSA: "MSA",
        Fund.OTHER: "autre",
    }
)


def cells(line: ExportedDecision) -> list[str]:
    """The cells of a line, in the order of `HEADS`."""
    return [_cell(name, getattr(line, name)) for name in HEADS]


def _cell(name: str, value: object) -> str:
    match value:
        case None:
            return ""
        case Enum():
            return WORDS[value]
        case bool():
            return "oui" if value else "non"
        case int():
            return french_euros(value) if name.endswith("_cents") else str(value)
        case date():
            return value.isoformat()
        case _:
            return text_cell(_noun(str(value)) if name == "unit" else str(value))


def _noun(unit: str) -> str:
    """A unit without its article: `heure`."""
    article, _, noun = one_of(unit).partition(" ")
    return noun or article
