"""Indexing: names and last outcomes of what entered before there was an index, a few at a time.

It may be stopped and begun again, and beside itself: what is indexed already is passed over.
"""

from uuid import UUID

import typer
from pydantic import ValidationError
from sqlalchemy import text

from services.command.ops.desk import OpsDesk
from services.command.records.desk import give_up, say
from shared.application import Application
from shared.blind_names import IndexKeys
from shared.errors import SealingError
from shared.pre_registration import PreRegistration
from shared.protocol.operating import names
from shared.protocol.operating.names import ToIndex
from shared.sealing import KeyRing
from shared.store.places import application_place
from shared.watching import words

_FIRST = UUID(int=0)
_BATCH = 2_000
_OUTCOMES = text("""
    WITH page AS (
        SELECT id FROM applications WHERE id > :after ORDER BY id LIMIT :batch
    ), last AS (
        SELECT DISTINCT ON (v.application_id) v.application_id, v.outcome
        FROM verifications v JOIN page ON page.id = v.application_id
        ORDER BY v.application_id, v.recorded_at DESC
    ), locked AS (
        SELECT a.id, last.outcome FROM applications a JOIN last ON last.application_id = a.id
        WHERE a.last_outcome IS NULL ORDER BY a.id FOR NO KEY UPDATE OF a
    ), done AS (
        UPDATE applications a SET last_outcome = locked.outcome
        FROM locked WHERE a.id = locked.id RETURNING a.id
    )
    SELECT (SELECT id FROM page ORDER BY id DESC LIMIT 1) AS after,
           (SELECT count(*) FROM done) AS told
""")


def index(desk: OpsDesk) -> None:
    """Index all that is not, and say how many."""
    file = desk.settings.index_key_file
    if file is None:
        give_up("BERCEAU_INDEX_KEY_FILE manque : « berceau keys index » en fait une.")
    ring, keys = KeyRing.read(desk.settings.key_ring_file), IndexKeys.read(file)
    named, shut = index_names(desk, ring, keys)
    typer.echo(f"Dossiers indexés par nom : {words.number(named)}.")
    if shut:
        say(f"Que ce trousseau n'ouvre pas : {words.number(shut)}.")
    typer.echo(f"Dernières réponses de l'État reportées : {words.number(_index_outcomes(desk))}.")


def index_names(desk: OpsDesk, ring: KeyRing, keys: IndexKeys) -> tuple[int, int]:
    """How many were indexed, and how many could not be opened; a transaction a batch."""
    after, named, shut = _FIRST, 0, 0
    while True:
        with desk.engine.begin() as connection:
            some = names.to_index(connection, keys, after=after)
            if not some:
                return named, shut
            people = {one.id: found for one in some if (found := _people(ring, one)) is not None}
            names.enter(connection, keys, people)
        after, named, shut = some[-1].id, named + len(people), shut + len(some) - len(people)


def _people(ring: KeyRing, one: ToIndex) -> list[names.Person] | None:
    """By whom it is found; None when it does not open."""
    try:
        content = ring.unwrap(one.key).open(one.sealed, place=application_place(one.id))
        return list(names.people_of(_handed(content)))
    except (SealingError, ValidationError):
        return None


def _handed(content: bytes) -> Application | PreRegistration:
    try:
        return Application.model_validate_json(content)
    except ValidationError:
        return PreRegistration.model_validate_json(content)


def _index_outcomes(desk: OpsDesk) -> int:
    after, told = _FIRST, 0
    while True:
        with desk.engine.begin() as connection:
            values = {"after": after, "batch": _BATCH}
            row = connection.execute(_OUTCOMES, values).one()
        if row.after is None:
            return told
        after, told = row.after, told + row.told
