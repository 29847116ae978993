"""The cookies: one for a session, one for a browser that is not signed in yet.

Over TLS both are `Secure` and bound to this very host (`__Host-`); on loopback, where a browser
asks over plain HTTP, they cannot be. No script reads them, and no other site's form sends them.
"""

from dataclasses import dataclass

from fastapi import Request, Response

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_PREFIX = "__Host-"
_SESSION, _VISIT = "berceau-session", "berceau-visit"


def host_of(header: str) -> str:
    """The name in a `Host` header, without its port."""
    name, colon, port = header.rpartition(":")
    return (name if colon and "]" not in port else header).lower()


@dataclass(frozen=True, slots=True)
class Cookies:
    """The cookies of one request, and of the answer to it."""

    request: Request

    @property
    def session(self) -> str:
        """The token of the session; empty when there is none."""
        return self.request.cookies.get(self._name(_SESSION), "")

    @property
    def visit(self) -> str:
        """What a browser that is not signed in is known by; empty when there is none."""
        return self.request.cookies.get(self._name(_VISIT), "")

    def keep_session(self, answer: Response, token: str) -> None:
        self._keep(answer, _SESSION, token)

    def keep_visit(self, answer: Response, token: str) -> None:
        self._keep(answer, _VISIT, token)

    def drop_session(self, answer: Response) -> None:
        answer.delete_cookie(
            self._name(_SESSION), path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    @property
    def _secure(self) -> bool:
        return host_of(self.request.headers.get("host", "")) not in LOOPBACK

    def _name(self, name: str) -> str:
        return _PREFIX + name if self._secure else name

    def _keep(self, answer: Response, name: str, value: str) -> None:
        answer.set_cookie(
            self._name(name), value, path="/", secure=self._secure, httponly=True, samesite="lax"
        )
