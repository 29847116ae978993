"""The figures on one screen of a terminal: the same as the page's, for who is connected by ssh."""

from collections.abc import Iterable

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from shared.watching import words
from shared.watching.alerts import Alert, Gravity, alerts
from shared.watching.figures import Campaign, Holding, Queue, Snapshot, Switch, Webhook

_COLOURS = {Gravity.BROKEN: "bold red", Gravity.WATCH: "yellow"}
_SIGNS = {Gravity.BROKEN: "✗", Gravity.WATCH: "!"}
_SHOWN = 3


def screen(now: Snapshot) -> RenderableType:
    """Everything on one screen: what is wrong first."""
    parts = [_heading(now), _alerts(alerts(now)), _queues(now), _holders(now), _states(now)]
    return Group(*parts, *_lists(now))


def _heading(now: Snapshot) -> RenderableType:
    flow = now.flow
    text = Text()
    text.append("Berceau", style="bold")
    text.append(f"  relevé du {words.moment(now.taken_at)} UTC\n", style="dim")
    text.append(
        f"{words.at_least(now.due)} dus · {words.at_least(flow.last_minute)} décidés en une minute,"
        f" {words.at_least(flow.last_hour)} en une heure · reçu → décidé : "
        f"{words.duration(flow.half_within)} (un sur deux), {words.duration(flow.most_within)} "
        "(95\u00a0%)"
    )
    return text


def _alerts(found: Iterable[Alert]) -> RenderableType:
    text = Text()
    for alert in found:
        text.append(f"\n{_SIGNS[alert.gravity]} {words.typeset(alert.what)}")
        text.stylize(_COLOURS[alert.gravity], len(text) - len(alert.what) - 2)
        text.append(f"\n  {words.typeset(alert.remedy)}")
    return text or Text("\n✓ Rien à signaler.", style="green")


def _table(*columns: str, title: str) -> Table:
    table = Table(title=f"\n{title}", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column(columns[0])
    for name in columns[1:]:
        table.add_column(name, justify="right")
    return table


def _row(table: Table, *cells: str) -> None:
    """Add cells as they are: what an operator wrote is no markup."""
    table.add_row(*(Text(words.typeset(cell)) for cell in cells))


def _item(sentence: str) -> RenderableType:
    return Padding(Text(words.typeset(sentence)), (0, 2))


def _queues(now: Snapshot) -> RenderableType:
    table = _table("file", "dus", "le plus ancien", "en main", "sonnettes", title="Files")
    for queue in now.queues:
        _row(
            table,
            words.queue_words(queue.step, queue.lane),
            words.at_least(queue.due),
            words.since(queue.oldest_due_at, now.taken_at),
            words.number(queue.held),
            _bells(queue, now.window),
        )
    return table


def _bells(queue: Queue, window: int) -> str:
    return "inconnu" if queue.waiting is None else f"{queue.waiting}/{window}"


def _holders(now: Snapshot) -> RenderableType:
    table = _table("processus", "file", "en main", "depuis", "état", title="En main")
    for holding in now.holdings[: _SHOWN * 2]:
        _row(
            table,
            _who(holding),
            words.queue_words(holding.step, holding.lane),
            words.number(holding.held),
            words.since(holding.oldest_claimed_at, now.taken_at),
            "vivant" if now.lives(holding.worker) else "tenu pour mort",
        )
    alive = sorted({worker.service for worker in now.workers if now.lives(worker)})
    count = ", ".join(words.counted(now.alive(name), words.service_words(name)) for name in alive)
    line = Text(words.typeset(f"Processus vivants : {count or 'aucun'}"))
    return Group(table, line) if now.holdings else Group("", line)


def _who(holding: Holding) -> str:
    worker = holding.worker
    if worker is None:
        return "oublié"
    return f"{words.service_words(worker.service)}, {worker.host}, {worker.pid}"


def _states(now: Snapshot) -> RenderableType:
    table = _table("état", "dossiers", title="États")
    table.add_column("motif")
    for standing in now.standings:
        status, reason = words.status_words(standing.status), words.reason_words(standing.reason)
        _row(table, status, words.number(standing.count), reason)
    return table


def _lists(now: Snapshot) -> Iterable[RenderableType]:
    if now.quarantined:
        yield Text("\nEn quarantaine", style="bold")
        for one in now.quarantined[:_SHOWN]:
            waited = words.since(one.since, now.taken_at)
            yield _item(f"{one.reference}, depuis {waited}, {one.starts} essais")
    if now.parked:
        yield Text("\nProchains réveils", style="bold")
        for wake in now.parked[:_SHOWN]:
            rest = words.since(now.taken_at, wake.wakes_at)
            reason = words.reason_words(wake.reason)
            yield _item(f"{wake.reference}, dans {rest} : {reason}")
    if now.campaigns:
        yield Text("\nCampagnes", style="bold")
        yield from (_item(_campaign(campaign)) for campaign in now.campaigns[:_SHOWN])
    if now.webhooks:
        yield Text("\nLivraisons aux portails", style="bold")
        yield from (_item(_webhook(webhook)) for webhook in now.webhooks[:_SHOWN])
    if now.switches:
        yield Text("\nSuspensions", style="bold")
        yield from (_item(_switch(switch)) for switch in now.switches)


def _campaign(campaign: Campaign) -> str:
    state, waiting = words.campaign_words(campaign.state), words.number(campaign.waiting)
    total = words.counted(campaign.total, "dossier")
    return f"{campaign.code}, {state} : {waiting} à reprendre sur {total}"


def _webhook(webhook: Webhook) -> str:
    waiting, dead = words.at_least(webhook.waiting), words.at_least(webhook.dead)
    stopped = ", webhook arrêté" if webhook.stopped_at else ""
    return f"{webhook.portal} : {waiting} en attente, mortes : {dead}{stopped}"


def _switch(switch: Switch) -> str:
    name = f"habilitation {switch.habilitation}" if switch.habilitation else switch.name
    until = f"jusqu'au {words.moment(switch.until)}" if switch.until else "sans date de fin"
    who = f", par {switch.by}" if switch.by else ""
    return f"{name}, {until}{who} : {switch.reason}"
