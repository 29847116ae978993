"""Validating: a yes makes a proposal bind, once, by whoever may say it, under their name."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.command.review.outcomes import Why
from services.command.review.validating import Yes, validate
from shared.application import IdentityAssurance
from shared.canonical import canonical_json
from shared.evidence import EajeFacts
from shared.protocol.recording import record_decided
from shared.protocol.reviewing.acting import Act, NoAct, act_on
from shared.states import Reason, Status
from shared.store.places import decision_place
from tests.integration.review.conftest import only

if TYPE_CHECKING:
    from shared.protocol.reviewing.holding import InHand
    from tests.integration.review.conftest import Agents, Proposes

pytestmark = pytest.mark.stack


async def test_a_yes_makes_a_new_version(agents: "Agents", propose: "Proposes") -> None:
    """The figures are those that were proposed; who decided, and when, is said anew."""
    id_ = await propose()
    said = agents.berceau("validate", agents.reference(id_)).stdout

    proposal, decision = agents.decisions(id_)
    assert (True, False, 1) == (proposal.proposed, decision.proposed, decision.validates)
    assert ("validated", "fee", 2) == (decision.mode, decision.kind, decision.version)
    was, now = agents.content(id_, 1), agents.content(id_, 2)
    assert (was["record"], was["explanation"]) == (now["record"], now["explanation"])
    envelope = now["decision"]
    assert ("validated", "directrice") == (envelope["mode"], envelope["author"]["function"])
    assert envelope["validated_by"].startswith("command:")
    changed = {name for name in envelope if envelope[name] != was["decision"][name]}
    assert {"validated_by", "decided_at"} == changed
    assert (Status.DECIDED, None) == agents.stands(id_)
    assert [("VERIFIED", "PROPOSED"), ("PROPOSED", "DECIDED")] == agents.journal(id_)
    assert [("validated", None)] == agents.acts(id_)
    assert "validé, à partir du 01/09/2026" in said


async def test_a_second_yes_changes_nothing(agents: "Agents", propose: "Proposes") -> None:
    """It is told who said it first."""
    id_ = await propose()
    agents.berceau("validate", agents.reference(id_))
    said = agents.berceau("validate", agents.reference(id_)).stdout

    assert 2 == len(agents.decisions(id_))
    assert "déjà validée" in said
    assert "command:" in said


async def test_two_agents_at_once_decide_once(agents: "Agents", propose: "Proposes") -> None:
    """One says yes; the other one is told that it was said."""
    ids = [await propose() for _ in range(6)]
    together = Barrier(2)

    def say_yes(_: int) -> list[str]:
        together.wait()
        yes = Yes(versions=dict.fromkeys(ids, 1))
        return [one.said for one in validate(agents.office, yes).values()]

    with ThreadPoolExecutor(2) as pool:
        said = [one for agent in pool.map(say_yes, range(2)) for one in agent]

    assert [2] * 6 == [len(agents.decisions(id_)) for id_ in ids]
    assert 6 == sum(one.startswith("validé, ") for one in said)
    assert 6 == sum("déjà validée" in one for one in said)


async def test_a_family_that_withdraws_in_the_middle_wins(
    agents: "Agents", propose: "Proposes"
) -> None:
    """Between the reading and the yes: nothing is decided, and the agent is told why."""
    id_ = await propose()
    agents.record.change([id_], status=Status.WITHDRAWN, reason=None)

    outcome = only(validate(agents.office, Yes(versions={id_: 1})))

    assert (True, Why.WITHDRAWN) == (outcome.refused, outcome.why)
    assert 1 == len(agents.decisions(id_))


async def test_a_yes_clears_whatever_claim_is_held(agents: "Agents", propose: "Proposes") -> None:
    """A worker that holds the row by mistake finds that it lost it."""
    id_ = await propose()
    held = {"claim": uuid4(), "claimed_by": agents.record.worker()}
    agents.record.change([id_], **held, claimed_at=datetime.now(UTC))

    assert not only(validate(agents.office, Yes(versions={id_: 1}))).refused
    assert [None] == agents.record.column("claim", [id_])


async def test_a_proposal_that_was_replaced_is_refused(
    agents: "Agents", propose: "Proposes"
) -> None:
    """Another version than the one that was read is another proposal."""
    id_ = await propose()
    with agents.record.engine.begin() as connection:
        record_decided(connection, [(id_, agents.record.decision(proposed=True))])

    outcome = only(validate(agents.office, Yes(versions={id_: 1})))

    assert Why.REPLACED is outcome.why
    assert "REPLACED" not in outcome.sentence
    agents.berceau("validate", agents.reference(id_), "--version", "1", code=1)


async def test_a_proposal_on_a_corrected_tariff_is_refused(
    agents: "Agents", propose: "Proposes"
) -> None:
    """Once its version was found wrong, or another one took its place; another's is no matter."""
    id_ = await propose()
    [proposal] = agents.decisions(id_)
    with agents.record.owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO campaigns (id, code, authority_id, kind, tariff_id, tariff_version,"
                " state, total, started_by) SELECT gen_random_uuid(), 'c', id, 'correction',"
                " 'psu', :version, 'running', 1, 'test' FROM authorities LIMIT 1"
            ),
            {"version": proposal.tariff_version},
        )

    assert Why.CORRECTED is only(validate(agents.office, Yes(versions={id_: 1}))).why
    with agents.record.owner.begin() as connection:
        connection.execute(text("UPDATE campaigns SET tariff_version = '1999-01-01'"))
    assert not only(validate(agents.office, Yes(versions={id_: 1}))).refused


