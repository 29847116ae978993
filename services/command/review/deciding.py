"""Deciding: an agent sets what a machine could not, from papers, or says that nothing can be set.

The same engine computes, with the agent's figures in the place of certified ones; the decision says
that a person decided. Of an application that is decided already, a later version is made: nothing
is rewritten.
"""

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.command.review.figures import Figures, facts_of
from services.command.review.office import Office
from services.command.review.opening import Opened, Opener
from services.command.review.outcomes import Outcome, Why, already, refuse, unsettled
from services.command.review.words import KINDS
from services.tariff.content import content_of
from services.tariff.engine.decide import ENGINE_VERSION
from services.tariff.engine.record import Declared, DeclaredSource
from services.tariff.language.scale import Scale
from services.tariff.pricing import Case, Doubtful, Priced
from services.tariff.settling import Settled, Unchanged, settle, versioned
from services.tariff.shelf import Shelf
from services.tariff.versions import first_of_next_month
from shared.application import IdentityAssurance
from shared.canonical import canonical_json
from shared.decisions import Change, DecisionKind, DecisionMode
from shared.errors import TariffError
from shared.protocol.recording import Decided
from shared.protocol.reviewing.acting import Act, NoAct, act_on
from shared.protocol.reviewing.holding import InHand
from shared.review_acts import DecidedOn, ReviewAct
from shared.sentences import SENTENCES
from shared.signing import Author
from shared.states import Reason, Status

_THROUGH = {
    Status.TO_REVIEW: (Status.DECIDED,),
    Status.PROPOSED: (Status.DECIDED,),
    Status.DECIDED: (Status.TO_REVIEW, Status.DECIDED),
}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Choice:
    """What an agent decides: figures to price by, or why nothing is set (`no_fee`).

    `starts` is the day from which it holds, of a version that is not the first.
    """

    figures: Figures | None = None
    no_fee: str | None = None
    ground: DecidedOn
    starts: date | None = None
    identity_checked: bool = False
    agent: Author | None = None


def decide(office: Office, id_: UUID, choice: Choice) -> dict[UUID, Outcome]:
    """Decide; what came of it."""
    return act_on(office.engine, [id_], _Deciding(office, choice).judge, actor=office.actor)


