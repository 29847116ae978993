"""Figures as JSON: the same names, ISO 8601 times in UTC, lengths of time in seconds."""

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from enum import IntEnum
from uuid import UUID

from shared.watching.alerts import Alert, alerts
from shared.watching.figures import Snapshot


def snapshot_json(snapshot: Snapshot) -> str:
    """One line of JSON: every figure, and `alerts` (gravity `broken` or `watch`)."""
    content = {**asdict(snapshot), "alerts": [_alert(one) for one in alerts(snapshot)]}
    return json.dumps(content, ensure_ascii=False, default=plain)


def plain(value: object) -> str | float:
    """What `json` asks for a value that it does not know.

    Raises:
        TypeError: nobody said how it is written.
    """
    match value:
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case UUID():
            return str(value)
        case _:
            raise TypeError(f"{type(value).__name__} has no JSON form")


def _alert(alert: Alert) -> dict[str, str]:
    gravity: IntEnum = alert.gravity
    return {"gravity": gravity.name.lower(), "what": alert.what, "remedy": alert.remedy}