async def test_an_identity_that_is_only_declared_is_checked_first(
    agents: "Agents", propose: "Proposes"
) -> None:
    """Whatever the reason that is told; a batch never says that it was."""
    id_ = await propose(identity_assurance=IdentityAssurance.DECLARED)
    assert Status.PROPOSED == agents.stands(id_)[0]

    agents.berceau("validate", agents.reference(id_), code=1)
    batch = agents.berceau("validate", "--all", "--yes", code=1)
    assert 1 == len(agents.decisions(id_))
    assert "à lui seul" in batch.output
    agents.berceau("validate", agents.reference(id_), "--identity-checked")
    assert 2 == len(agents.decisions(id_))


async def test_a_batch_is_counted_confirmed_and_leaves_out_what_wants_a_look(
    agents: "Agents", propose: "Proposes", facts: EajeFacts
) -> None:
    """Health data asks for a look each; without a yes, nothing is done."""
    plain = [await propose() for _ in range(3)]
    counted = await propose(facts.model_copy(update={"aeeh_children": 1}))

    preview = agents.berceau("validate", "--all", "--authority", "ici", typed="n\n", code=1)
    assert [1] * 3 == [len(agents.decisions(id_)) for id_ in plain]
    assert "4 × ici/creches, agent_validates" in preview.output
    none = agents.berceau("validate", "--all", "--authority", "ailleurs", "--yes").stdout
    assert "Validés : 0. Refusés : 0." in none
    done = agents.berceau("validate", "--all", "--authority", "ici", typed="y\n", code=1)

    assert "Valider 4 propositions" in done.output
    assert "Validés : 3. Refusés : 1." in done.output
    assert [2, 2, 2, 1] == [len(agents.decisions(id_)) for id_ in [*plain, counted]]
    agents.berceau("validate", agents.reference(counted))
    assert 2 == len(agents.decisions(counted))


async def test_the_author_is_whoever_signs_or_the_agent_named(
    agents: "Agents", propose: "Proposes"
) -> None:
    """Without either, nothing is decided."""
    first, second, third = [await propose() for _ in range(3)]
    named = agents.file(
        "agent.yaml", "first_name: Zoé\nlast_name: Lô\nfunction: agente\nservice: Enfance\n"
    )
    agents.berceau("validate", agents.reference(first), "--agent", named)
    with agents.record.owner.begin() as connection:
        connection.execute(text("UPDATE authorities SET signatories = '[]'"))
    said = agents.berceau("validate", agents.reference(second), code=1).output
    agents.berceau("validate", agents.reference(third), "--agent", named)

    authors = [agents.content(id_, 2)["decision"]["author"]["first_name"] for id_ in (first, third)]
    assert ["Zoé", "Zoé"] == authors
    assert "personne ne peut signer" in said
    wrong = agents.file("wrong.yaml", "first_name: Zoé\n")
    told = agents.berceau("validate", agents.reference(second), "--agent", wrong, code=2).output
    assert "function : manque" in told


