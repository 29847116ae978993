"""The sampler: beside the clockwork, in a thread of its own, it writes each minute's figures.

Several may run at once: whichever comes first in a minute writes it, and the others see that.
"""

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from shared.protocol.sampling import sample

LOOKS_EVERY_S = 15.0  # four looks a minute: a minute is missed only when all of them are
_log = structlog.get_logger()


def look(engine: Engine) -> bool:
    """Write this minute's figures if nobody did; whether it did."""
    try:
        return sample(engine)
    except SQLAlchemyError as broken:
        _log.warning("scheduler.sample_missed", error=type(broken).__name__)
        return False
