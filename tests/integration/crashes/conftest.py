"""One hurried stack for many cases, and what the calm run of each scene ends with."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import count

import pytest

from services.command.demo.families import known_to
from services.command.stack.postgres import EmbeddedPostgres
from tests.integration.crashes.cases import Case, Scene
from tests.integration.crashes.playing import End, Families, play, play_calmly
from tests.integration.crashes.stack import Stack, hurried_stack
from tests.integration.crashes.tables import differences

_NUMBERS = count(1)


class Table:
    """Plays cases on one stack; each scene was played calmly once a day, for dates are compared."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._calm: dict[tuple[Scene, date], End] = {}

    def calm(self, scene: Scene) -> End:
        """What a scene ends with when nobody dies."""
        played = scene, datetime.now(UTC).date()
        if played not in self._calm:
            self._calm[played] = play_calmly(self.stack, scene, self.families(), self.code())
        return self._calm[played]

    def play(self, case: Case) -> End:
        """What the scene ends with when somebody dies."""
        return play(self.stack, case, self.families(), self.code())

    def families(self) -> Families:
        return known_to(self.stack.simulator_url)

    def code(self) -> str:
        return f"ville-{next(_NUMBERS)}"


@pytest.fixture(scope="module")
def crash_table(
    postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Table]:
    with hurried_stack(postgres, tmp_path_factory.mktemp("crashes")) as stack:
        yield Table(stack)


Play = Callable[[Case], None]


@pytest.fixture
def ends_as_calmly(crash_table: Table) -> Play:
    """Plays a case, and compares each of the town's tables with those of the calm run."""

    def check(case: Case) -> None:
        calm_tables, calm_told, _ = crash_table.calm(case.row.scene)
        tables, told, ordered = crash_table.play(case)
        assert "" == "\n".join(differences(calm_tables, tables))
        assert (calm_told, True) == (told, ordered)

    return check
