"""What stands wrong in the record: set aside, broken by hand, past the date of silence."""

from collections.abc import Sequence

from shared.crash_points import Point
from shared.crashing import Way
from shared.states import Status
from tests.integration.runbooks.scene import AUTHORITY, Scene
from tests.integration.runbooks.watch import Watch

_STATUS = "SELECT status FROM applications WHERE reference = :of"
_IN = "SELECT count(*) FROM applications WHERE reference = ANY(:of) AND status = :status"
_LAST_EVENT = """
    UPDATE events SET state = :state WHERE (application_id, sequence) = (
        SELECT application_id, max(sequence) FROM events
        WHERE application_id = (SELECT id FROM applications WHERE reference = :of)
        GROUP BY application_id)
"""
_THREE_MONTHS_AGO = (
    "UPDATE applications SET received_at = received_at - interval '3 months' WHERE id = :id",
    "UPDATE reviews SET at = at - interval '3 months' WHERE application_id = :id",
)
_LOOKS = 200  # seconds within which a scheduler looks twice, on a machine that is slow


def _each_in(scene: Scene, references: Sequence[str], status: Status) -> bool:
    return bool(len(references) == scene.one(_IN, of=[*references], status=status))


def _broken_five_times(scene: Scene) -> str:
    """A family's application that breaks the verifier's step each time that it is begun."""
    scene.order_a_crash(Point.WORKED, Way.EXCEPTION)
    reference = scene.families.hand_in_one()

    def broken_again() -> bool:
        if not (scene.crashes / Point.WORKED).exists():
            scene.order_a_crash(Point.WORKED, Way.EXCEPTION)
        return _each_in(scene, [reference], Status.QUARANTINED)

    scene.until(broken_again, else_say=f"{reference} in quarantine")
    (scene.crashes / Point.WORKED).unlink(missing_ok=True)
    return reference


def applications_set_aside(watch: Watch) -> None:
    """dossiers-en-quarantaine: a defect of ours breaks three, each five times."""
    scene = watch.scene
    broke = scene.logged("work.broke")
    three = [_broken_five_times(scene) for _ in range(3)]
    told = watch.reads("En quarantaine")
    assert three[0] in told
    watch.fires("BerceauQuarantine", "BerceauStepsBroken")
    assert scene.logged("work.broke") >= broke + 15
    watch.filled({"<référence>": three[0]})
    timeline = scene.shell.run(f"berceau ops show {three[0]}").text
    assert "En quarantaine" in timeline, timeline
    watch.runs("berceau journal verify")
    watch.runs("berceau ops release <référence>")
    scene.until(lambda: scene.all_decided(three[:1]))
    watch.filled({"<référence>": three[1]})
    watch.runs_inline("berceau ops close", answers="doublon\n")
    assert scene.one(_STATUS, of=three[1]) == Status.CLOSED
    watch.runs("berceau ops release --state QUARANTINED", answers="y\n")
    scene.until_well([three[0], three[2]])
    watch.ceases("BerceauQuarantine")


def invariants_broken(watch: Watch) -> None:
    """invariant-rompu: three applications are changed by hand in the database, and put back."""
    scene = watch.scene
    scene.redis.flushall()  # with it goes what was found, until the next look
    watch.fires("BerceauInvariantsUnchecked")
    [parked] = scene.families.hand_in(1, kind="no_file")
    holed, untold = decided = scene.families.hand_in(2)
    scene.until(lambda: _each_in(scene, [parked], Status.PARKED) and scene.all_decided(decided))
    before = scene.logged("scheduler.invariant_broken")
    due = scene.one("SELECT due_at FROM applications WHERE reference = :of", of=parked)
    row = "UPDATE applications SET {} WHERE reference = :of"
    scene.by_hand(row.format("due_at = NULL"), of=parked)
    scene.by_hand(row.format("journal_sequence = journal_sequence + 1"), of=holed)
    scene.by_hand(_LAST_EVENT, of=untold, state="VERIFIED")

    told = watch.sees("sans suite prévue", within_s=_LOOKS)
    assert parked in told
    told = watch.sees("dont le journal a un trou") + watch.sees("dont le portail n'a pas été")
    assert {holed, untold} <= {word.strip(".,") for word in told.split()}
    watch.fires("BerceauInvariantBroken")
    assert scene.logged("scheduler.invariant_broken") >= before + 3
    watch.runs("berceau status")
    watch.filled({"<référence>": holed})
    assert holed in watch.runs("berceau journal verify", ends=1)

    scene.by_hand(row.format("due_at = :due"), of=parked, due=due)
    scene.by_hand(row.format("journal_sequence = journal_sequence - 1"), of=holed)
    scene.by_hand(_LAST_EVENT, of=untold, state="DECIDED")
    scene.until(lambda: not scene.alerts(), within_s=_LOOKS, else_say="the alert ends")
    watch.ceases("BerceauInvariantBroken")
    assert scene.all_decided(decided)


def a_proposal_past_its_date(watch: Watch) -> None:
    """proposition-hors-delai: a proposal that nobody looked at for three months."""
    scene = watch.scene
    [reference] = scene.families.hand_in(1, kind="disability")
    scene.until(lambda: _each_in(scene, [reference], Status.PROPOSED))
    id_ = scene.one("SELECT id FROM applications WHERE reference = :of", of=reference)
    for statement in _THREE_MONTHS_AGO:
        scene.by_hand(statement, id=id_)
    told = watch.sees("en attente d'un agent au-delà", within_s=_LOOKS)
    assert reference in told
    watch.fires("BerceauProposalPastDate")
    watch.filled({"<collectivité>": AUTHORITY, "<référence>": reference})
    listed = watch.runs("berceau review list")
    assert "rejet depuis" in listed, listed
    shown = watch.opens("berceau review show")
    assert "PROPOSITION" in shown, shown
    validated = scene.shell.run(f"berceau review validate {reference}")
    assert validated.code == 0, validated.text
    scene.until(lambda: not scene.alerts(), within_s=_LOOKS, else_say="the alert ends")
    scene.until_well([reference])
    watch.ceases("BerceauProposalPastDate")
