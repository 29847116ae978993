"""The pages, from their templates: escaped, with the French words for what they show."""

from datetime import timedelta
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from services.console.forms import CSRF_FIELD
from services.console.naming import who
from services.console.words import role_words
from shared.states import SENTENCES, Reason
from shared.watching import operating_words, words
from shared.watching.alerts import Gravity


def render(template: str, **content: object) -> str:
    """One page.

    Raises:
        jinja2.UndefinedError: when the template asks for what it was not given.
    """
    return _ENVIRONMENT.get_template(template).render(**content)


def _sentence(reason: str | None) -> str:
    """What a reason says to an agent; empty for the plain path or a reason of another version."""
    if reason is None or reason not in set(Reason):
        return ""
    return words.typeset(SENTENCES[Reason(reason)].agent)


def _share(part: int, whole: int) -> int:
    """A share in whole percents for a bar; what exists is seen, at one percent at least."""
    return max(1, round(100 * part / whole)) if part and whole else 0


def _percent(share: float) -> str:
    """`97 %`, for a share of one."""
    return f"{round(100 * share)}\u00a0%"


def _megabytes(size: int) -> str:
    """`1 234 Mo`."""
    return f"{words.number(size // 1_000_000)}\u00a0Mo"


def _long(value: timedelta | None) -> Markup:
    """A duration that keeps its parts together."""
    return Markup('<span class="tight">{}</span>').format(words.duration(value))


def _command(sentence: str) -> Markup:
    """A sentence with the `berceau` commands in it marked as code."""
    marked = str(escape(words.typeset(sentence)))
    for name in _COMMANDS:
        marked = marked.replace(f"berceau {name}", f"<code>berceau {name}</code>")
    return Markup(marked)  # noqa: S704  # escaped just above


def _csrf(visit: Any) -> Markup:  # noqa: ANN401  # a Visit, which knows us
    """The hidden field that each form carries."""
    field = '<input type="hidden" name="{}" value="{}">'
    return Markup(field).format(CSRF_FIELD, visit.csrf)  # noqa: S704  # escaped by format


_COMMANDS = ("doctor", "scheduler", "verifier", "tariff")
_ENVIRONMENT = Environment(
    loader=PackageLoader("services.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_ENVIRONMENT.filters.update(
    typeset=words.typeset,
    command=_command,
    number=words.number,
    at_least=words.at_least,
    duration=_long,
    since=words.since,
    moment=words.moment,
    status=words.status_words,
    reason=words.reason_words,
    sentence=_sentence,
    service=words.service_words,
    role=role_words,
)
_ENVIRONMENT.globals.update(
    share=_share,
    csrf=_csrf,
    who=who,
    queue_words=words.queue_words,
    switch_words=words.switch_words,
    campaign_words=words.campaign_words,
    delivery_words=words.delivery_words,
    pace_used=operating_words.pace_used,
    came_words=operating_words.came_words,
    outcome_words=operating_words.outcome_words,
    verbs=operating_words.VERBS,
    grounds=operating_words.GROUNDS,
    action_states=operating_words.ACTION_STATES,
    no_personal_data=f"{operating_words.NO_PERSONAL_DATA.capitalize()}.",
    percent=_percent,
    megabytes=_megabytes,
    broken=Gravity.BROKEN,
    lanes=words.LANES,
)