async def test_a_proposal_without_an_envelope_is_validated_all_the_same(
    agents: "Agents", propose: "Proposes"
) -> None:
    """One that was sealed before proposals said more than their computation."""
    id_ = await propose()
    content = agents.content(id_, 1)
    whole = content.pop("decision")
    key = agents.record.key_of(id_)
    sealed = key.seal(canonical_json(content), place=decision_place(id_))
    with agents.record.owner.begin() as connection:
        connection.execute(text("UPDATE decisions SET sealed = :s"), {"s": sealed})

    agents.berceau("validate", agents.reference(id_))

    now = agents.content(id_, 2)["decision"]
    later = {"validated_by", "decided_at", "difference", "admissibility"}
    assert {n: whole[n] for n in whole if n not in later} == {
        n: now[n] for n in now if n not in later
    }


async def test_a_yes_that_comes_late_wants_a_ground(agents: "Agents", propose: "Proposes") -> None:
    """It would count against the family in a month that has begun; with one, what is owed is said.

    A proposal that is in its favour, or of a month to come, wants none.
    """
    id_ = await propose()
    agents.berceau("validate", agents.reference(id_))
    dearer = _again(agents, id_, cents=300, starts=_month(-1))

    late = only(validate(agents.office, Yes(versions={id_: dearer})))
    agents.berceau("validate", agents.reference(id_), "--ground", "situation_changed")

    assert Why.LATE is late.why
    decided = agents.content(id_, 4)["decision"]
    assert decided["difference"]["months"] >= 1
    cheaper = _again(agents, id_, cents=100, starts=_month(-1))
    assert not only(validate(agents.office, Yes(versions={id_: cheaper}))).refused


def _month(shift: int) -> date:
    first = datetime.now(UTC).date().replace(day=1)
    for _ in range(abs(shift)):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def _again(agents: "Agents", id_: Any, *, cents: int, starts: date) -> int:
    """Another proposal, as the worker would write it; its version."""
    last = agents.decisions(id_)[-1]
    content = agents.content(id_, last.version)
    content["record"]["fee"] |= {"hourly_cents": cents, "monthly_cents": cents * 138}
    content["decision"] |= {"valid_from": starts.isoformat()}
    sealed = agents.record.key_of(id_).seal(canonical_json(content), place=decision_place(id_))
    proposal = agents.record.decision(proposed=True, sealed=sealed, valid_from=starts)
    with agents.record.engine.begin() as connection:
        record_decided(connection, [(id_, proposal)])
    agents.record.change([id_], status=Status.PROPOSED, reason=Reason.AGENT_VALIDATES)
    return int(last.version) + 1


async def test_what_was_erased_is_told_and_harms_nobody_else(
    agents: "Agents", propose: "Proposes"
) -> None:
    """A batch goes on with the others."""
    erased, stays = await propose(), await propose()
    with agents.record.owner.begin() as connection:
        query = text("DELETE FROM application_keys WHERE application_id = :id")
        connection.execute(query, {"id": erased})

    outcomes = validate(agents.office, Yes(versions={erased: 1, stays: 1}, batch=True))

    assert (Why.NO_KEY, None) == (outcomes[erased].why, outcomes[stays].why)
    assert [1, 2] == [len(agents.decisions(id_)) for id_ in (erased, stays)]


def test_rows_are_judged_in_the_order_of_their_ids(agents: "Agents") -> None:
    """So that two batches wait for each other instead of locking each other out."""
    ids = agents.record.plant(5, status=Status.PROPOSED, due_at=None)
    seen: list[Any] = []

    def judge(one: "InHand") -> "Act[str] | NoAct[str]":
        seen.append(one.id)
        return NoAct("")

    act_on(agents.record.engine, ids[::-1], judge, actor="test")

    assert ids == seen
