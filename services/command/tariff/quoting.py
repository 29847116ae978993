"""`berceau tariff quote`: what a tariff gives for one case, for checking a figure."""

import json
import textwrap
from datetime import date
from typing import Any

import typer

from services.command.tariff.case import Case, local_situation, not_given, psu_situation
from services.tariff.engine.decide import ENGINE_VERSION, decide
from services.tariff.engine.fee import Fee, LocalFee, NoFee, NotAwarded, Outcome
from services.tariff.engine.household import LocalSituation
from services.tariff.engine.record import Declared, DeclaredSource, decision_record
from services.tariff.engine.situation import Situation
from services.tariff.explanation.explain import explain
from services.tariff.explanation.prices import one_of
from services.tariff.explanation.typography import typeset
from services.tariff.language.local import AwardTariff, LocalTariff
from services.tariff.language.policies import GROUNDS, SENTENCES
from services.tariff.language.psu import PsuTariff
from services.tariff.language.tariff import Tariff
from services.tariff.language.words import Stage
from shared.errors import TariffError
from shared.money import Money, Rounding

_WIDTH = 88
_ASKED = Declared(DeclaredSource.COMMAND_LINE)


def quoted(
    case: Case,
    tariff: Tariff,
    on: date,
    *,
    rounding: Rounding | None,
    stage: Stage | None,
    as_json: bool,
) -> str:
    """The quote of a case, as sentences or as a line of JSON.

    Raises:
        BadParameter: the case lacks an option, or has one too many.
    """
    situation = _situation(case, tariff, on)
    try:
        outcome: Outcome = decide(situation, tariff, on, rounding=rounding, stage=stage)
    except TariffError as error:
        raise typer.BadParameter(str(error), param_hint="--on") from None
    if as_json:
        return json.dumps(_plain(outcome, tariff, on), ensure_ascii=False)
    return "\n".join(_lines(case, situation, outcome, tariff, on))


def _situation(case: Case, tariff: Tariff, on: date) -> Situation | LocalSituation:
    match tariff:
        case PsuTariff():
            return psu_situation(case, tariff)
        case LocalTariff():
            return local_situation(case, tariff, on)
    raise TypeError(f"{tariff.method} has no situation")


def _plain(outcome: Outcome, tariff: Tariff, on: date) -> dict[str, Any]:
    """The outcome for a program: cents are integers."""
    rule = tariff.rounding
    mode, stage = rule.mode, rule.stage
    if isinstance(outcome, Fee | LocalFee):
        mode, stage = outcome.rounding, outcome.stage
    return {
        **_figures(outcome),
        "operations": [operation.as_json() for operation in outcome.operations],
        "on": on.isoformat(),
        "scale": {"id": tariff.id, "version": tariff.version, "digest": tariff.digest},
        "rounding": {"mode": mode.value, "stage": stage.value},
        "engine": ENGINE_VERSION,
    }


def _figures(outcome: Outcome) -> dict[str, Any]:
    match outcome:
        case Fee():
            figures: dict[str, Any] = {"hourly_cents": outcome.hourly.cents}
        case LocalFee():
            figures = {"unit": outcome.unit.value, "price_cents": outcome.price.cents}
        case NoFee(reason=reason):
            return {"no_fee": {"reason": reason.value, "sentence": SENTENCES[reason]}}
        case NotAwarded(ground=ground):
            return {"not_awarded": {"ground": ground.value, "sentence": GROUNDS[ground]}}
    figures["monthly_cents"] = None if outcome.monthly is None else outcome.monthly.cents
    if outcome.lines:
        figures["lines"] = [line.as_json() for line in outcome.lines]
    if outcome.provisional is not None:
        figures["provisional"] = str(outcome.provisional)
    return figures


def _lines(
    case: Case,
    situation: Situation | LocalSituation,
    outcome: Outcome,
    tariff: Tariff,
    on: date,
) -> list[str]:
    record = decision_record(
        situation, outcome, tariff=tariff, on=on, evidence=_ASKED, application=_ASKED
    )
    told = [f"Simulation au {on:%d/%m/%Y}, sans valeur de décision.", "", *_answer(outcome, tariff)]
    if isinstance(outcome, NoFee) and isinstance(tariff, LocalTariff):
        lacking = not_given(case, tariff)
        told += [typeset(f"Options que ce barème utilise aussi : {', '.join(lacking)}.")] * bool(
            lacking
        )
    return [*told, "", *(textwrap.fill(sentence, _WIDTH) for sentence in explain(record))]


def _answer(outcome: Outcome, tariff: Tariff) -> list[str]:
    match outcome:
        case NoFee(reason=reason):
            return _wrapped(f"Aucun prix : un agent examine le dossier. {SENTENCES[reason]}")
        case NotAwarded(ground=ground):
            return _wrapped(f"Aucune aide. {GROUNDS[ground]}")
        case Fee() | LocalFee():
            return list(_priced(outcome, tariff))


def _priced(fee: Fee | LocalFee, tariff: Tariff) -> list[str]:
    name = "Prix d'une heure"
    if isinstance(fee, LocalFee):
        word = "Aide" if isinstance(tariff, AwardTariff) else "Prix"
        name = f"{word} pour {one_of(fee.unit.value)}"
    rows = [(name, fee.price)]
    if len(fee.lines) > 1:
        rows += [(f"  dont {line.label}", line.amount) for line in fee.lines]
    if fee.monthly is not None:
        rows.append(("Montant du mois", fee.monthly))
    told = _columns(rows)
    if fee.provisional is not None:
        told.append("  Prix provisoire : les données du foyer manquent.")
    return told


def _columns(rows: list[tuple[str, Money]]) -> list[str]:
    width = max(len(name) for name, _ in rows)
    return [f"  {name:<{width}}   {money.in_french}" for name, money in rows]


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(typeset(sentence), _WIDTH)
