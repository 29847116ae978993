"""A run of families, watched from outside: metrics, traces, logs and webhooks of every process."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib.metadata import version
from typing import get_args

import pytest

from services.command.stack.account import unprivileged
from services.command.stack.home import Home
from shared.campaigns import CampaignState
from shared.endpoints import KNOWN_PROFILES
from shared.evidence import Outcome
from shared.states import Lane, Reason, Status, Step
from shared.tracing.parents import correlation, trace_id
from shared.watching.exposition import KINDS
from shared.watching.figures import Invariant
from shared.webhooks.outcomes import Failure
from tests.integration.whole.watched import FAMILIES, SERVICES, Seen, watched
from tests.shown_metrics import label_values

pytestmark = pytest.mark.stack

_STEPS = ("intake.request", "verify", "provider.ask", "provider.call", "price", "notify")
_REQUESTS = {f"{hundred}xx" for hundred in range(1, 6)}
_SWEPT = {"buried", "freed", "quarantined", "woken", "handed_over", "forgotten"}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    home = Home(tmp_path_factory.mktemp("watched") / "home")
    with watched(home) as found:
        yield found
    home.erase(unprivileged())


def _closed(routes: set[str]) -> dict[str, set[str]]:
    """What each label may be."""
    deliveries = {"waiting", "dead", "delivered", "gone", *Failure}
    return {
        "service": set(SERVICES),
        "version": {version("berceau")},
        "route": {*routes, "none"},
        "status": {*_REQUESTS, *Status, "later", *deliveries},
        "step": set(Step),
        "lane": set(Lane),
        "reason": {*Reason, "none", "later"},
        "endpoint": {*KNOWN_PROFILES, "other"},
        "outcome": {
            *(kind.__name__ for kind in get_args(Outcome)),
            *("Broken", "kept", "missed", "thought_dead"),
            *deliveries,
        },
        "answer": {"given", "trial", "refused", "given_back"},
        "kind": {kind.rstrip(":") for kind in KINDS},
        "state": {*CampaignState, "later"},
        "progress": {"fed", "waiting"},
        "invariant": set(Invariant),
        "then": {"tries_again", "gave_up"},
        "what": {*_SWEPT, "evidence_forgotten", "keys_forgotten", "members_forgotten"},
    }


def test_no_label_holds_more_than_its_closed_set(seen: Seen) -> None:
    """Every label of every sample of every process: a word of ours, or the bound of a bucket."""
    closed = _closed(seen.routes)
    values: dict[str, set[str]] = defaultdict(set)
    for page in seen.pages.values():
        for _, labels in label_values(page):
            for name, value in labels.items():
                values[name].add(value)
    bounds = values.pop("le")

    assert {} == {name: found - closed.get(name, set()) for name, found in values.items()
                  if found - closed.get(name, set())}  # fmt: skip
    assert all(float(bound) > 0 or math.isinf(float(bound)) for bound in bounds)
    assert {"step", "lane", "status", "reason", "endpoint", "outcome", "route"} <= set(values)


def test_metrics_count_what_the_record_holds(seen: Seen) -> None:
    """Decisions by the worker's count, the scheduler's reading and the record itself agree."""
    counted = re.search(r'^berceau_moves_total\{[^}]*status="DECIDED"[^}]*\} (\S+)$',
                        seen.pages["tariff"], re.MULTILINE)  # fmt: skip
    read = re.search(r'^berceau_applications\{[^}]*status="DECIDED"[^}]*\} (\S+)$',
                     seen.pages["scheduler"], re.MULTILINE)  # fmt: skip

    assert counted is not None
    assert read is not None
    assert (seen.decided, seen.decided) == (float(counted[1]), float(read[1]))
    assert seen.decided > FAMILIES / 2


def test_only_schedulers_ask_the_record_for_metrics(seen: Seen) -> None:
    """Whatever runs, queue figures are read once."""
    assert ["scheduler"] == [name for name, page in seen.pages.items() if "berceau_due{" in page]


def test_no_public_port_shows_metrics(seen: Seen) -> None:
    """Neither portals nor whoever sees the console reach them."""
    assert [404, 404] == list(seen.public.values())


def test_one_trace_leads_from_intake_to_the_webhook(seen: Seen) -> None:
    """Every step of a decided application is of the trace that its request began."""
    names = {trace_id(trace): set[str]() for trace in seen.traces.values()}
    for one in seen.spans:
        if one.trace in names:
            names[one.trace].add(one.name)

    assert len(names) == seen.decided
    assert {} == {trace: set(_STEPS) - has for trace, has in names.items() if set(_STEPS) - has}


def test_steps_hang_below_the_request(seen: Seen) -> None:
    """Across processes and queues: the parent of each step is the span that took it in."""
    requests = {one.id for one in seen.spans if one.name == "intake.request"}
    steps = [one for one in seen.spans if one.name in ("verify", "price", "notify")]

    assert {"berceau-verifier", "berceau-tariff", "berceau-notifier"} == {
        one.service for one in steps
    }
    assert [] == [one for one in steps if one.parent not in requests]


def test_a_call_says_its_host_and_no_more(seen: Seen) -> None:
    """Neither the path nor the query, which hold a civil status."""
    calls = [one for one in seen.spans if one.name == "provider.call"]
    known = {"server.address", "http.request.method", "http.response.status_code"}

    assert {"127.0.0.1"} == {one.said["server.address"] for one in calls}
    assert set() == {key for one in calls for key in one.said} - {*known, "berceau.outcome"}


def test_nobody_is_in_a_span_or_a_metric(seen: Seen) -> None:
    """No name, birth or address of any family, in any span, metric or log line."""
    places = {
        "spans": b"\n".join(seen.raw).decode(errors="replace"),
        "metrics": "\n".join(seen.pages.values()),
        "logs": json.dumps(seen.lines, ensure_ascii=False),
        "webhooks": json.dumps(seen.told),
    }

    assert len(seen.people) > FAMILIES
    assert [] == [
        (place, word) for place, text in places.items() for word in seen.people if word in text
    ]


def test_a_portal_is_told_the_trace(seen: Seen) -> None:
    """A webhook carries a traceparent of its application's trace."""
    known = {trace_id(trace) for trace in seen.traces.values()}
    told = {correlation(headers.get("traceparent")) for headers in seen.told}

    assert known <= told
    assert None not in told


def test_one_correlation_finds_an_application_everywhere(seen: Seen) -> None:
    """From the request to the webhook: lines of four services, and all of one application."""
    found = defaultdict(set)
    for line in seen.lines:
        if line.get("correlation"):
            found[line["correlation"]].add((line["service"], line["event"]))
    wanted = {
        ("intake", "request"),
        ("verifier", "step.done"),
        ("tariff", "step.done"),
        ("notifier", "notifier.tried"),
    }

    assert {} == {
        reference: wanted - found[trace_id(trace)]
        for reference, trace in seen.traces.items()
        if wanted - found[trace_id(trace)]
    }
