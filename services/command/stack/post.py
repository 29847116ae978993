"""One post of the stack: the place of one copy of a program, whichever process fills it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGCONT, SIGSTOP, Signals

from services.command.stack import logs
from services.command.stack.backoff import Patience, Restarts
from services.command.stack.child import Child
from services.command.stack.errors import StackError
from services.command.stack.events import Event, Happening
from services.command.stack.leash import Leash
from services.command.stack.program import Program


class Post:
    """Keeps one process of `program` running; `tell` receives what happens to it.

    Driven by the supervisor under its mutex: `start` once, `watch` often, `stop` once.
    """

    def __init__(
        self,
        program: Program,
        *,
        log: Path,
        leash: Leash,
        patience: Patience,
        tell: Callable[[Event], None],
    ) -> None:
        self.program = program
        self._log = log
        self._leash = leash
        self._pause = patience.first
        self._restarts = Restarts(patience)
        self._tell = tell
        self._asked = False
        self._due: float | None = None
        self._child: Child | None = None
        self.last_exit_code: int | None = None

    def start(self) -> None:
        """Fill the post; `wait_ready` says when it is of use."""
        logs.begin(self._log)
        self._fill(Happening.STARTED)

    def wait_ready(self) -> None:
        """Wait for the first process of this post.

        Raises:
            StackError: it ended, or its patience ran out.
        """
        if self._child is not None:
            self._child.wait_ready()

    def watch(self, now: float) -> None:
        """Note the end of the process, fill the post again when that is due, bound its log."""
        logs.keep_within(self._log)
        if self._child is not None:
            self._note_end(self._child, now)
        elif self._due is not None and now >= self._due:
            self._refill(now)

    def kill(self, number: Signals) -> None:
        """Send a signal; the end and the restart that follow are marked as asked for."""
        if self._child is not None:
            self._asked = self._asked or number not in (SIGSTOP, SIGCONT)
            self._child.send(number)

    def ask_to_stop(self) -> None:
        """Have the process end by itself; `stop` waits for it."""
        if self._child is not None:
            self._child.ask_to_stop()

    def stop(self) -> None:
        """End the process for good."""
        child, self._child, self._due = self._child, None, None
        if child is not None:
            child.stop()

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def _fill(self, happening: Happening) -> None:
        self._child = Child(self.program, log=self._log, leash=self._leash)
        self._happened(happening, self._child.pid)
        self._asked, self._due = False, None

    def _refill(self, now: float) -> None:
        try:
            self._fill(Happening.RESTARTED)
        except StackError:
            self._due = self._restarts.next(now)
            self._give_up_unless_due()

    def _note_end(self, child: Child, now: float) -> None:
        code = child.exit_code()
        if code is None:
            return
        child.bury()
        self.last_exit_code = code
        self._child = None
        self._due = now + self._pause if self._asked else self._restarts.next(now)
        self._happened(Happening.ENDED, child.pid, code)
        self._give_up_unless_due()

    def _give_up_unless_due(self) -> None:
        if self._due is None:
            self._happened(Happening.GAVE_UP)

    def _happened(
        self, happening: Happening, pid: int | None = None, code: int | None = None
    ) -> None:
        at = datetime.now(UTC)
        self._tell(Event(at, self.program.name, happening, pid, code, self._asked))
