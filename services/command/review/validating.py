"""Validating: an agent says yes to what was proposed, and it binds from then on.

What was computed is sealed anew, as it was, with who decided and when. A proposal that was
replaced, or whose tariff was corrected, is refused by name; so is one that would count against the
family in a month that has begun, unless the agent gives a ground.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.command.review.office import Office
from services.command.review.opening import Opened, Opener
from services.command.review.outcomes import Outcome, Why, already, refuse, unsettled
from services.tariff.content import contract_terms
from services.tariff.versions import Decided as Came
from services.tariff.versions import difference, first_of_next_month, in_favour
from shared.application import IdentityAssurance
from shared.canonical import canonical_json
from shared.decisions import Change, DecisionKind, DecisionMode, Envelope, FamilyTold
from shared.protocol.recording import Decided
from shared.protocol.reviewing.acting import Act, NoAct, act_on
from shared.protocol.reviewing.holding import InHand, Latest
from shared.review_acts import DecidedOn, ReviewAct
from shared.signing import Author
from shared.states import Reason, Status
from shared.versions import holding_on, next_start

ONE_BY_ONE = frozenset(
    {Reason.IDENTITY_UNCHECKED, Reason.OTHER_REPRESENTATIVE_FILE, Reason.DISABILITY_COUNTED}
)
"""What a batch leaves out: identity, another parent's file and health data ask for a look each.

Health data is looked for in what was computed too: an agent's scheme gives that reason to all.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Yes:
    """What an agent says yes to: each application, and the version of its proposal as it was read.

    `agent`: who decides, where it is not whoever signs for the authority; `batch`: many at once.
    """

    versions: dict[UUID, int | None] = field(default_factory=dict)
    identity_checked: bool = False
    ground: DecidedOn | None = None
    agent: Author | None = None
    batch: bool = False


def validate(office: Office, yes: Yes) -> dict[UUID, Outcome]:
    """Say yes; what came of each."""
    validating = _Validating(office, yes)
    return act_on(office.engine, list(yes.versions), validating.judge, actor=office.actor)


class _Validating:
    """Judges each application under its lock."""

    def __init__(self, office: Office, yes: Yes) -> None:
        self._office = office
        self._yes = yes
        self._opener = Opener(office)

    def judge(self, one: InHand) -> Act[Outcome] | NoAct[Outcome]:
        proposal = one.proposal
        if proposal is None:
            return self._not_proposed(one)
        why = self._refused(one, proposal)
        opened = why or self._opener.open(one)
        if isinstance(opened, Why):
            return refuse(one, opened)
        if self._asks_who(opened):
            return refuse(one, Why.ONE_BY_ONE if self._yes.batch else Why.IDENTITY)
        author = self._yes.agent or opened.terms.author(self._office.today)
        if author is None:
            return refuse(one, Why.NO_AUTHOR)
        return self._act(opened, proposal, author)

    def _not_proposed(self, one: InHand) -> NoAct[Outcome]:
        latest = one.latest
        if one.status is Status.DECIDED and latest is not None and latest.validates is not None:
            return already(one, "la proposition était déjà validée")
        why = Why.NOT_PROPOSED if one.status is Status.DECIDED else unsettled(one)
        return refuse(one, why or Why.NOT_PROPOSED)

    def _refused(self, one: InHand, proposal: Latest) -> Why | None:
        wanted = self._yes.versions[one.id]
        if wanted is not None and wanted != proposal.version:
            return Why.REPLACED
        if proposal.corrected:
            return Why.CORRECTED
        return Why.ONE_BY_ONE if self._yes.batch and one.reason in ONE_BY_ONE else None

    def _asks_who(self, opened: Opened) -> bool:
        declared = opened.application.identity_assurance is IdentityAssurance.DECLARED
        unchecked = declared or opened.hand.reason == Reason.IDENTITY_UNCHECKED
        return unchecked and (self._yes.batch or not self._yes.identity_checked)

    def _act(
        self, opened: Opened, proposal: Latest, author: Author
    ) -> Act[Outcome] | NoAct[Outcome]:
        content, one = opened.content_of(proposal.sealed), opened.hand
        new = Came.of(content)
        if self._yes.batch and new.inputs.get("aeeh_children"):
            return refuse(one, Why.ONE_BY_ONE)
        if self._yes.ground is None and _is_late(opened, proposal, new, self._office.today):
            return refuse(one, Why.LATE)
        envelope = self._envelope(opened, proposal, content, author)
        content["decision"] = envelope.model_dump(mode="json")
        sealed = opened.key.seal(canonical_json(content), place=opened.decision_place)
        again_on = next_start(opened.past, proposal.valid_from) if opened.past else None
        return Act(
            what=ReviewAct.VALIDATED,
            through=(Status.DECIDED,) if again_on is None else (Status.DECIDED, Status.VERIFIED),
            decided=_recorded(proposal, sealed),
            effective_on=again_on,
            ground=self._yes.ground,
            told=Outcome(one.reference, f"validé, à partir du {proposal.valid_from:%d/%m/%Y}"),
        )

    def _envelope(
        self, opened: Opened, proposal: Latest, content: dict[str, Any], author: Author
    ) -> Envelope:
        """What was said when it was proposed, and who decided since."""
        said = content.get("decision")
        envelope = Envelope.model_validate(said) if said else _of_old(opened, proposal)
        owed = difference(
            Came.of(content),
            proposal.valid_from,
            opened.past,
            today=self._office.today,
            ends=opened.application.care.end,
        )
        new = {
            "mode": DecisionMode.VALIDATED,
            "author": author,
            "validated_by": self._office.actor,
            "decided_at": self._office.now,
            "valid_from": proposal.valid_from,
            "difference": owed if opened.past else None,
        }
        return envelope.model_copy(update=new)


def _is_late(opened: Opened, proposal: Latest, new: Came, today: date) -> bool:
    """Whether it would count against the family in a month that has begun; campaigns told it."""
    if not opened.past or proposal.campaign_id is not None:
        return False
    if proposal.valid_from >= first_of_next_month(today):
        return False
    holds = holding_on(opened.past, proposal.valid_from)
    return holds is None or not in_favour(new, holds.decided)


def _of_old(opened: Opened, proposal: Latest) -> Envelope:
    """What a proposal would have said, that was sealed before proposals said it."""
    one, application = opened.hand, opened.application
    holds = holding_on(opened.past, proposal.valid_from)
    return Envelope(
        reference=one.reference,
        kind=DecisionKind(proposal.kind),
        mode=DecisionMode.VALIDATED,
        author=None,
        decided_at=one.received_at,
        valid_from=proposal.valid_from,
        received_at=one.received_at,
        authority=opened.terms.authority,
        scheme=opened.terms.told,
        structure=opened.structure,
        family=FamilyTold(
            child=application.child, applicant=application.applicant, address=application.address
        ),
        contract=contract_terms(application.care),
        because=tuple(Change(word) for word in proposal.because),
        before=None if holds is None else holds.told,
        campaign=opened.campaign,
    )


def _recorded(proposal: Latest, sealed: bytes) -> Decided:
    return Decided(
        valid_from=proposal.valid_from,
        proposed=False,
        tariff_id=proposal.tariff_id,
        tariff_version=proposal.tariff_version,
        tariff_digest=proposal.tariff_digest,
        engine_version=proposal.engine_version,
        sealed=sealed,
        kind=DecisionKind(proposal.kind),
        mode=DecisionMode.VALIDATED,
        because=tuple(Change(word) for word in proposal.because),
        validates=proposal.version,
        campaign_id=proposal.campaign_id,
    )
