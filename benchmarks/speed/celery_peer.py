"""The peer: the same work on Celery, as an ordinary team would write it.

Two tasks chained for each application, acknowledged late; one `requests` session and one pool of
SQLAlchemy connections per worker; one commit per task. Parsing, matching, pricing and sealing are
the product's own, so that what differs is the queue and the way of doing I/O.
"""

import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from random import Random
from typing import Any, TypeVar
from uuid import UUID

import requests
from celery import Celery, Task, chain
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from benchmarks.speed.place import Place
from benchmarks.speed.steps import Dossier, Settling, heard, opened, priced
from services.tariff.parties import Parties
from services.tariff.shelf import Shelf
from services.verifier.provider.answer import HEADERS_OF_INTEREST, Answer, Answered
from services.verifier.provider.auth import by_habilitation
from services.verifier.provider.endpoint import EAJE
from services.verifier.provider.particulier import ApiParticulier, ByCivilStatus
from services.verifier.roles import Asking, next_asking
from shared.evidence import EAJE_SOURCE, Outcome, read_facts
from shared.protocol.recording import Told
from shared.sealing import KeyRing
from shared.states import Status
from shared.store.decisions import DecisionRow
from shared.store.places import evidence_place
from shared.store.tables import ApplicationKeyRow, ApplicationRow, VerificationRow

QUEUE = "speed"
_PATIENCE_S = 25
_T = TypeVar("_T")


class Worker:
    """What one worker process keeps open."""

    def __init__(self, place: Place, connections: int) -> None:
        self.engine = create_engine(place.database_url, pool_size=2 * connections)
        self.ring = KeyRing.read(place.key_ring)
        self.shelf, self.parties = Shelf(self.engine), Parties(self.engine)
        self.chance = Random(7)
        api = ApiParticulier(_Blocking(), EAJE, place.provider_url, place.recipient)  # type: ignore[arg-type]
        self._client = ByCivilStatus(api, by_habilitation(place.token))

    def ask(self, asking: Asking) -> Outcome:
        """The State's answer."""
        return _now(self._client.verify(asking.application, datetime.now(UTC)))


class _Blocking:
    """An exchange on `requests`: one session for each thread."""

    def __init__(self) -> None:
        self._own = threading.local()

    async def get(self, url: str, *, parameters: Any, headers: Any) -> Answer:  # noqa: ANN401
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
            self._own.session.trust_env = False  # no proxy is looked up for each call
        answer = self._own.session.get(url, params=parameters, headers=headers, timeout=_PATIENCE_S)
        told = {
            name: answer.headers[name] for name in HEADERS_OF_INTEREST if name in answer.headers
        }
        return Answered(answer.status_code, told, answer.content)


def _now(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """The result of a coroutine that waits for nothing but blocking calls."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: _T = done.value
        return result
    raise RuntimeError("it waited for a loop")


def peer(broker_url: str, *, prefetch: int = 1) -> Celery:
    """The application of Celery, for who sends and for who works."""
    app = Celery("speed", broker=broker_url)
    app.conf.update(
        task_acks_late=True,
        task_ignore_result=True,
        task_default_queue=QUEUE,
        worker_prefetch_multiplier=prefetch,
        worker_disable_rate_limits=True,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 3_600},
    )
    return app


def chained(app: Celery, id_: UUID) -> None:
    """Send the chain of one application."""
    verify, price = (app.signature(f"speed.{name}", (str(id_),), immutable=True) for name in NAMES)
    chain(verify, price).apply_async()


NAMES = ("verify", "price")


def with_tasks(app: Celery, worker: Callable[[], Worker]) -> Celery:
    """The application with its two tasks; `worker` gives what the process keeps open."""

    @app.task(name="speed.verify", bind=True, max_retries=None)
    def verify(task: Task, id_: str) -> None:
        status = _verify(worker(), UUID(id_))
        if status is Status.RECEIVED:  # the other parent is asked about
            raise task.retry(countdown=0)
        if status is not Status.VERIFIED:
            task.request.chain = None

    @app.task(name="speed.price")
    def price(id_: str) -> None:
        _price(worker(), UUID(id_))

    return app


def _verify(worker: Worker, id_: UUID) -> Status:
    with Session(worker.engine) as session:
        row, dossier = _found(session, worker, id_)
        if row.status != Status.RECEIVED:  # delivered twice
            return Status(row.status)
        asking = next_asking(dossier.application, EAJE_SOURCE, _told(session, dossier))
        found = heard(dossier, asking, worker.ask(asking), worker.chance)
        if found.row is not None:
            session.add(VerificationRow(**found.row))
        _move(row, Settling(found.status, found.reason))
        session.commit()
        return found.status


def _price(worker: Worker, id_: UUID) -> None:
    with Session(worker.engine) as session:
        row, dossier = _found(session, worker, id_)
        if row.status != Status.VERIFIED:  # delivered twice
            return
        evidence = session.scalars(_EVIDENCE.where(VerificationRow.application_id == id_)).one()
        facts = read_facts(dossier.key.open(evidence.sealed or b"", place=evidence_place(id_)))
        others = evidence.asked is not None
        settling = priced(dossier, facts, worker.shelf, worker.parties, others_file=others)
        if settling.row is not None:
            session.add(DecisionRow(**settling.row))
        _move(row, settling)
        session.commit()


_EVIDENCE = select(VerificationRow).where(VerificationRow.sealed.is_not(None))


def _found(session: Session, worker: Worker, id_: UUID) -> tuple[ApplicationRow, Dossier]:
    row, key = session.get_one(ApplicationRow, id_), session.get_one(ApplicationKeyRow, id_)
    return row, opened(worker.ring, row, key)


def _told(session: Session, dossier: Dossier) -> tuple[Told, ...]:
    if dossier.application.other_representative is None:
        return ()
    asked = select(VerificationRow).where(VerificationRow.application_id == dossier.id)
    rows = session.scalars(asked.order_by(VerificationRow.recorded_at.desc()))
    return tuple(Told(row.outcome, row.asked) for row in rows)


def _move(row: ApplicationRow, settling: Settling) -> None:
    row.status, row.reason = settling.status, settling.reason
    row.moved_at = datetime.now(UTC)
    row.due_at = None
