"""Outcomes in the words of the tables of cases."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from shared.evidence import Busy, Certified, Outcome


def told(outcome: Outcome, now: datetime) -> dict[str, Any]:
    """An outcome in the words of the tables: its name, and all but its provenance."""
    if isinstance(outcome, Certified):
        said = outcome.facts.model_dump(mode="json", exclude={"provenance"})
    else:
        said = asdict(outcome)
        del said["provenance"]
        if said.get("born_on", ...) is None:
            del said["born_on"]
    if isinstance(outcome, Busy):
        moment = said.pop("retry_at")
        said["retry_in"] = moment and (moment - now).total_seconds()
    said["fields"] = list(said["fields"]) if "fields" in said else []
    return {"outcome": type(outcome).__name__} | said


def expected(case: dict[str, Any]) -> dict[str, Any]:
    """What a table expects, where no field is refused unless it says so."""
    return {"fields": []} | case
