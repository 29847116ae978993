"""What was used, where it came from, and when."""

from services.tariff.explanation.content import Told
from services.tariff.explanation.inputs import data_used
from services.tariff.explanation.paper import (
    Block,
    Paragraph,
    Sentence,
    paragraph,
    said,
    table,
)

_HEAD = ("Donnée", "Valeur", "Origine", "Reçue le")


def blocks(told: Told) -> tuple[Block, ...]:
    """The data of one computation, each with its origin and its day."""
    if told.record is None:
        return (paragraph(_without_record(told)),)
    data = data_used(told.record)
    rows = tuple(datum.row for datum in data)
    return (
        table("data", "Les données et leur origine", _HEAD, rows),
        _exchanged(any(datum.certified for datum in data)),
    )


def _without_record(told: Told) -> Sentence:
    if told.decision.admissibility:
        return said("data.checks", "Ce sont celles que cite chaque condition vérifiée.")
    return said("data.none", "Aucune donnée chiffrée n'a été utilisée.")


def _exchanged(certified: bool) -> Paragraph:  # noqa: FBT001 - the only argument
    if not certified:
        return Paragraph(())
    return paragraph(
        said(
            "data.exchanged",
            "Nous avons demandé les données certifiées à l'administration qui les détient : vous "
            "n'avez pas eu à fournir de papier (article L. 114-8 du CRPA).",
        )
    )
