"""The instruments: everything that a process counts of its own work, in one registry.

Labels are closed sets, written beside each: a word of ours, never an id, a code or what somebody
typed. docs/reference/metrics.md has a row for each, held by a test; what queues hold is not here
but in `shared.watching.exposition`, which one kind of process shows.
"""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.process_collector import ProcessCollector

from shared.endpoints import KNOWN_PROFILES
from shared.states import Step

disable_created_metrics()  # type: ignore[no-untyped-call]  # times of birth double the page, and nobody reads them
REGISTRY = CollectorRegistry(auto_describe=True)
NO_REASON = "none"  # the plain path
OTHER = "other"  # an endpoint that was added beside the State's
_SHORT = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
_CALLS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 25, 30)
_WAITS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 14_400, 86_400)
_GROUPS = (1, 2, 4, 8, 16, 32, 64)

ProcessCollector(registry=REGISTRY)

BUILD = Gauge(
    "berceau_build_info",
    "1: which service this process is, and of which version.",
    ["service", "version"],
    registry=REGISTRY,
)

REQUESTS = Histogram(
    "berceau_request_seconds",
    "Requests to intake: how long each took, by the route's template and the class of its status.",
    ["route", "status"],
    buckets=_SHORT,
    registry=REGISTRY,
)

STEPS = Histogram(
    "berceau_step_seconds",
    "One application's step in a worker, from its claim to its save, its calls included.",
    ["step"],
    buckets=_CALLS,
    registry=REGISTRY,
)
MOVES = Counter(
    "berceau_moves",
    "Applications that a worker moved and saved, by where they went and why.",
    ["step", "status", "reason"],
    registry=REGISTRY,
)
BROKEN = Counter(
    "berceau_steps_broken",
    "Steps that a bug of ours broke: the application is begun again later.",
    ["step"],
    registry=REGISTRY,
)
DECIDED = Histogram(
    "berceau_received_to_decided_seconds",
    "From an application's reception to its first decision, or to its proposal to an agent.",
    ["lane"],
    buckets=_WAITS,
    registry=REGISTRY,
)
IN_FLIGHT = Gauge(
    "berceau_in_flight",
    "Applications in the hands of this process now.",
    ["step"],
    registry=REGISTRY,
)
SAVES = Histogram(
    "berceau_save_seconds",
    "Saving one group, and ringing for what comes next.",
    buckets=_SHORT,
    registry=REGISTRY,
)
GROUPS = Histogram(
    "berceau_save_group_applications",
    "How many applications one group saved.",
    buckets=_GROUPS,
    registry=REGISTRY,
)
SAVES_FAILED = Counter(
    "berceau_saves_failed",
    "Groups that the record did not take: tried again, or given up.",
    ["then"],
    registry=REGISTRY,
)

CALLS = Histogram(
    "berceau_provider_call_seconds",
    "Questions to a provider, by endpoint and by the class of what came of them.",
    ["endpoint", "outcome"],
    buckets=_CALLS,
    registry=REGISTRY,
)
PERMITS = Counter(
    "berceau_permits",
    "Permits to call: given, given as a trial of what was stopped, refused for now, given back.",
    ["endpoint", "answer"],
    registry=REGISTRY,
)

BEATS = Counter(
    "berceau_beats",
    "Heartbeats of this process: kept, missed, or found dead and born again.",
    ["outcome"],
    registry=REGISTRY,
)

TRIES = Histogram(
    "berceau_delivery_try_seconds",
    "Tries to tell a portal's webhook, by what came of them.",
    ["outcome"],
    buckets=_CALLS,
    registry=REGISTRY,
)
DEAD = Counter(
    "berceau_deliveries_died", "Deliveries that were tried to the end.", registry=REGISTRY
)

TICKS = Histogram(
    "berceau_tick_seconds",
    "One look of the scheduler at everything.",
    buckets=_SHORT,
    registry=REGISTRY,
)
TICKS_MISSED = Counter(
    "berceau_ticks_missed", "Looks that the record did not allow.", registry=REGISTRY
)
RUNG = Counter(
    "berceau_doorbells_rung", "Doorbells that the scheduler rang.", ["step", "lane"],
    registry=REGISTRY,
)  # fmt: skip
SWEPT = Counter(
    "berceau_swept", "What the scheduler swept up, by kind.", ["what"], registry=REGISTRY
)
INSPECTED = Counter(
    "berceau_inspected_applications",
    "Applications that the scheduler has looked at for its invariants.",
    registry=REGISTRY,
)
FED = Counter("berceau_campaign_fed", "Members of campaigns that were fed.", registry=REGISTRY)


def endpoint_label(profile: str) -> str:
    """An endpoint of the State by its profile, or `other`."""
    return profile if profile in KNOWN_PROFILES else OTHER


FROM_ZERO = {
    BROKEN: [step.value for step in Step],
    SAVES_FAILED: ["tries_again", "gave_up"],
    BEATS: ["kept", "missed", "thought_dead"],
}
"""Failures that an alert looks for: shown as 0 at birth, since Prometheus sees no increase in a
series that begins at 1."""

for _failures, _words in FROM_ZERO.items():
    for _word in _words:
        _failures.labels(_word)
