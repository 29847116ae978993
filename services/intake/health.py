"""Health: whether the process is up, and whether it can receive."""

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.intake.answers import ReadinessAnswer
from services.intake.parts import Parts
from services.intake.problems import refusal
from services.intake.wordings import Kind
from shared.store.migrating import revisions


def readiness(parts: Parts) -> ReadinessAnswer:
    """Say whether applications can be received: the database alone decides.

    Raises:
        ProblemError: not-ready, when it does not answer, or its tables are not fit for this
            code (see `shared.store.fitness`).
    """
    database = _database(parts.engine)
    redis = "joignable" if parts.redis_answers() else "injoignable"
    if database != "prête":
        raise refusal(Kind.NOT_READY, database=database, redis=redis)
    return ReadinessAnswer(status="prêt", database=database, redis=redis)


def _database(engine: Engine) -> str:
    try:
        fit = revisions(engine).fit
    except (DBAPIError, PoolTimeoutError):
        return "injoignable"
    return "prête" if fit else "pas à la version attendue"
