"""Spans: what a process says of the length of its work, to whoever was asked to collect it.

Nobody collects by default, and a span then costs next to nothing. What may be said of one is the
closed list `Said`: ids, codes, counts and words of ours. An exception is named, never quoted.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self, TypedDict, Unpack


class Said(TypedDict, total=False):
    """All that a span may say; a provider or a portal is told by its host alone."""

    application: str | None  # the public reference
    applications: int
    attempt: int
    endpoint: str
    host: str | None
    http_status: int | None
    lane: str
    method: str
    outcome: str
    portal: str | None
    reason: str | None
    route: str | None
    status: str
    step: str


class Span(Protocol):
    """Work under way."""

    @property
    def trace(self) -> str | None:
        """The traceparent to hand on; None when nobody collects."""

    def tell(self, **said: Unpack[Said]) -> None: ...


class Tracer(Protocol):
    """Who collects."""

    def span(
        self, name: str, *, parent: str | None, links: Sequence[str], said: Said
    ) -> AbstractContextManager[Span]: ...


class _Nothing:
    """The span of those who do not collect."""

    trace = None

    def tell(self, **said: Unpack[Said]) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


_NOTHING = _Nothing()
_tracer: Tracer | None = None


def collect(tracer: Tracer | None) -> None:
    """From now on this process' spans go there; None: nowhere. For composition roots and tests."""
    global _tracer  # noqa: PLW0603  # as logs, spans have one way out of a process
    _tracer = tracer


def span(
    name: str,
    *,
    parent: str | None = None,
    links: Sequence[str | None] = (),
    **said: Unpack[Said],
) -> AbstractContextManager[Span]:
    """Work that begins now and ends with the block.

    Args:
        name: one of a few words of ours.
        parent: the traceparent that was handed on; without it, the span of this task, if any.
        links: traceparents of other work that this is about.
        said: what is known already.
    """
    if _tracer is None:
        return _NOTHING
    about = [one for one in links if one is not None]
    return _tracer.span(name, parent=parent, links=about, said=said)
