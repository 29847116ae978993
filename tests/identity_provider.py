"""A small identity provider over HTTP, in the profile of ProConnect, which a test may make lie.

with identity_provider() as provider:
    code = provider.consent(url_that_the_console_led_to)
"""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from services.command.stack.ports import HOST, reserve

CLIENT_ID, CLIENT_SECRET = "berceau-essai", "secret-essai"


def _key(name: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


@dataclass
class Provider:
    """What it knows and how it lies."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: _key("one"))
    signs_with: RSAKey | None = None
    takes_challenge: bool = True
    email: str = "zoe@ville.test"
    subject: str = "sub-zoe"
    id_token: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    plain_userinfo: bool = False
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def consent(self, url: str) -> dict[str, str]:
        """Sign in at the address that a browser was led to; what comes back in the query."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def signed(self, claims: dict[str, Any]) -> str:
        key = self.signs_with or self.key
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, claims, key)

    def claims_of(self, asked: dict[str, str]) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 60,
            **self.id_token,
        }

    def told(self) -> dict[str, Any]:
        names = {"given_name": "Zoé", "usual_name": "Lô", "siret": "21130000900019"}
        who = {"sub": self.subject, "email": self.email, "iss": self.issuer, "aud": CLIENT_ID}
        return {**names, **who, **self.userinfo}


def _app(provider: Provider) -> FastAPI:
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    def configuration() -> dict[str, Any]:
        methods = {"code_challenge_methods_supported": ["S256"]}
        return {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{provider.issuer}/authorize",
            "token_endpoint": f"{provider.issuer}/token",
            "userinfo_endpoint": f"{provider.issuer}/userinfo",
            "end_session_endpoint": f"{provider.issuer}/session/end",
            "jwks_uri": f"{provider.issuer}/jwks",
            **(methods if provider.takes_challenge else {}),
        }

    @app.get("/jwks")
    def keys() -> Any:
        return KeySet([provider.key]).as_dict(private=False)

    @app.get("/authorize")
    def authorize(request: Request) -> Response:
        back = urlencode(provider.consent(str(request.url)))
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{back}", 303)

    @app.post("/token")
    async def token(request: Request) -> Response:
        form = {
            name: values[0] for name, values in parse_qs((await request.body()).decode()).items()
        }
        asked = provider.codes.pop(form.get("code", ""), None)
        if asked is None or not _is_ours(form, asked):
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = provider.claims_of(asked)
        return JSONResponse({"access_token": "bearer", "id_token": provider.signed(claims)})

    @app.get("/userinfo")
    def userinfo(request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer bearer":
            return JSONResponse({}, 401)
        if provider.plain_userinfo:
            return JSONResponse(provider.told())
        return Response(provider.signed(provider.told()), media_type="application/jwt")

    return app


def _is_ours(form: dict[str, str], asked: dict[str, str]) -> bool:
    proven = True
    if "code_challenge" in asked:
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        proven = challenge == asked["code_challenge"]
    return (
        proven
        and (form["client_id"], form["client_secret"]) == (CLIENT_ID, CLIENT_SECRET)
        and form["redirect_uri"] == asked["redirect_uri"]
        and form["grant_type"] == "authorization_code"
    )


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """The provider, serving on a port of its own until the end of the block."""
    port = reserve()
    provider = Provider(f"http://{HOST}:{port.number}")
    server = uvicorn.Server(
        uvicorn.Config(_app(provider), host=HOST, port=port.release(), log_config=None)
    )
    serving = threading.Thread(target=server.run, daemon=True)
    serving.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield provider
    finally:
        server.should_exit = True
        serving.join(timeout=10)
