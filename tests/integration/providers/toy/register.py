"""A register that knows every family, to try the page: two children, 36 000 € a year."""

import json
import sys
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Counter(BaseHTTPRequestHandler):
    """Answers with a household to whoever brings the token."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Two children, the youngest born when the page says; resources of two years ago."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.headers["Authorization"] == "Bearer sesame"
        household = {
            "birth_name": asked["birth_name"],
            "children": 2,
            "aeeh_children": 0,
            "resources_cents": 3_600_000,
            "resources_year": datetime.now(UTC).year - 2,
            "births": ["2025-03-04", "2020-10-12"],
        }
        body = json.dumps(household if known else {}).encode()
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: a request names people."""


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Counter).serve_forever()
