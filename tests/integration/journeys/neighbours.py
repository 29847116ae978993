"""Neighbours: two consoles beside the scene's own, which show what it never meets.

One has lost its record and its identity provider; one signs people in at a provider that answers,
and that knows a person of whom the record was never told.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from services.command.running import Running
from services.command.stack.ports import HOST, reserve
from services.command.stack.program import Program
from services.command.stack.readiness import answers
from tests.identity_provider import CLIENT_ID, CLIENT_SECRET, identity_provider
from tests.integration.journeys.walk import Console

_NOWHERE = f"{HOST}:9"
_NO_RECORD = f"postgresql+psycopg://nobody@{_NOWHERE}/none"


@contextmanager
def neighbours(stack: Running) -> Iterator[Mapping[Console, str]]:
    """The addresses of all three, until the end of the block."""
    assert stack.console_url is not None
    with identity_provider() as provider:
        alone = {"DATABASE_URL": _NO_RECORD, "CONSOLE_DATABASE_URL": _NO_RECORD}
        yield {
            Console.OWN: stack.console_url,
            Console.ALONE: _started(stack, "alone", f"http://{_NOWHERE}", **alone),
            Console.FEDERATED: _started(stack, "federated", provider.issuer),
        }


def _started(stack: Running, name: str, issuer: str, **settings: str) -> str:
    port = reserve()
    settings |= {
        "CONSOLE_PORT": str(port.number),
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": CLIENT_ID,
        "OIDC_CLIENT_SECRET": CLIENT_SECRET,
    }
    program = Program(
        name=f"console-{name}",
        argv=[sys.executable, "-m", "services.console"],
        env={**stack.env, **{f"BERCEAU_{one}": value for one, value in settings.items()}},
        ready=answers(port.number, "/healthz"),
    )
    port.release()
    stack.supervisor.start(program)
    return f"http://{HOST}:{port.number}"
