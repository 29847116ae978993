"""Check of what PostgreSQL's log may say: statements, their parameters, details of errors."""

from collections.abc import Iterator, Mapping

from services.command.diagnosis.facts import Facts, Record
from services.command.diagnosis.finding import Finding, fine, watch

_SAFE: Mapping[str, frozenset[str]] = {
    "log_min_error_statement": frozenset({"fatal", "panic"}),
    "log_error_verbosity": frozenset({"terse"}),
    "log_parameter_max_length": frozenset({"0"}),
    "log_parameter_max_length_on_error": frozenset({"0"}),
}


def logs_say_nothing_of_families(_facts: Facts, record: Record) -> Iterator[Finding]:
    """What a family said stands in no line of PostgreSQL's log, whatever fails."""
    if record.told_by_logs is None:
        return
    open_ = [
        f"{name}={record.told_by_logs.get(name, 'non connu')}"
        for name, safe in _SAFE.items()
        if record.told_by_logs.get(name) not in safe
    ]
    if not open_:
        yield fine("Le journal de PostgreSQL ne dit rien des familles.")
        return
    yield watch(
        f"Le journal de PostgreSQL peut citer des données de familles ({', '.join(open_)}).",
        "Régler log_min_error_statement=panic, log_error_verbosity=terse, "
        "log_parameter_max_length=0 et log_parameter_max_length_on_error=0, puis recharger.",
    )
