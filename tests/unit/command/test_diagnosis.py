"""Each check of `berceau doctor`: whole facts are fine, one planted fault is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.command.diagnosis.checks import examine
from services.command.diagnosis.facts import (
    Doorbells,
    Facts,
    Record,
    Right,
    Ring,
    SecretFile,
    Space,
    Token,
)
from services.command.diagnosis.finding import Mark
from shared.states import Lane, Step
from shared.store.fitness import Revisions
from shared.watching.figures import Queue, Snapshot, Switch

_AT = datetime(2026, 11, 23, tzinfo=UTC)
_GIB = 2**30
_SIRET = "21130004100012"
_CLOSED_LOGS = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
Spoil = Callable[[Facts], Facts]


@pytest.fixture
def whole(calm: Snapshot) -> Facts:
    """An installation in which all is well."""
    return Facts(
        at=_AT,
        ring=Ring(SecretFile(Path("trousseau.json"), 0o600), frozenset({"2026-1"})),
        seal_key=SecretFile(Path("sceau.pem"), 0o600),
        record=Record(
            tables=Revisions("0002", "0002"),
            skew=timedelta(milliseconds=3),
            size_bytes=12 * 2**20,
            rights_too_many=(),
            ring_keys={"2026-1": 10},
            told_by_logs=_CLOSED_LOGS,
            rights=(Right("demo", _SIRET, Token.OPENED, _AT + timedelta(days=400)),),
        ),
        doorbells=Doorbells(timedelta(0), "noeviction", append_only=True, used=100, limit=1_000),
        space=Space(free=50 * _GIB, total=100 * _GIB),
        snapshot=calm,
    )


def _record(**changes: object) -> Spoil:
    def spoil(facts: Facts) -> Facts:
        assert facts.record is not None
        return replace(facts, record=replace(facts.record, **changes))  # type: ignore[arg-type]

    return spoil


def _redis(**changes: object) -> Spoil:
    def spoil(facts: Facts) -> Facts:
        assert facts.doorbells is not None
        return replace(facts, doorbells=replace(facts.doorbells, **changes))  # type: ignore[arg-type]

    return spoil


def _right(**changes: object) -> Spoil:
    def spoil(facts: Facts) -> Facts:
        assert facts.record is not None
        assert facts.record.rights is not None
        rights = (replace(facts.record.rights[0], **changes),)  # type: ignore[arg-type]
        return replace(facts, record=replace(facts.record, rights=rights))

    return spoil


def _facts(**changes: object) -> Spoil:
    return lambda facts: replace(facts, **changes)  # type: ignore[arg-type]


def _ends_in(days: float) -> Spoil:
    return _right(ends_at=_AT + timedelta(days=days))


def _no_workers(facts: Facts) -> Facts:
    assert facts.snapshot is not None
    due = tuple(
        Queue(step, lane, 1, facts.snapshot.taken_at, 0, 1) for step in Step for lane in Lane
    )
    return replace(facts, snapshot=replace(facts.snapshot, workers=(), queues=due))


def _switched_off(facts: Facts) -> Facts:
    assert facts.snapshot is not None
    switch = Switch("ringing", None, "essai", _AT, None)
    return replace(facts, snapshot=replace(facts.snapshot, switches=(switch,)))


_RING = SecretFile(Path("trousseau.json"), 0o600)
_OPEN = SecretFile(Path("trousseau.json"), 0o644)
_ABSENT = SecretFile(Path("sceau.pem"), None)
_KEYS = frozenset({"2026-1"})


def test_a_whole_installation_is_fine(whole: Facts) -> None:
    """Nothing to tell: every line is a tick, none has a remedy."""
    findings = examine(whole)

    assert {Mark.FINE} == {one.mark for one in findings}
    assert {None} == {one.remedy for one in findings}


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_facts(ring=Ring(SecretFile(Path("t"), None), None)), "Trousseau de clés illisible"),
        (_facts(ring=Ring(_OPEN, _KEYS)), "à portée d'autres comptes (mode 0644)"),
        (_facts(seal_key=_ABSENT), "Clé de scellement absente"),
        (_facts(seal_key=_OPEN), "Clé de scellement à portée d'autres comptes"),
        (_facts(record=None), "PostgreSQL ne répond pas"),
        (_facts(doorbells=None), "Redis ne répond pas"),
        (_facts(space=Space(free=_GIB, total=100 * _GIB)), "1,0\u00a0Gio libres (1 %)"),
        (_record(tables=Revisions("0001", "0002")), "à la migration 0001, cette version attend"),
        (_record(tables=Revisions(None, "0002")), "à la migration aucune"),
        (_record(tables=Revisions("0004", "0002", "0003")), "cette version s'arrête à 0002"),
        (_record(rights_too_many=("journal : DELETE",)), "droits de trop : journal : DELETE"),
        (_record(ring_keys={"2026-1": 4, "2025-1": 6}), "« 2025-1 » absente du trousseau : 6 d"),
        (_right(token=Token.KEY_MISSING), "sa clé manque au trousseau"),
        (_right(token=Token.UNREADABLE), "illisible"),
        (_right(recipient="21130004100017"), "SIRET du destinataire n'est pas valide"),
        (_ends_in(-1), "expiré"),
        (_redis(policy="allkeys-lru"), "jette des clés quand il est plein (allkeys-lru)"),
        (_redis(append_only=False), "n'écrit pas sur disque"),
        (_redis(used=800), "(80 %)"),
        (_no_workers, "Aucun vérificateur vivant alors que 2 dossiers sont dus"),
    ],
)
def test_a_breakdown_is_told(spoil: Spoil, told: str, whole: Facts) -> None:
    """What is broken is marked so, with something to do about it."""
    broken = [one for one in examine(spoil(whole)) if one.mark is Mark.BROKEN]

    assert told in broken[0].what
    assert all(one.remedy for one in broken)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_facts(space=Space(free=9 * _GIB, total=100 * _GIB)), "(9 %)"),
        (_facts(ring=Ring(_RING, None)), "Trousseau"),
        (_record(skew=timedelta(seconds=2.1)), "PostgreSQL en avance de 2,1"),
        (_redis(skew=timedelta(seconds=-90)), "Redis en retard de 1"),
        (_record(rights=()), "Aucune habilitation"),
        (
            _record(told_by_logs={**_CLOSED_LOGS, "log_error_verbosity": "default"}),
            "peut citer des données de familles (log_error_verbosity=default)",
        ),
        (
            _record(told_by_logs={**_CLOSED_LOGS, "log_parameter_max_length": "-1"}),
            "(log_parameter_max_length=-1)",
        ),
        (_right(token=Token.NOT_TRIED), "non vérifié"),
        (_right(ends_at=None), "échéance inconnue"),
        (_redis(policy=None), "maxmemory-policy) : non connu"),
        (_redis(append_only=None), "appendonly) : non connu"),
        (_redis(used=None), "Mémoire de Redis : non connu"),
        (_redis(limit=0), "sans limite"),
        (_redis(used=600), "(60 %)"),
        (_switched_off, "La sonnerie est suspendue"),
    ],
)
def test_what_can_wait_is_watched(spoil: Spoil, told: str, whole: Facts) -> None:
    """What is doubtful is not called fine, and has something to do about it."""
    doubtful = [one for one in examine(spoil(whole)) if one.mark is not Mark.FINE]

    assert told in doubtful[0].what
    assert all(one.remedy for one in doubtful)


@pytest.mark.parametrize(
    ("days", "remedy"),
    [
        (15, "Urgent"),
        (30, "cette semaine"),
        (60, "ce mois-ci"),
        (90, "Prévoir"),
    ],
)
def test_a_token_that_ends_is_told_early(days: int, remedy: str, whole: Facts) -> None:
    """Ninety days before, then louder at sixty, thirty and fifteen."""
    (told,) = (one for one in examine(_ends_in(days)(whole)) if one.mark is Mark.WATCH)

    assert f"expire dans {days} jours" in told.what
    assert remedy in (told.remedy or "")


def test_a_token_with_time_left_is_fine(whole: Facts) -> None:
    """Ninety-one days are enough to say nothing."""
    assert {Mark.FINE} == {one.mark for one in examine(_ends_in(91)(whole))}


def test_clocks_within_two_seconds_agree(whole: Facts) -> None:
    """Two machines are never exactly together."""
    near = _record(skew=timedelta(seconds=-2))(whole)

    assert {Mark.FINE} == {one.mark for one in examine(near)}


def test_a_fault_seen_twice_is_said_once(whole: Facts) -> None:
    """Redis that is down is a fact of its own and of the figures: one line."""
    assert whole.snapshot is not None
    queues = tuple(replace(queue, waiting=None) for queue in whole.snapshot.queues)
    down = replace(whole, doorbells=None, snapshot=replace(whole.snapshot, queues=queues))

    whats = [one.what for one in examine(down) if one.mark is Mark.BROKEN]

    assert ["Redis ne répond pas : les dossiers seront repris dès son retour."] == whats
