"""`letter`: a decision told to the family, from what was sealed of it only. Pure.

The answer first, then how it was reached, what was used, what to do, and what the law has told to
whoever receives a decision. Several children of one household decided together are one letter.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from services.tariff.explanation.content import Told, read_content
from services.tariff.explanation.household import require_one_household
from services.tariff.explanation.lacks import lacks_of
from services.tariff.explanation.paper import (
    Block,
    Fact,
    Paper,
    PaperKind,
    Section,
    Subheading,
)
from services.tariff.explanation.paper import section as titled
from services.tariff.explanation.people import (
    address_lines,
    author_lines,
    full_name,
    listed,
    sender_lines,
)
from services.tariff.explanation.sections import (
    algorithm,
    answer,
    appeal,
    change,
    computation,
    data,
    laws,
    privacy,
    remedy,
)
from services.tariff.explanation.typography import day, typeset
from shared.decisions import DecisionKind
from shared.paris import day_in_paris

_TITLES: Mapping[DecisionKind, str] = {
    DecisionKind.FEE: "Votre tarif",
    DecisionKind.PROVISIONAL: "Votre tarif provisoire",
    DecisionKind.NO_FEE: "Votre demande de tarif",
    DecisionKind.AWARDED: "Votre aide",
    DecisionKind.NOT_AWARDED: "Votre demande d'aide",
}
_UNSIGNED = (
    "Notifiée par un téléservice, cette décision se passe de signature (article L. 212-2 du CRPA)."
)


def letter(content: Mapping[str, Any]) -> Paper:
    """The letter of one decision.

    Raises:
        NoEnvelopeError: the decision was sealed without what a letter says.
    """
    return household_letter([content])


def household_letter(contents: Sequence[Mapping[str, Any]]) -> Paper:
    """The one letter of decisions about one household's children, in the order given.

    Raises:
        NoEnvelopeError: a decision was sealed without what a letter says.
        NotOneHouseholdError: they are not of one applicant and one authority.
    """
    return letter_of([read_content(content) for content in contents])


def letter_of(tolds: Sequence[Told]) -> Paper:
    """The one letter of decisions that were read already.

    Raises:
        NotOneHouseholdError: they are not of one applicant and one authority.
    """
    require_one_household(tolds)
    latest = max((told.decision for told in tolds), key=lambda decision: decision.decided_at)
    return Paper(
        kind=PaperKind.LETTER,
        title=typeset(_title(tolds)),
        dated=day_in_paris(latest.decided_at),
        sender=sender_lines(latest.authority),
        recipient=(full_name(latest.family.applicant), *address_lines(latest.family.address)),
        facts=tuple(_facts(tolds)),
        sections=tuple(part for part in _sections(tolds) if part.blocks),
        closing=() if latest.author is None else (*author_lines(latest.author), typeset(_UNSIGNED)),
        lacks=lacks_of(latest),
    )


def _title(tolds: Sequence[Told]) -> str:
    titles = tuple(dict.fromkeys(_title_of(told) for told in tolds))
    names = listed([told.child for told in tolds])
    return f"{titles[0] if len(titles) == 1 else 'Nos décisions'} pour {names}"


def _title_of(told: Told) -> str:
    title = _TITLES[told.decision.kind]
    if told.decision.before is None or told.decision.kind is not DecisionKind.FEE:
        return title
    return "Votre nouveau tarif"


def _facts(tolds: Sequence[Told]) -> Iterable[Fact]:
    decisions = [told.decision for told in tolds]
    several = (
        ("Dossier", (one.reference for one in decisions)),
        ("Enfant", (_child(told) for told in tolds)),
        ("Dispositif", (one.scheme.name for one in decisions)),
        ("Établissement", (one.structure for one in decisions)),
        ("Demande reçue le", (day(day_in_paris(one.received_at)) for one in decisions)),
        ("Décision prise le", (day(day_in_paris(one.decided_at)) for one in decisions)),
    )
    for label, values in several:
        told = dict.fromkeys(value for value in values if value)
        if told:
            yield Fact(label, typeset(" ; ".join(told)))


def _child(told: Told) -> str:
    child = told.decision.family.child
    return f"{told.child} {child.birth_name.upper()}, naissance le {day(child.birth)}"


def _sections(tolds: Sequence[Told]) -> tuple[Section, ...]:
    first = tolds[0]
    return (
        answer.section(tolds, _each(answer.blocks, tolds)),
        titled("change", "Ce qui change", *_each(change.blocks, tolds)),
        titled("computation", "Comment nous avons décidé", *_each(computation.blocks, tolds)),
        titled("data", "Les données utilisées", *_each(data.blocks, tolds)),
        remedy.section(tolds),
        appeal.section(first),
        algorithm.section(tolds),
        privacy.section(tolds),
        laws.section(),
    )


def _each(blocks_of: Callable[[Told], Iterable[Block]], tolds: Sequence[Told]) -> tuple[Block, ...]:
    """The blocks of one decision, or those of each under its child's name; the same, once."""
    if len(tolds) == 1:
        return tuple(blocks_of(tolds[0]))
    children: dict[tuple[Block, ...], list[str]] = {}
    for one in tolds:
        children.setdefault(tuple(blocks_of(one)), []).append(one.child)
    return tuple(
        block
        for blocks, names in children.items()
        if blocks
        for block in (Subheading(listed(names)), *blocks)
    )
