"""Every check, in the order in which a person would look; pure: facts in, findings out."""

from collections.abc import Callable, Iterator

from services.command.diagnosis import keys, logs, servers
from services.command.diagnosis.facts import Doorbells, Facts, Record
from services.command.diagnosis.finding import Finding, broken, fine, watch
from shared.watching.alerts import Gravity, alerts
from shared.watching.figures import NOTIFIER, SCHEDULER, SERVICE_OF
from shared.watching.words import counted, service_words

_OF_RECORD: tuple[Callable[[Facts, Record], Iterator[Finding]], ...] = (
    servers.migrations_are_current,
    servers.append_only_is_closed,
    logs.logs_say_nothing_of_families,
    servers.database_size,
    keys.keys_are_at_hand,
    keys.rights_are_usable,
)
_OF_REDIS: tuple[Callable[[Facts, Doorbells], Iterator[Finding]], ...] = (
    servers.redis_keeps_doorbells,
    servers.redis_has_room,
)


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Every finding, each said once; what could not be gathered is not guessed."""
    said: dict[str, Finding] = {}
    for finding in _findings(facts):
        said.setdefault(finding.what, finding)
    return tuple(said.values())


def _findings(facts: Facts) -> Iterator[Finding]:
    yield from keys.ring_is_whole(facts)
    yield from keys.seal_key_is_closed(facts)
    yield from _record(facts)
    yield from _redis(facts)
    yield from servers.clocks_agree(facts)
    yield from servers.space_is_left(facts)
    yield from _life(facts)


def _record(facts: Facts) -> Iterator[Finding]:
    if facts.record is None:
        yield broken(
            "PostgreSQL ne répond pas ou refuse l'accès : tables, droits et jetons non vérifiés.",
            "Vérifier le serveur et BERCEAU_DATABASE_URL.",
        )
        return
    yield fine("PostgreSQL répond.")
    for check in _OF_RECORD:
        yield from check(facts, facts.record)


def _redis(facts: Facts) -> Iterator[Finding]:
    if facts.doorbells is None:
        yield broken(
            "Redis ne répond pas : les dossiers seront repris dès son retour.",
            "Vérifier le serveur et BERCEAU_REDIS_URL.",
        )
        return
    yield fine("Redis répond.")
    for check in _OF_REDIS:
        yield from check(facts, facts.doorbells)


def _life(facts: Facts) -> Iterator[Finding]:
    """Workers and a scheduler live, and nothing is amiss that the page would tell."""
    now = facts.snapshot
    if now is None:
        return
    for service in (*SERVICE_OF.values(), NOTIFIER, SCHEDULER):
        if alive := now.alive(service):
            yield fine(f"{counted(alive, service_words(service))} en vie.")
    if not now.switches:
        yield fine("Rien n'est suspendu.")
    for alert in alerts(now):
        yield (broken if alert.gravity is Gravity.BROKEN else watch)(alert.what, alert.remedy)
