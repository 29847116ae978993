"""How one knows, from outside, that a program can be used."""

import http.client
import socket
from collections.abc import Callable

from services.command.stack.ports import HOST

_PATIENCE = 2.0  # seconds for a local answer


def answers(port: int, path: str) -> Callable[[], bool]:
    """Ready once `GET path` on this port of 127.0.0.1 is answered by a 2xx."""

    def ready() -> bool:
        connection = http.client.HTTPConnection(HOST, port, timeout=_PATIENCE)
        try:
            connection.request("GET", path)
            return connection.getresponse().status // 100 == 2  # noqa: PLR2004 - a 2xx
        except http.client.HTTPException:
            return False
        finally:
            connection.close()

    return ready


def listens(port: int) -> Callable[[], bool]:
    """Ready once this port of 127.0.0.1 takes connections."""

    def ready() -> bool:
        socket.create_connection((HOST, port), timeout=_PATIENCE).close()
        return True

    return ready
