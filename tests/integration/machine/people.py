"""People: families and their portal, agents and ops, at any moment of the machines' work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from services.command.review.deciding import Choice, decide
from services.command.review.outcomes import Outcome
from services.command.review.returning import Again, ask_again, close
from services.command.review.validating import Yes, validate
from services.intake.problems import ProblemError
from services.intake.reception import Submission, receive
from services.intake.withdrawal import Withdrawal, withdraw
from shared.protocol.reviewing.holding import take
from shared.review_acts import ClosedFor, DecidedOn
from shared.states import Status
from tests.integration.machine.families import ENDED, NAMES, End, Family, Passing
from tests.integration.machine.standing import PICK, Standing, pick
from tests.integration.machine.town import CARE, PAPERS

_TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_WITH_PERSON = (Status.TO_REVIEW, Status.PROPOSED)
_OPEN_TO = {
    "again": (*_WITH_PERSON, Status.DECIDED),
    "yes": (Status.PROPOSED,),
    "decide": _WITH_PERSON,
    "close": (*_WITH_PERSON, Status.QUARANTINED),
}


class People(Standing):
    """The rules of those who come and go."""

    @initialize(ends=st.tuples(st.sampled_from(End), st.sampled_from(End)))
    def two_families_come(self, ends: tuple[End, End]) -> None:
        """Something is there from the beginning, and is begun."""
        for end in ends:
            self.a_family_comes(end, [], poison=False)
        self.town.tick()
        self.town.workers[0].hear(self.town.bag.messages.pop())

    @rule(
        end=st.sampled_from(End),
        passing=st.lists(st.sampled_from(Passing), max_size=3),
        poison=st.sampled_from((False, False, False, True)),
    )
    def a_family_comes(self, end: End, passing: list[Passing], *, poison: bool) -> None:
        if len(self.families) == len(NAMES):
            return
        named = {"first_names": (NAMES[len(self.families)],)}
        child = self.place.application.child.model_copy(update=named)
        body = self.place.application.model_copy(update={"child": child})
        family = Family(body, end, passing, self.town.clock.passed, poison)
        self.town.state.families[family.name] = family
        family.reference = self._handed_in(family, key=True)
        query = "SELECT id FROM applications WHERE reference = :reference"
        family.id = self.town.record.one(query, reference=family.reference)
        self.families.append(family)

    @rule(which=PICK, key=st.booleans())
    def the_same_comes_again(self, which: int, *, key: bool) -> None:
        """By the same request or another one, it is the application that is there."""
        family = pick(self.families, which)
        if family.ended is None:
            assert family.reference == self._handed_in(family, key=key)

    def _handed_in(self, family: Family, *, key: bool) -> str:
        body = family.body.model_dump_json(exclude_none=True).encode()
        given = Submission(self.town.caller, body, family.key if key else None, _TRACE)
        return receive(self.town.parts, given).reference

    @rule(which=PICK, sure=st.booleans())
    def a_family_withdraws(self, which: int, *, sure: bool) -> None:
        """Whatever the machines do with it; twice is once, and what an agent closed stays so."""
        family = pick(self.families, which)
        if not sure:
            return
        wanted = Withdrawal(self.town.caller, family.reference, _TRACE)
        try:
            withdraw(self.town.parts, wanted)
        except ProblemError:
            assert family.ended is Status.CLOSED
        else:
            assert family.ended is not Status.CLOSED
            family.ended = Status.WITHDRAWN

    @rule(which=PICK, act=st.sampled_from(("again", "again", "yes", "decide", "close")))
    def an_agent_acts(self, which: int, act: str) -> None:
        """On what waits for a person; what was settled by hand, no machine is asked about."""
        there = [f for f in self.those_in(*_OPEN_TO[act]) if not (f.by_hand and act == "again")]
        if not there:
            return
        family = pick(there, which)
        assert not self._tried(family, act).refused
        family.validated = family.validated or act == "yes"
        family.by_hand = family.by_hand or act == "decide"
        family.ended = Status.CLOSED if act == "close" else family.ended

    @rule(which=PICK, act=st.sampled_from(("again", "close")))
    def two_agents_do_it_at_once(self, which: int, act: str) -> None:
        """Really at once: the second finds what the first one left, and one line is written."""
        there = [one for one in self.those_in(*_WITH_PERSON) if not one.by_hand]
        if not there:
            return
        family = pick(there, which)
        does: Callable[[Family], Outcome] = self._again if act == "again" else self._closed
        before = self._moves(family)
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(does, [family, family]))
        proposed = self.status(family) is Status.PROPOSED
        assert before + (2 if proposed and act == "close" else 1) == self._moves(family)
        family.ended = Status.CLOSED if act == "close" else family.ended

    @rule(which=PICK, act=st.sampled_from(("again", "close", "decide", "yes")))
    def an_agent_tries_what_may_be_too_late(self, which: int, act: str) -> None:
        """Of what has ended, or is at work, every act is refused by name or was done before."""
        family = pick(self.families, which)
        if self.status(family) in (*ENDED, Status.RECEIVED, Status.VERIFIED, Status.PARKED):
            before = self._moves(family)
            self._tried(family, act)
            assert before == self._moves(family)

    @rule(which=PICK)
    def ops_release(self, which: int) -> None:
        """What ended its processes was mended meanwhile."""
        there = self.those_in(Status.QUARANTINED)
        if not there:
            return
        family = pick(there, which)
        family.poison = False
        assert self.town.release(family.id)

    @rule(which=PICK)
    def an_agent_holds_a_row_while_a_scheduler_ticks(self, which: int) -> None:
        """Nobody waits for it: it is passed over."""
        with self.town.engine.begin() as connection:
            take(connection, [pick(self.families, which).id])
            self.town.tick()

    def _tried(self, family: Family, act: str) -> Outcome:
        match act:
            case "again":
                return self._again(family)
            case "close":
                return self._closed(family)
            case "yes":
                return self._yes(family)
        choice = Choice(figures=PAPERS, ground=DecidedOn.DOCUMENTS)
        return decide(self.town.office, family.id, choice)[family.id]

    def _again(self, family: Family) -> Outcome:
        again = Again(DecidedOn.ERROR, CARE)
        return ask_again(self.town.office, family.id, again)[family.id]

    def _closed(self, family: Family) -> Outcome:
        return close(self.town.office, family.id, ClosedFor.DUPLICATE)[family.id]

    def _yes(self, family: Family) -> Outcome:
        yes = Yes(versions={family.id: None}, ground=DecidedOn.ERROR)
        return validate(self.town.office, yes)[family.id]

    def _moves(self, family: Family) -> int:
        query = "SELECT count(*) FROM journal WHERE application_id = :id"
        return int(self.town.record.one(query, id=family.id))
