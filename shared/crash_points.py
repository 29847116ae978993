"""Crash points: every edge at which a process may die, break or stand still, by name.

An edge is a place where something leaves the process for good: a commit, a ring, a call, a webhook,
an acknowledgement. A commit has two points: one when all is written and nothing kept, one when all
is kept and nobody knows yet. `docs/reference/crash-points.md` says where each is passed.
"""

from enum import StrEnum
from typing import Self


class Point(StrEnum):
    """One edge of the system; `sentence` says what stands when it is reached."""

    sentence: str

    def __new__(cls, name: str, sentence: str) -> Self:
        """A word with its sentence."""
        point = str.__new__(cls, name)
        point._value_ = name
        point.sentence = sentence
        return point

    # Intake
    RECEIVING = "receive.writing", "An application is written, nothing of it is kept."
    RECEIVED = "receive.kept", "An application is kept, nobody rang, the portal knows nothing."
    RECEIVED_RUNG = "receive.rung", "It was rung for, and the portal is not answered yet."
    GROUPING = "batch.writing", "A group of a batch is written, nothing of it is kept."
    GROUPED = "batch.kept", "A group is kept, nobody rang for it; other groups may be to come."
    GROUPED_RUNG = "batch.rung", "A doorbell of a group was rung, perhaps not its last."
    ADMITTING = "admit.writing", "A pre-registration has become an application, not kept."
    ADMITTED = "admit.kept", "The admission is kept, nobody rang for it."
    ADMITTED_RUNG = "admit.rung", "It was rung for, and the portal is not answered yet."
    WITHDRAWING = "withdraw.writing", "A withdrawal is written, and not kept."
    WITHDRAWN = "withdraw.kept", "A withdrawal is kept, and the portal is not answered yet."
    TRYING_WEBHOOK = "trial.writing", "A trial of a webhook is written, and not kept."
    TRIED_WEBHOOK = "trial.kept", "A trial is kept, and the portal is not answered yet."
    BEARER_PERMITTED = "bearer.permitted", "A permit was given; the State was not asked yet."
    BEARER_TOLD = "bearer.told", "The State answered about a bearer, and nothing is held of it."
    HOLDING = "bearer.writing", "Evidence is written under its own key, and not kept."
    HELD = "bearer.kept", "Evidence is held, and the portal has no reference to it yet."

    # A worker, whatever its step
    BEARING = "life.bearing", "A worker has a name that nobody else knows."
    BORN = "life.born", "A worker lives in the record, and knows nothing of it yet."
    BEATING = "life.beating", "A beat is written, and not kept."
    BEATEN = "life.beaten", "A beat is kept, and the worker does not know that it lives on."
    DYING = "life.dying", "A worker's end is written, and not kept."
    DEAD = "life.dead", "A worker's end is kept; what it held is free."
    UNRINGING = "unring.writing", "No doorbell is out for these any more; that is not kept."
    UNRUNG = "unring.kept", "That no doorbell is out is kept, and this one is not acknowledged."
    CLAIMING = "claim.writing", "Applications are claimed and their starts counted; not kept."
    CLAIMED = "claim.kept", "A claim is kept; its worker does not know it, and has called nobody."
    LETTING_GO = "let_go.writing", "What was claimed too late is let go; not kept."
    LET_GO = "let_go.kept", "What was claimed too late is free, and begun by nobody."
    ASKING = "call.asking", "An application is open, and the State was not asked yet."
    TOLD = "call.told", "The State answered; nobody but this process knows what."
    WORKED = "work.done", "A step came to an outcome, which waits for a group to be saved."
    GATHERED = "save.gathered", "A group is gathered, and nothing of it is written."
    SAVING = "save.writing", "A group is written, with decisions and journal, and not kept."
    SAVED = "save.kept", "A group is kept, and nobody rang for what comes next."
    SAVED_RUNG = "save.rung", "What comes next was rung for; the batch does not know it is saved."
    REFUSED = "save.refused", "A group was refused, and none of it was tried by itself."
    SAVED_ONE = "save.one", "One of a refused group is saved by itself, others are to come."
    DEFERRING = "defer.writing", "Work that broke is let go for later; not kept."
    DEFERRED = "defer.kept", "Work that broke is free again, later."
    GIVING_BACK = "give_back.writing", "A stop gives back all that is held; not kept."
    GIVEN_BACK = "give_back.kept", "All that was held is free, and the process lives on."
    ANSWERED = "doorbell.answered", "All that a doorbell named is done; it is not acknowledged."

    # What an outcome says of others
    PAUSING = "pause.writing", "What a failure stops is written, and not kept."
    PAUSED = "pause.kept", "What is stopped is kept in the record, and Redis does not know."
    RESUMING = "resume.writing", "What may go on is written, and not kept."
    RESUMED = "resume.kept", "What may go on is kept, and nobody who waited was woken."
    WAKING = "wake.writing", "Those who waited for an endpoint are due again; not kept."
    WOKEN = "wake.kept", "Those who waited for an endpoint are due, and nobody rang."

    # The scheduler
    MARKING = "ring.writing", "Applications are marked as rung; not kept, not rung."
    MARKED = "ring.kept", "Applications are marked as rung, and nobody rang."
    RUNG = "ring.rung", "One of the marked doorbells was rung; others may be to come."
    FREEING = "free.writing", "What the dead held is free; not kept."
    FREED = "free.kept", "What the dead held is free, and nobody rang for it."
    SWEEPING = "sweep.writing", "Some are woken, handed over or set aside, with a line; not kept."
    SWEPT = "sweep.kept", "Some are woken, handed over or set aside; other sweeps are to come."
    FORGETTING = "forget.writing", "Long dead workers, old keys or old evidence go; not kept."
    FORGOTTEN = "forget.kept", "They are gone, and other sweeps are to come."
    FEEDING = "feed.writing", "A chunk of a campaign is due and marked as fed; not kept."
    FED = "feed.kept", "A chunk is fed, and nobody rang for it."
    ENDING = "end.writing", "A campaign that is done is ended; not kept."
    ENDED = "end.kept", "A campaign that is done is ended, and nobody said so."
    CARRYING = "carry.writing", "A chunk of a bulk action is done, with its lines; not kept."
    CARRIED = "carry.kept", "A chunk of a bulk action is kept, and nobody rang for it."
    SEALING = "seal.writing", "A past day's root is signed and written; not kept."
    SEALED = "seal.kept", "A past day is sealed, and no witness has logged it."

    # The notifier
    UNHOLDING = "delivery.freeing", "Deliveries that the dead held are free; not kept."
    UNHELD = "delivery.freed", "Deliveries that the dead held are free, and nobody took them."
    TAKING = "delivery.claiming", "Deliveries are claimed; not kept."
    TAKEN = "delivery.claimed", "A claim on deliveries is kept, and nothing was sent."
    SENDING = "delivery.sending", "A delivery is ready to be sent."
    SENT = "delivery.sent", "A portal has heard of a change, and the record does not know."
    SETTLING = "delivery.settling", "What a try came to is written; not kept."
    SETTLED = "delivery.settled", "What a try came to is kept; the next one may be sent."
    HANDING_BACK = "delivery.handing_back", "A stop gives back unsent deliveries; not kept."
    HANDED_BACK = "delivery.handed_back", "Unsent deliveries are free, and the process lives on."

    # A person at a terminal
    ACTING = "review.writing", "An agent's acts are written, with journal and review; not kept."
    ACTED = "review.kept", "An agent's acts are kept, and the agent was told nothing."
    EXPORT_WRITTEN_DOWN = "export.written_down", "Who exports is written down; nothing was read."
