"""Batches: which proposals an agent is about to say yes to, counted and confirmed beforehand."""

from collections import Counter
from uuid import UUID

import typer
from sqlalchemy import text

from services.command.records.desk import say
from services.command.review.office import Office
from shared.protocol.reviewing.waiting import Filter, Waiting, every

_VERSIONS = text("""
    SELECT application_id, max(version) AS version FROM decisions
    WHERE application_id = ANY(:ids) GROUP BY application_id
""")


def reviewed(office: Office, wanted: Filter, *, most: int, yes: bool) -> dict[UUID, int | None]:
    """The proposals that stand now, each with its version, once a person has said yes to them.

    What is proposed anew after that is another version, which is not what was said yes to.
    """
    with office.engine.connect() as connection:
        found = every(connection, wanted, office.today, most=most)
        rows = connection.execute(_VERSIONS, {"ids": [one.id for one in found]})
        versions: dict[UUID, int | None] = {row.application_id: row.version for row in rows}
    _preview([one for one in found if one.id in versions])
    if len(found) == most:
        say(f"Le lot s'arrête à {most} : recommencez pour la suite.")
    confirmed = yes or not versions or typer.confirm(f"Valider {len(versions)} propositions ?")
    if not confirmed:
        raise typer.Abort
    return versions


def _preview(found: list[Waiting]) -> None:
    """How many, by scheme and reason."""
    counted = Counter((f"{one.authority}/{one.scheme}", one.reason or "") for one in found)
    for (scheme, reason), count in sorted(counted.items()):
        say(f"{count} × {scheme}, {reason}")
