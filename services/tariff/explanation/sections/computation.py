"""How the answer was reached: the conditions that were checked, then the computation."""

from collections.abc import Mapping

from services.tariff.explanation.content import Told
from services.tariff.explanation.explain import steps
from services.tariff.explanation.grounds import check_words
from services.tariff.explanation.paper import Block, Paragraph, Steps, Table, said, table
from shared.decisions import Verdict

_VERDICTS: Mapping[Verdict, str] = {
    Verdict.YES: "Remplie",
    Verdict.NO: "Non remplie",
    Verdict.UNKNOWN: "À vérifier par un agent",
}


def blocks(told: Told) -> tuple[Block, ...]:
    """The conditions that were checked, and the computation step by step."""
    return _checks(told), *_computed(told)


def _computed(told: Told) -> tuple[Block, ...]:
    if told.record is None or not told.record["operations"]:
        none = said("computation.none", "Aucun montant n'a été calculé.")
        return (Paragraph((none,)),)
    return (Steps(steps(told.record)),)


def _checks(told: Told) -> Table:
    rows = tuple(
        (check_words(one.check), _VERDICTS[one.verdict], one.evidence)
        for one in told.decision.admissibility
    )
    head = ("Condition", "Résultat", "Ce que nous avons vu")
    return table("checks", "Les conditions que nous avons vérifiées", head, rows)
