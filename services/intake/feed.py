"""The feed of a portal's events, and trials of its webhook: what a portal follows by itself."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection, text

from services.intake.parts import Parts
from services.intake.portals import Caller, Portal, admit
from services.intake.problems import refusal
from services.intake.wordings import Kind
from shared.crash_points import Point
from shared.portal_keys import Scope
from shared.protocol.delivering import feed, mending
from shared.protocol.delivering.feed import MOST, START, Cursor, Page
from shared.store.committing import committing

_WEBHOOK = text("""
    SELECT webhook_url IS NOT NULL AND webhook_stopped_at IS NULL FROM portals WHERE id = :portal
""")
_SENT = (
    "Un événement d'essai part vers votre webhook, une seule fois. S'il n'arrive pas dans la "
    "minute, voyez votre journal, puis demandez à la collectivité ce qu'il en est."
)


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChangeAnswer(_Answer):
    """Ce qui a changé ; rien de plus : pour le reste, lire le dossier."""

    reference: str
    sequence: int = Field(description="Rang du changement dans le dossier ; il peut sauter.")
    state: str
    reason: str | None = None
    decision_version: int | None = Field(description="Pour DECIDED : la version décidée.")


class EventAnswer(_Answer):
    """Un événement CloudEvents 1.0, tel qu'il est livré au webhook."""

    specversion: str
    id: str = Field(description="Le même que « webhook-id » : il dit les répétitions.")
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str
    data: ChangeAnswer


class FeedAnswer(_Answer):
    """Une page d'événements, dans un ordre où aucun ne peut être sauté."""

    events: list[EventAnswer]
    after: str = Field(description="À donner à la prochaine lecture.", examples=["812-45"])
    more: bool = Field(description="Vrai si d'autres sont déjà là.")

    @classmethod
    def of(cls, page: Page) -> Self:
        """What a page says."""
        events = [EventAnswer.model_validate(event.as_json()) for event in page.events]
        return cls(events=events, after=str(page.after), more=page.more)


class TrialAnswer(_Answer):
    """Un essai du webhook est parti."""

    event: str = Field(description="« webhook-id » de l'essai.")
    sentence: str


def show(parts: Parts, caller: Caller, after: str | None, limit: str | None) -> FeedAnswer:
    """The events after a place.

    Raises:
        ProblemError: unknown-key; scope-missing; malformed-cursor, for `after` or `limit`.
    """
    with parts.engine.connect() as connection:
        portal = admit(connection, caller, Scope.APPLICATIONS_READ)
        cursor, most = _asked(after, limit)
        return FeedAnswer.of(feed.read(connection, portal.id, cursor, most=most))


def try_webhook(parts: Parts, caller: Caller) -> TrialAnswer:
    """Have a signed event sent that tells nothing.

    Raises:
        ProblemError: unknown-key; scope-missing; no-webhook, when there is none or it is stopped.
    """
    with committing(parts.engine, Point.TRYING_WEBHOOK, Point.TRIED_WEBHOOK) as connection:
        portal = admit(connection, caller, Scope.APPLICATIONS_READ)
        if not _has_webhook(connection, portal):
            raise refusal(Kind.NO_WEBHOOK)
        event = mending.begin_trial(connection, portal.id)
    return TrialAnswer(event=str(event), sentence=_SENT)


def _asked(after: str | None, limit: str | None) -> tuple[Cursor, int]:
    try:
        cursor = START if after is None else Cursor.read(after)
        most = MOST if limit is None else int(limit)
    except ValueError:
        raise refusal(Kind.MALFORMED_CURSOR) from None
    if not 1 <= most <= MOST:
        raise refusal(Kind.MALFORMED_CURSOR)
    return cursor, most


def _has_webhook(connection: Connection, portal: Portal) -> bool:
    return bool(connection.execute(_WEBHOOK, {"portal": portal.id}).scalar_one())


EXAMPLE_FEED: dict[str, Any] = {
    "events": [
        {
            "specversion": "1.0",
            "id": "5f0c7e0e-3f5a-4d0a-9d5e-0d8f5a1c2b3d",
            "source": "urn:berceau:portal:espace-famille",
            "type": "fr.berceau.application.decided",
            "subject": "7K3F-9QXM-2WT3",
            "time": "2026-11-23T10:00:04.123456Z",
            "datacontenttype": "application/json",
            "data": {
                "reference": "7K3F-9QXM-2WT3",
                "sequence": 3,
                "state": "DECIDED",
                "reason": None,
                "decision_version": 1,
            },
        }
    ],
    "after": "812-45",
    "more": False,
}
EXAMPLE_TRIAL = {"event": "0b7e9c1a-6f0e-4a58-8f0f-7a4d1f6f2c11", "sentence": _SENT}
