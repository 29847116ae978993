"""Workers' lives: a claim lives while its worker does.

A worker says every two seconds that it lives; six seconds of silence and it is dead to everybody,
itself included: `beat` answers False, and it must drop what it holds and be born again. Whose
process is gone is buried at once by a neighbour, who can see that.
"""

import os
import socket
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from shared.crash_points import Point
from shared.protocol.neighbours import Neighbours, machine
from shared.store.committing import committing

_BORN = text("""
    INSERT INTO workers (id, service, host, machine, pid, alive_until)
    VALUES (:id, :service, :host, :machine, :pid, now() + :life)
""")
_BEAT = text("""
    UPDATE workers SET alive_until = now() + :life WHERE id = :id AND alive_until > now()
""")
_DIED = text("UPDATE workers SET alive_until = now() WHERE id = :id AND alive_until > now()")
_LIVES_HERE = text("""
    SELECT EXISTS (
        SELECT FROM workers
        WHERE service = :service AND host = :host AND alive_until > now()
    )
""")
_NEIGHBOURS = text("""
    SELECT id, pid FROM workers WHERE machine = :machine AND alive_until > now()
""")
_FORGET = text("""
    DELETE FROM workers w
    WHERE w.alive_until < now() - :kept
      AND NOT EXISTS (SELECT FROM applications a WHERE a.claimed_by = w.id AND a.claim IS NOT NULL)
      AND NOT EXISTS (SELECT FROM deliveries d WHERE d.claimed_by = w.id AND d.claim IS NOT NULL)
""")


def be_born(engine: Engine, *, service: str, life: timedelta) -> UUID:
    """Register a new worker and return its name."""
    worker = uuid4()
    place = {"host": socket.gethostname(), "machine": machine(), "pid": os.getpid()}
    with committing(engine, Point.BEARING, Point.BORN) as connection:
        connection.execute(_BORN, {"id": worker, "service": service, "life": life, **place})
    return worker


def beat(engine: Engine, worker: UUID, *, life: timedelta) -> bool:
    """Prolong the worker's life; False when it was already thought dead."""
    with committing(engine, Point.BEATING, Point.BEATEN) as connection:
        return connection.execute(_BEAT, {"id": worker, "life": life}).rowcount == 1


def die(engine: Engine, worker: UUID) -> None:
    """End the worker's life at once: whatever it still holds is free for others."""
    with committing(engine, Point.DYING, Point.DEAD) as connection:
        connection.execute(_DIED, {"id": worker})


def bury(engine: Engine, neighbours: Neighbours) -> int:
    """End the lives of workers of this machine whose processes are gone; returns how many.

    A number that was given to a new process hides the death: it is then waited for, as elsewhere.
    """
    if neighbours.machine is None:
        return 0
    with engine.connect() as connection:
        alive = connection.execute(_NEIGHBOURS, {"machine": neighbours.machine}).all()
    gone = [row.id for row in alive if neighbours.is_gone(row.pid)]
    for worker in gone:
        die(engine, worker)
    return len(gone)


def lives_here(engine: Engine, *, service: str) -> bool:
    """Whether a process of this service lives on this host, or in this container."""
    values = {"service": service, "host": socket.gethostname()}
    with engine.connect() as connection:
        return bool(connection.execute(_LIVES_HERE, values).scalar_one())


def forget(engine: Engine, *, kept: timedelta = timedelta(hours=1)) -> int:
    """Delete the long dead who hold nothing any more."""
    with committing(engine, Point.FORGETTING, Point.FORGOTTEN) as connection:
        return connection.execute(_FORGET, {"kept": kept}).rowcount
