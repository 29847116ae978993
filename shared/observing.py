"""Observing a process: its logs, its metrics and its traces, from its start to its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from shared.metering.listening import expose
from shared.telemetry import configure_logs
from shared.tracing.collecting import collect_traces


class Outlook(Protocol):
    """What the settings say of how a process is observed."""

    @property
    def log_level(self) -> str: ...
    @property
    def log_format(self) -> str: ...
    @property
    def metrics_host(self) -> str: ...
    @property
    def metrics_port(self) -> int: ...


@contextmanager
def observed(service: str, outlook: Outlook) -> Iterator[None]:
    """Log, count and trace what a process does for the length of the block."""
    configure_logs(service=service, level=outlook.log_level, style=outlook.log_format)
    expose(service, host=outlook.metrics_host, port=outlook.metrics_port)
    end_traces = collect_traces(service)
    try:
        yield
    finally:
        end_traces()
