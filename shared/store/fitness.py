"""Fitness: whether this code may work on the tables that a database has. Pure.

Each migration from 0003 on says since which revision code still works on the tables that it leaves
(`WORKS_FROM`), and the database keeps the answer of its newest one. So a version that knows nothing
of the revisions after its own can still tell whether it may run: that is what a rollback rests on.
Revisions are four digits, and compare as text.
"""

import re
from dataclasses import dataclass

_REVISION = re.compile(r"\d{4}\Z")


@dataclass(frozen=True, slots=True)
class Revisions:
    """Where a database stands, and what this code was written for.

    `current` is None without tables; `works_from` is the oldest revision whose code works on these
    tables, None before 0003, which nothing said.
    """

    current: str | None
    wanted: str
    works_from: str | None = None

    @property
    def ahead(self) -> bool:
        """Whether a later version has migrated the tables."""
        if self.current is None or not _REVISION.match(self.current):
            return False
        return self.current > self.wanted

    @property
    def fit(self) -> bool:
        """Whether this code may work on these tables: its own, or later ones that still bear it."""
        if self.current == self.wanted:
            return True
        return self.ahead and self.works_from is not None and self.works_from <= self.wanted
