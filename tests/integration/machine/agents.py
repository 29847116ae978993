"""What ops do to an application that was set aside; no command of the product does it yet."""

from uuid import UUID

from sqlalchemy import Engine

from shared.protocol.reviewing.acting import Act, NoAct, act_on
from shared.protocol.reviewing.holding import InHand
from shared.review_acts import ReviewAct
from shared.states import Status


def release(engine: Engine, id_: UUID) -> bool:
    """Release an application from quarantine: the State is asked again."""
    return act_on(engine, [id_], _released, actor="command:ops")[id_]


def _released(one: InHand) -> Act[bool] | NoAct[bool]:
    if one.status is not Status.QUARANTINED:
        return NoAct(told=False)
    return Act(what=ReviewAct.AGAIN, through=(Status.RECEIVED,), told=True)
