"""Furnishing: a scene with something on every page, all of it invented."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from math import pi, sin
from typing import Any

from sqlalchemy import text

from shared.people.tokens import mint
from shared.protocol.operating.bulk import start
from shared.protocol.operating.orders import Order, Verb
from shared.protocol.operating.saved import save
from shared.protocol.operating.switches import pause
from shared.roles import Role
from shared.seeking.sought import Sought
from shared.seeking.writing import read_text
from shared.states import Reason
from tests.integration.journeys.scene import Scene, strangers

_DEAD = text("""
    WITH told AS (
        INSERT INTO events (id, portal_id, application_id, sequence, at, state, transaction)
        SELECT gen_random_uuid(), portal_id, id, 90, moved_at, status, 1
        FROM applications WHERE status = 'DECIDED' ORDER BY id LIMIT 12
        RETURNING id, portal_id, application_id, sequence
    )
    INSERT INTO deliveries (event_id, portal_id, application_id, sequence, status, attempts,
                            outcome, http_status, finished_at)
    SELECT id, portal_id, application_id, sequence, 'DEAD', 12, 'answered', 503, now() FROM told
""")
_SAMPLE = text("""
    INSERT INTO samples (at, queue, due, held, oldest_s, through, half_s, most_s, within)
    VALUES (:at, :queue, :due, :held, :oldest, :through, :half, :most, :within)
    ON CONFLICT DO NOTHING
""")
_WEBHOOK = text("UPDATE portals SET webhook_url = 'http://127.0.0.1:9/berceau'")
_LOOKED = text("""
    INSERT INTO accesses (id, at, person_id, act, why, authority_id, application_id)
    SELECT gen_random_uuid(), now() - row_number() OVER (ORDER BY id) * interval '50 minutes',
           :person, 'searched', 'Appel de la famille.', authority_id, id
    FROM applications ORDER BY id LIMIT 12
""")
_QUEUES = ("all", "verify.now", "verify.bulk", "price.now", "price.bulk")
_HOUR_MINUTES, _DAY_MINUTES = 60, 24 * 60


def furnish(scene: Scene) -> Mapping[str, str]:
    """Fill each page; the things that addresses name."""
    with scene.engine.begin() as connection:
        connection.execute(_SAMPLE, [_sample(ago, q) for ago in _minutes() for q in _QUEUES])
    families = list(scene.known().values())[:80]
    scene.came.extend(families)
    shown = scene.hand_in([*strangers(40, family="Baudouin"), *families[:40]])
    scene.settled(shown)
    scene.quarantine(shown[0])
    with scene.engine.begin() as connection:
        connection.execute(_DEAD)
        connection.execute(_WEBHOOK)
        hand = f"person:{scene.person(Role.OPS).id}"
        why = "Les réponses de l'État tardent depuis ce matin."
        pause(connection, "queue:verify.bulk", until=None, reason=why, actor=hand)
        order = Order(verb=Verb.RETRY, actor=hand, comment="L'État répond de nouveau.")
        action = start(connection, Sought(reason=Reason.NOT_IDENTIFIED), order)
        save(connection, hand, "À relancer lundi", read_text("state=PARKED&older=3d"), by=hand)
    for role in Role:
        scene.person(role)
    with scene.engine.begin() as connection:
        connection.execute(_LOOKED, {"person": scene.person(Role.AGENT).id})
    started = scene.start_campaign()["code"]
    others = [scene.hand_in_one(family) for family in families[40:]]
    scene.settled(others)
    return {
        "reference": others[0],
        "action": str(action),
        "campaign": str(scene.one("SELECT id FROM campaigns WHERE code = :code", code=started)),
        "person": str(scene.person(Role.AGENT).id),
        "token": scene.link(Role.SUPERVISOR).rpartition("/")[2],
        "spent": mint()[0],
        "nobody_s": "B-2026-NULLE-PART",
    }


def _minutes() -> list[int]:
    """How long ago each sample of the last day was taken: each minute, then each ten."""
    return [*range(_HOUR_MINUTES), *range(_HOUR_MINUTES, _DAY_MINUTES, 10)]


def _sample(ago: int, queue: str) -> Mapping[str, Any]:
    """A busy morning and a calm night."""
    busy = 1 + sin(2 * pi * (_DAY_MINUTES - ago) / _DAY_MINUTES - pi / 2) + ago % 7 / 20
    scale = 40 if queue == "all" else 10
    at = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=ago)
    return {
        "at": at if ago < _HOUR_MINUTES else at - timedelta(minutes=at.minute % 10),
        "queue": queue,
        "due": round(busy * scale),
        "held": round(busy * 4),
        "oldest": busy * 8,
        "through": round(busy * scale / 2),
        "half": 2 + busy,
        "most": 6 + busy * 4,
        "within": min(1.0, 1.02 - busy / 50),
    }
