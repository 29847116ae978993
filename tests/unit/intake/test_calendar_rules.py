"""Dates that no family can mean on the day."""

from datetime import UTC, datetime
from typing import Any

import pytest

from services.intake.calendar_rules import refuse_impossible_dates
from services.intake.examples import APPLICATION
from services.intake.problems import ProblemError
from shared.application import Application

_NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)  # already the 24th in Wallis-et-Futuna


def _application(**changes: dict[str, Any]) -> Application:
    body = {key: {**APPLICATION[key], **change} for key, change in changes.items()}
    return Application.model_validate({**APPLICATION, **body})


def _faults(application: Application) -> list[tuple[str, str]]:
    try:
        refuse_impossible_dates(application, _NOW)
    except ProblemError as refused:
        return [(f.pointer, f.code) for f in refused.problem.faults]
    return []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"child": {"birth": "2026-11-24"}, "care": {"start": "2027-01-01"}}, []),
        (
            {"child": {"birth": "2026-11-25"}, "care": {"start": "2027-01-01"}},
            [("/child/birth", "not_born_yet")],
        ),
        (
            {"care": {"start": "2025-03-03"}},
            [("/care/start", "care_before_birth")],
        ),
        ({"care": {"start": "2025-03-04"}}, []),
        (
            {"care": {"start": "2206-09-01", "end": None}},
            [("/care/start", "care_too_far")],
        ),
        ({"applicant": {"birth": "2025-03-04"}}, [("/applicant/birth", "born_after_the_child")]),
        ({"applicant": {"birth": "2026"}}, [("/applicant/birth", "born_after_the_child")]),
        ({"applicant": {"birth": "2025"}}, []),
        ({"notice": {"shown_at": "2026-11-23T13:05:00Z"}}, []),
        (
            {"notice": {"shown_at": "2026-11-23T13:05:01Z"}},
            [("/notice/shown_at", "shown_in_the_future")],
        ),
    ],
)
def test_dates_are_held_against_today(
    changes: dict[str, dict[str, Any]], expected: list[tuple[str, str]]
) -> None:
    """Each rule refuses from its first impossible day on, and not before."""
    assert expected == _faults(_application(**changes))


def test_every_broken_rule_is_told() -> None:
    """Whoever must mend gets the whole list at once."""
    application = _application(
        child={"birth": "2026-12-25"}, notice={"shown_at": "2027-01-01T00:00:00Z"}
    )

    assert ["/care/start", "/child/birth", "/notice/shown_at"] == [
        place for place, _ in _faults(application)
    ]
