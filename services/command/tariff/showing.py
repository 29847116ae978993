"""`berceau tariff show`: a tariff as a person reads it, rule by rule, each with its source."""

import json
import textwrap
from collections.abc import Iterator

from services.tariff.explanation.tariff_rules import rules_table
from services.tariff.explanation.typography import day, typeset
from services.tariff.language.policies import SENTENCES, Policy
from services.tariff.language.tariff import Tariff

_WIDTH = 100
_INDENT = "    "


def shown(tariff: Tariff, *, as_json: bool) -> str:
    """The whole tariff, for a person or for a program."""
    if as_json:
        return json.dumps(tariff.content | {"digest": tariff.digest}, ensure_ascii=False)
    return "\n".join([*_head(tariff), "", *_rules(tariff), "", *_for_an_agent(tariff)])


def _head(tariff: Tariff) -> Iterator[str]:
    until = f"depuis le {day(tariff.valid_from)}"
    if tariff.valid_to is not None:
        until = f"du {day(tariff.valid_from)} au {day(tariff.valid_to)}"
    yield typeset(tariff.title)
    yield typeset(f"  Barème « {tariff.id} », version {tariff.version}, en vigueur {until}.")
    yield typeset(
        f"  Collectivité : {tariff.authority}. À relire avant le {day(tariff.review_by)}."
    )
    yield from _wrapped(f"Fondement : {tariff.legal_basis}.", "  ")
    yield typeset(f"  Empreinte : {tariff.digest}")


def _rules(tariff: Tariff) -> Iterator[str]:
    """Each rule and its value; a source is told once, after the rules that it is for."""
    rows = rules_table(tariff).rows
    for n, (rule, value, source) in enumerate(rows):
        yield from _wrapped(f"{rule} : {value}", "  ")
        last = n + 1 == len(rows) or rows[n + 1][2] != source
        if last:
            yield from _wrapped(f"(source : {source})", _INDENT)


def _for_an_agent(tariff: Tariff) -> Iterator[str]:
    yield typeset("Ce qui envoie une demande à un agent :")
    for policy in Policy:
        if policy in tariff.for_an_agent:
            yield from _wrapped(f"- {SENTENCES[policy]} ({policy.value})", "  ")


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        typeset(text), _WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  "
    )
