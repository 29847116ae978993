"""Every metric that a process may show, with its type and labels, as Prometheus reads them."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from shared.metering.instruments import REGISTRY
from shared.states import Lane, Status, Step
from shared.watching.exposition import Exposition, promised
from shared.watching.figures import (
    Campaign,
    Finding,
    Flow,
    Holding,
    Invariant,
    PaceUsed,
    Queue,
    Snapshot,
    Standing,
    Switch,
    WakeUp,
    Webhook,
    Worker,
)

_AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
_DEAD = Worker("verifier", "hote", 7, _AT - timedelta(hours=1), _AT - timedelta(seconds=60))
_NAMED = re.compile(r"\bberceau_[a-z_]+")
_SUFFIXES = re.compile(r"_(?:bucket|count|sum|total)\Z")

TROUBLED = Snapshot(
    taken_at=_AT,
    window=32,
    queues=tuple(
        Queue(step, lane, 3, _AT - timedelta(minutes=9), 2, 1) for step in Step for lane in Lane
    ),
    holdings=(Holding(Step.VERIFY, Lane.NOW, _DEAD, 5, _AT - timedelta(minutes=2)),),
    standings=(Standing(Status.QUARANTINED, "never_finished", 1), Standing("NEW", "new", 2)),
    parked=(WakeUp("REF", None, _AT - timedelta(seconds=90), None),),
    quarantined=(),
    switches=(
        Switch("breaker:eaje", None, "timeout", _AT, None),
        Switch("new", None, "", _AT, None),
    ),
    workers=(_DEAD,),
    flow=Flow(0, 0, 0, None, None),
    campaigns=(Campaign("hausse-2027", "running", 10, 4),),
    webhooks=(Webhook("arles-famille", _AT, 7, _AT - timedelta(minutes=6), 2),),
    findings=(Finding(Invariant.JOURNAL, _AT - timedelta(minutes=1), 1_000, 1, ("REF",)),),
    token_ends_at=_AT + timedelta(days=3),
    paces=(PaceUsed("arles-2026", 1_080, 810), PaceUsed("uzes-2026", 1_080, None)),
)
"""A moment in which every figure is there, and most are bad."""


def exposed(snapshot: Snapshot = TROUBLED) -> list[Metric]:
    """The figures of a moment as the scheduler shows them."""
    return list(Exposition(lambda: snapshot, promised=promised(24)).collect())


def families() -> dict[str, Metric]:
    """Every family, by the name under which it is asked for; those of the process itself too."""
    return {_name(one): one for one in (*REGISTRY.collect(), *exposed())}


def _name(family: Metric) -> str:
    return f"{family.name}_total" if family.type == "counter" else family.name


def named_in(expression: str) -> set[str]:
    """The metrics that an expression asks for, by their family."""
    known = families()
    found = _NAMED.findall(expression)
    return {name if name in known else _SUFFIXES.sub("", name) for name in found}


def label_values(page: str) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Each sample of a page of metrics: its family and its labels."""
    for family in text_string_to_metric_families(page):
        for sample in family.samples:
            yield family.name, sample.labels
