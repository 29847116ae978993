"""A Redis for machines without `redis-server`: fakeredis' TCP server, in a process of its own.

    python -m services.command.stack.fake_redis PORT

It keeps nothing: it starts empty, as a Redis after FLUSHALL, and Berceau loses nothing by it.
"""

import signal
import sys
import threading

from fakeredis import TcpFakeServer
from fakeredis._clients._tcp_server import TCPFakeRequestHandler
from redis import ResponseError

from services.command.stack.ports import HOST


class Answering:
    """A connection of fakeredis whose errors are answers.

    fakeredis 2.40 raises them, and hangs up on the client after each; a Redis does not. Dramatiq's
    first EVALSHA, for one, is always answered by NOSCRIPT.
    """

    def __init__(self, connection: object) -> None:
        self._connection = connection

    def read_response(self) -> object:
        try:
            return self._connection.read_response()  # type: ignore[attr-defined]
        except ResponseError as error:
            return error

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)


class Handler(TCPFakeRequestHandler):
    """Serves one client."""

    def setup(self) -> None:
        super().setup()
        self.current_client = Answering(self.current_client)  # type: ignore[assignment]


def main() -> None:
    """Serve until SIGTERM."""
    server = TcpFakeServer((HOST, int(sys.argv[1])), server_version=(7, 4))
    server.RequestHandlerClass = Handler
    server.daemon_threads = True  # a client still connected does not hold us back
    ended = threading.Event()
    for asked in (signal.SIGTERM, signal.SIGINT):
        signal.signal(asked, lambda *_: ended.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ended.wait()
    server.shutdown()


if __name__ == "__main__":
    main()
