"""Checks of what Berceau stands on: PostgreSQL, Redis, the clocks, the space left."""

from collections.abc import Iterator
from datetime import timedelta

from services.command.diagnosis.facts import Doorbells, Facts, Record
from services.command.diagnosis.finding import Finding, broken, fine, watch
from shared.watching.words import duration

_MOST_SKEW = timedelta(seconds=2)
_LITTLE_SPACE, _NO_SPACE = 10, 2  # percents
_MUCH_MEMORY, _TOO_MUCH_MEMORY = 60, 80  # percents
_UNITS = ("o", "Kio", "Mio", "Gio", "Tio")
_UNKNOWN_REDIS = (
    "Ce Redis ne le dit pas : vérifier chez qui l'héberge. Sans importance pour une démonstration."
)


def migrations_are_current(_facts: Facts, record: Record) -> Iterator[Finding]:
    """The tables are those of this version, or later ones that it may work on."""
    current, wanted = record.tables.current, record.tables.wanted
    if current == wanted:
        yield fine(f"Tables de cette version (migration {current}).")
    elif record.tables.fit:
        yield fine(
            f"Tables d'une version plus récente (migration {current}), qui conviennent à celle-ci."
        )
    elif record.tables.ahead:
        yield broken(
            f"Tables à la migration {current}, cette version s'arrête à {wanted}.",
            "Installer la version qui a migré la base : celle-ci ne peut plus travailler dessus.",
        )
    else:
        yield broken(
            f"Tables à la migration {current or 'aucune'}, cette version attend {wanted}.",
            "Lancer berceau migrate.",
        )


def append_only_is_closed(_facts: Facts, record: Record) -> Iterator[Finding]:
    """The services cannot change or delete what is only ever added to."""
    if record.rights_too_many is None:
        return
    if not record.rights_too_many:
        yield fine("Les services ne peuvent ni modifier ni effacer le journal et les décisions.")
        return
    yield broken(
        f"Les services ont des droits de trop : {', '.join(record.rights_too_many)}.",
        "Se connecter avec le rôle des services, jamais le propriétaire ni un superutilisateur, "
        "et retirer ces droits (REVOKE).",
    )


def database_size(_facts: Facts, record: Record) -> Iterator[Finding]:
    yield fine(f"Taille de la base : {size(record.size_bytes)}.")


def redis_keeps_doorbells(_facts: Facts, redis: Doorbells) -> Iterator[Finding]:
    """Redis never throws doorbells away, and writes them down."""
    match redis.policy:
        case None:
            yield watch("Éviction de Redis (maxmemory-policy) : non connu.", _UNKNOWN_REDIS)
        case "noeviction":
            yield fine("Redis ne jette rien quand il est plein (noeviction).")
        case policy:
            yield broken(
                f"Redis jette des clés quand il est plein ({policy}).",
                "Régler maxmemory-policy noeviction.",
            )
    match redis.append_only:
        case None:
            yield watch("Écriture de Redis sur disque (appendonly) : non connu.", _UNKNOWN_REDIS)
        case True:
            yield fine("Redis écrit sur disque (appendonly).")
        case False:
            yield broken(
                "Redis n'écrit pas sur disque : un arrêt vide les files et le rythme des appels.",
                "Régler appendonly yes.",
            )


def redis_has_room(_facts: Facts, redis: Doorbells) -> Iterator[Finding]:
    """A full Redis refuses even acknowledgements."""
    if redis.used is None:
        yield watch("Mémoire de Redis : non connu.", _UNKNOWN_REDIS)
        return
    if not redis.limit:
        yield watch(
            f"Mémoire de Redis : {size(redis.used)}, sans limite.",
            "Régler maxmemory, pour que la machine ne l'arrête pas d'elle-même.",
        )
        return
    percent = 100 * redis.used // redis.limit
    what = f"Mémoire de Redis : {size(redis.used)} sur {size(redis.limit)} ({percent} %)."
    remedy = "Relever maxmemory, et chercher ce qui d'autre occupe ce Redis."
    if percent >= _TOO_MUCH_MEMORY:
        yield broken(what, remedy)
    else:
        yield watch(what, remedy) if percent >= _MUCH_MEMORY else fine(what)


def clocks_agree(facts: Facts) -> Iterator[Finding]:
    """This machine, PostgreSQL and Redis tell the same time, within two seconds."""
    if facts.record is not None:
        yield _clock("PostgreSQL", facts.record.skew)
    if facts.doorbells is not None and facts.doorbells.skew is not None:
        yield _clock("Redis", facts.doorbells.skew)


def _clock(name: str, skew: timedelta) -> Finding:
    if abs(skew) <= _MOST_SKEW:
        return fine(f"Horloge de {name} à l'heure de cette machine.")
    side = "en avance" if skew > timedelta(0) else "en retard"
    return watch(
        f"Horloge de {name} {side} de {duration(abs(skew))} sur cette machine.",
        "Vérifier la synchronisation (NTP) des deux machines.",
    )


def space_is_left(facts: Facts) -> Iterator[Finding]:
    """The file system of the key ring has room."""
    if facts.space is None or not facts.space.total:
        return
    percent = 100 * facts.space.free // facts.space.total
    what = f"Espace disque auprès du trousseau : {size(facts.space.free)} libres ({percent} %)."
    remedy = "Libérer de la place : un disque plein arrête tout."
    if percent < _NO_SPACE:
        yield broken(what, remedy)
    else:
        yield watch(what, remedy) if percent < _LITTLE_SPACE else fine(what)


def size(count: int) -> str:
    """`12,5 Mio`."""
    value, unit = float(count), 0
    while value >= 1024 and unit < len(_UNITS) - 1:  # noqa: PLR2004  # a binary thousand
        value, unit = value / 1024, unit + 1
    shown = f"{value:.0f}" if unit == 0 else f"{value:.1f}".replace(".", ",")
    return f"{shown}\u00a0{_UNITS[unit]}"
