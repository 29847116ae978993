"""The supervisor: starts the programs of the stack, restarts what dies, and leaves nothing behind.

    with Supervisor(home) as stack:
        stack.start(postgres.program())
        stack.start(intake, verifier, tariff)
        stack.wait()

Ctrl-C, SIGTERM, an exception or kill -9 of ourselves: no process and no lock outlives us.
"""

import contextlib
import signal
import threading
import time
from collections import deque
from collections.abc import Sequence
from types import FrameType, TracebackType
from typing import Self

from services.command.stack.backoff import Patience
from services.command.stack.errors import StackError
from services.command.stack.events import Event, Happening
from services.command.stack.home import Home
from services.command.stack.leash import Leash
from services.command.stack.lock import Lock
from services.command.stack.post import Post
from services.command.stack.program import Program

_TICK = 0.05
_REMEMBERED = 1_000
_ENDING = (signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """One stack in `home`; a context manager, entered once.

    Raises:
        InUseError: on entering, when another stack holds this home.
    """

    def __init__(self, home: Home, *, patience: Patience | None = None) -> None:
        self._home = home
        self._patience = patience or Patience()
        self._lock = Lock(home.lock, what="Berceau")
        self._mutex = threading.RLock()
        self._waves: list[list[Post]] = []
        self._events: deque[Event] = deque(maxlen=_REMEMBERED)
        self._lost: set[str] = set()
        self._over = threading.Event()
        self._watching = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._handlers: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        self._home.folder("logs")
        self._lock.take()
        self._leash = Leash(held=(self._lock.descriptor,))
        self._listen_to_signals()
        self._watching.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._watching.join()
        try:
            for wave in reversed(self._waves):
                _stop(wave)
        finally:
            self._leash.close()
            self._lock.release()
            self._restore_signals()

    def start(self, *programs: Program) -> None:
        """Start programs together, each in its copies, and wait until all are ready.

        They end together too; those of the last call end first.

        Raises:
            StackError: one of them does not become ready; those of this call are stopped.
        """
        posts = [
            self._post(program, copy)
            for program in programs
            for copy in range(1, program.copies + 1)
        ]
        try:
            for post in posts:
                post.start()
            for post in posts:
                post.wait_ready()
        except BaseException:
            _stop(posts)
            raise
        with self._mutex:
            self._waves.append(posts)

    def stop(self, name: str) -> None:
        """Stop all copies of a program, for good."""
        with self._mutex:
            leaving = self._named(name)
            self._waves = [[post for post in wave if post not in leaving] for wave in self._waves]
        _stop(leaving)

    def kill(
        self, name: str, number: signal.Signals = signal.SIGKILL, *, copy: int | None = None
    ) -> None:
        """Send a signal to all copies of a program, or to one (from 0): what a test asks for."""
        with self._mutex:
            posts = self._named(name)
            for post in posts if copy is None else [posts[copy]]:
                post.kill(number)

    def pid(self, name: str, copy: int) -> int | None:
        """The pid of one copy (from 0) of a program; None while it is not running."""
        with self._mutex:
            return self._named(name)[copy].pid

    def roll(self, name: str) -> None:
        """Restart each copy of a program in turn, cleanly; the next once this one is ready again.

        Raises:
            StackError: a copy does not end cleanly within its grace, or does not come back.
        """
        for post in self._named(name):
            with self._mutex:
                before = post.pid
                post.kill(post.program.stop)
            _wait_replaced(post, before)
            post.wait_ready()

    def pids(self, name: str) -> list[int]:
        """Return the pids of the copies of a program that run now."""
        with self._mutex:
            return [post.pid for post in self._named(name) if post.pid is not None]

    @property
    def events(self) -> list[Event]:
        """What happened, oldest first; the last thousand."""
        with self._mutex:
            return list(self._events)

    def check(self) -> None:
        """Make sure that nothing was given up.

        Raises:
            StackError: a program ended too often and is not restarted any more.
        """
        if self._lost:
            names = ", ".join(f"« {name} »" for name in sorted(self._lost))
            raise StackError(f"{names} : arrêts répétés, abandon. Journaux : {self._home.logs}")

    def wait(self) -> None:
        """Wait for Ctrl-C (KeyboardInterrupt) or SIGTERM (SystemExit).

        Raises:
            StackError: a program ended too often and is not restarted any more.
        """
        while True:
            self.check()
            time.sleep(_TICK)

    def _watch(self) -> None:
        while not self._over.wait(_TICK):
            with self._mutex, contextlib.suppress(OSError):  # short of something: next tick
                self._leash.renew()
                for post in self._all():
                    post.watch(time.monotonic())

    def _post(self, program: Program, copy: int) -> Post:
        suffix = f"-{copy}" if program.copies > 1 else ""
        return Post(
            program,
            log=self._home.logs / f"{program.name}{suffix}.log",
            leash=self._leash,
            patience=self._patience,
            tell=self._note,
        )

    def _note(self, event: Event) -> None:
        with self._mutex:
            self._events.append(event)
            if event.happening is Happening.GAVE_UP:
                self._lost.add(event.name)

    def _named(self, name: str) -> list[Post]:
        return [post for post in self._all() if post.program.name == name]

    def _all(self) -> list[Post]:
        return [post for wave in self._waves for post in wave]

    def _listen_to_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in _ENDING:
                self._handlers[number] = signal.signal(number, _leave)

    def _restore_signals(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _wait_replaced(post: Post, before: int | None) -> None:
    deadline = time.monotonic() + post.program.grace
    while post.pid in (None, before):
        if time.monotonic() > deadline:
            raise StackError(f"« {post.program.name} » ne s'est pas arrêté dans son délai.")
        time.sleep(_TICK)
    if post.last_exit_code != 0:
        raise StackError(f"« {post.program.name} » s'est mal arrêté (code {post.last_exit_code}).")


def _stop(posts: Sequence[Post]) -> None:
    """Stop posts that were started together: all are asked first, then awaited."""
    for post in posts:
        post.ask_to_stop()
    for post in posts:
        post.stop()