class _Deciding:
    """Judges an application under its lock."""

    def __init__(self, office: Office, choice: Choice) -> None:
        self._office = office
        self._choice = choice
        self._opener = Opener(office)
        self._shelf = Shelf(office.engine)

    def judge(self, one: InHand) -> Act[Outcome] | NoAct[Outcome]:
        if one.status is Status.DECIDED and self._choice.starts is None:
            by_agent = one.last_act is not None and one.last_act.act == ReviewAct.DECIDED
            return already(one, "il était déjà décidé") if by_agent else refuse(one, Why.DECIDED)
        why = None if one.status is Status.DECIDED else unsettled(one)
        opened = why or self._opener.open(one)
        if isinstance(opened, Why):
            return refuse(one, opened)
        declared = opened.application.identity_assurance is IdentityAssurance.DECLARED
        if declared and not self._choice.identity_checked:
            return refuse(one, Why.IDENTITY)
        author = self._choice.agent or opened.terms.author(self._office.today)
        return self._decided(opened, author) if author else refuse(one, Why.NO_AUTHOR)

    def _decided(self, opened: Opened, author: Author) -> Act[Outcome] | NoAct[Outcome]:
        one = opened.hand
        try:
            settled = self._settled(opened, self._shelf.scale(opened.terms.tariff))
        except TariffError:
            settled = Doubtful(Reason.TARIFF_MISSING)
        match settled:
            case Doubtful(reason):
                said = f"ces chiffres ne suffisent pas : {_agent_sentence(reason)}"
                return NoAct(Outcome(one.reference, said, refused=True))
            case Unchanged():
                return self._unchanged(opened)
            case Settled():
                return self._act(opened, settled, author)

    def _settled(self, opened: Opened, scale: Scale) -> Settled | Unchanged | Doubtful:
        if self._choice.figures is None:
            return self._nothing_set(opened, scale)
        facts = facts_of(self._choice.figures, opened.terms.told.profile, self._office.now)
        if facts is None:
            return Doubtful(Reason.EVIDENCE_UNFIT)
        case = Case(
            application=opened.application,
            facts=facts,
            terms=opened.terms,
            scale=scale,
            received_at=opened.hand.received_at,
            papers=Declared(DeclaredSource.AGENT, self._office.now),
        )
        return settle(case, opened.history(self._office, asked=self._asked(opened)))

    def _asked(self, opened: Opened) -> date | None:
        return self._choice.starts or opened.hand.effective_on

    def _nothing_set(self, opened: Opened, scale: Scale) -> Settled | Unchanged:
        """No figure, hence nothing computed: the ground alone, under the tariff of the day."""
        asked = self._asked(opened)
        later = first_of_next_month(self._office.today)
        on = asked or (later if opened.past else opened.application.care.start)
        aid = opened.terms.is_aid
        priced = Priced(
            on=on,
            kind=DecisionKind.NOT_AWARDED if aid else DecisionKind.NO_FEE,
            tariff=scale.in_force(on),
            record=None,
            checks=(),
            waits_for=None,
            ground=self._choice.no_fee,
        )
        if not opened.past:
            return Settled(priced=priced)
        history = opened.history(self._office, asked=asked)
        return versioned(priced, history, ends=opened.application.care.end)

    def _unchanged(self, opened: Opened) -> Act[Outcome] | NoAct[Outcome]:
        """What holds already stays; an application that waited waits no more."""
        one, said = opened.hand, "rien ne change : la décision en vigueur reste"
        if one.status is Status.DECIDED:
            return NoAct(Outcome(one.reference, said))
        return Act(
            what=ReviewAct.DECIDED,
            through=_THROUGH[one.status],
            reason=Reason.NOTHING_CHANGED,
            ground=self._choice.ground,
            told=Outcome(one.reference, said),
        )

    def _act(self, opened: Opened, settled: Settled, author: Author) -> Act[Outcome]:
        one, priced = opened.hand, settled.priced
        content = content_of(
            settled, opened.around(self._office, author), mode=DecisionMode.BY_AGENT
        )
        sealed = opened.key.seal(self._signed(content), place=opened.decision_place)
        again = () if settled.again_on is None else (Status.VERIFIED,)
        return Act(
            what=ReviewAct.DECIDED,
            through=(*_THROUGH[one.status], *again),
            decided=_recorded(opened, settled, sealed),
            effective_on=settled.again_on,
            ground=self._choice.ground,
            told=Outcome(one.reference, f"{KINDS[priced.kind]}, à partir du {priced.on:%d/%m/%Y}"),
        )

    def _signed(self, content: bytes) -> bytes:
        """The content, with whose hand decided."""
        said = json.loads(content)
        said["decision"]["validated_by"] = self._office.actor
        return canonical_json(said)


def _agent_sentence(reason: Reason) -> str:
    return SENTENCES[reason].agent.rstrip(".")


def _recorded(opened: Opened, settled: Settled, sealed: bytes) -> Decided:
    tariff = settled.priced.tariff
    return Decided(
        valid_from=settled.priced.on,
        proposed=False,
        tariff_id=tariff.id,
        tariff_version=tariff.version,
        tariff_digest=tariff.digest,
        engine_version=ENGINE_VERSION,
        sealed=sealed,
        kind=settled.priced.kind,
        mode=DecisionMode.BY_AGENT,
        because=tuple(dict.fromkeys(map(_without_health, settled.because))),
        campaign_id=opened.hand.campaign_id,
    )


def _without_health(change: Change) -> Change:
    """Outside of the seal, a change of the AEEH is one of the children."""
    return Change.CHILDREN if change is Change.DISABILITY else change
