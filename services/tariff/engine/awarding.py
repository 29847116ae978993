"""Awarding: whether an aid is paid, and how much. A condition nobody checked goes to an agent."""

from fractions import Fraction

from services.tariff.engine.fee import Operation
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.measuring import measure
from services.tariff.engine.methods import in_bands
from services.tariff.engine.trace import Trace
from services.tariff.language.local import AwardTariff
from services.tariff.language.methods import (
    ChildrenCondition,
    Condition,
    DisabledChildCondition,
    GrantedCondition,
    ResidentCondition,
)
from services.tariff.language.policies import Ground, Policy
from shared.decisions import Verdict


def amount_of(
    situation: LocalSituation, tariff: AwardTariff, trace: Trace
) -> Fraction | Policy | Ground:
    """The amount of the aid in euros, the ground of its refusal, or what an agent looks at."""
    for condition in tariff.award.conditions:
        found = _unmet(condition, situation)
        trace.applied(f"condition_{condition.kind}", _wanted(condition), condition)
        trace.add(_judged(condition, found))
        if found is not None:
            return found
    measured = measure(situation, tariff, trace)
    if isinstance(measured, Policy):
        return measured
    trace.applied("award", tariff.award.bounds.value, tariff.award)
    amount = in_bands(measured, tariff.award.grid, tariff.award.bounds, trace)
    return Ground.OUTSIDE_BANDS if amount == 0 else amount


def _unmet(condition: Condition, situation: LocalSituation) -> Policy | Ground | None:
    match condition:
        case ResidentCondition():
            return {
                Verdict.YES: None,
                Verdict.NO: Ground.NOT_RESIDENT,
                Verdict.UNKNOWN: Policy.RESIDENCE_UNKNOWN,
            }[situation.resident]
        case ChildrenCondition(at_least=at_least):
            return _at_least(situation.children, at_least, Ground.TOO_FEW_CHILDREN)
        case DisabledChildCondition():
            return _at_least(situation.aeeh_children, 1, Ground.NO_DISABLED_CHILD)
        case GrantedCondition(name=name):
            if name in situation.granted:
                return None
            denied = name in situation.denied
            return Ground.CONDITION_UNMET if denied else Policy.CONDITION_UNCHECKED


def _at_least(count: int | None, wanted: int, ground: Ground) -> Policy | Ground | None:
    if count is None:
        return Policy.CHILDREN_UNKNOWN
    return ground if count < wanted else None


def _judged(condition: Condition, found: Policy | Ground | None) -> Operation:
    verdict = Verdict.NO if isinstance(found, Ground) else Verdict.UNKNOWN
    if found is None:
        verdict = Verdict.YES
    inputs = {"condition": condition.kind, "wanted": _wanted(condition)}
    return Operation("condition", "is the condition met", inputs, verdict.value)


def _wanted(condition: Condition) -> str:
    match condition:
        case ChildrenCondition(at_least=at_least):
            return str(at_least)
        case GrantedCondition(label=label):
            return label
        case _:
            return condition.kind
