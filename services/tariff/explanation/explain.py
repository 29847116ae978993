"""`explain`: how an amount was computed, in plain French, from the record of the decision only.

It says the operations and the sources that a family may ask for (CRPA L.311-3-1, R.311-3-1-2); it
is not the letter, which adds signatory, appeals and data protection.
"""

from services.tariff.explanation.content import Record
from services.tariff.explanation.local_steps import local_steps
from services.tariff.explanation.paper import Sentence
from services.tariff.explanation.psu_steps import psu_steps
from services.tariff.explanation.typography import typeset

_PSU = "psu"
_MENTION = (
    "Ce calcul est fait par un traitement automatisé. Vous pouvez demander quelles règles il suit "
    "et comment elles ont été appliquées à votre dossier (article L. 311-3-1 du code des relations "
    "entre le public et l'administration)."
)


def explain(record: Record) -> tuple[str, ...]:
    """The sentences that explain a decision to the family, in the order of the computation."""
    return (*(step.text for step in steps(record)), typeset(_MENTION))


def steps(record: Record) -> tuple[Sentence, ...]:
    """What `explain` says of the computation, each sentence with its name."""
    if record["tariff"].get("method", _PSU) == _PSU:
        return psu_steps(record)
    return local_steps(record)
