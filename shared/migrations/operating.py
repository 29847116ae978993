"""What the screens may do to the tables of operating, and to which rows of them."""

from shared.migrations import reach, rights

_THEIRS = f"'person:' || CAST({reach.SELF} AS text)"
_ON_ONE = f"application_id IS NULL OR {reach.of_own('applications', 'application_id')}"
_ASKED = f"({reach.EVERYWHERE} OR asked_by = {_THEIRS})"
_KEPT = f"(owner = {_THEIRS} OR (owner = 'team' AND {reach.ACTS}))"
_ROWS = (  # table, rights on it, rows that are seen, rows that are added and changed
    ("operations", "SELECT, INSERT", _ON_ONE, f"actor = {_THEIRS} AND ({_ON_ONE})"),
    ("bulk_actions", "SELECT, INSERT, UPDATE", _ASKED, f"{reach.ACTS} AND {_ASKED}"),
    ("bulk_members", "SELECT, INSERT, UPDATE", reach.own(), f"{reach.ACTS} AND {reach.own()}"),
    (
        "saved_filters",
        "SELECT, INSERT, UPDATE, DELETE",
        f"owner IN ({_THEIRS}, 'team')",
        _KEPT,
    ),
    ("samples", "SELECT", reach.EVERYWHERE, "false"),
)


def open_to_screens() -> None:
    """Rights and rows; names are found by a function alone (`reach.make_findings`)."""
    for table, granted, seen, changed in _ROWS:
        rights.open_to_screens(granted, (table,))
        rights.rows_within(table)
        rights.screens_see(table, seen)
        rights.screens_change(table, changed)
    rights.rows_within("name_tokens")
