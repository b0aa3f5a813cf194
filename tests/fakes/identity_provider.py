"""An OpenID Connect provider of one's own: signs tokens with real keys, and serves the public ones over real HTTP."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

AUDIENCE = "folio"


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key for a name: making one takes long."""
    del name
    return rsa.generate_private_key(65537, bits)


@cache
def ec_key(name: str) -> ec.EllipticCurvePrivateKey:
    del name
    return ec.generate_private_key(ec.SECP256R1())


@cache
def ed_key(name: str) -> ed25519.Ed25519PrivateKey:
    del name
    return ed25519.Ed25519PrivateKey.generate()


class IdentityProvider:
    """Serves `keys` (private keys by `kid`). `status` is what it answers, `asked` the paths that were asked for."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: dict[str, Any] = {"rsa1": rsa_key("one"), "ec1": ec_key("one")}
        self.status = 200
        self.asked: list[str] = []
        self.body: bytes | None = None

    @property
    def issuer(self) -> str:
        return f"{self.url}/realms/acme"

    def settings(self, **more: object) -> dict[str, object]:
        """The section `oidc` for this provider."""
        plain = {"issuer": self.issuer, "audience": AUDIENCE, "tenant": "acme", "scopes": ["read"]}
        return plain | more

    def token(
        self, kid: str = "rsa1", *, key: Any = None, header: dict[str, Any] | None = None, **claims: Any
    ) -> str:
        """A token that is good now, but for what is said; a claim that is None is left out."""
        now = int(time.time())
        plain = {"iss": self.issuer, "aud": AUDIENCE, "sub": "ann", "iat": now, "exp": now + 300}
        named = {name: value for name, value in (plain | claims).items() if value is not None}
        signing = key if key is not None else self.keys[kid]
        algorithm = (header or {}).get("alg") or _algorithm(signing)
        return jwt.encode(named, signing, algorithm=algorithm, headers={"kid": kid} | (header or {}))

    def answer(self, path: str) -> bytes:
        self.asked.append(path)
        if self.body is not None:
            return self.body
        if path.endswith("/openid-configuration"):
            return json.dumps({"issuer": self.issuer, "jwks_uri": f"{self.url}/jwks"}).encode()
        return json.dumps({"keys": [_jwk(kid, key) for kid, key in self.keys.items()]}).encode()


@contextmanager
def provider() -> Iterator[IdentityProvider]:
    """A provider that listens on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = running.answer(self.path)
            self.send_response(running.status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    running = IdentityProvider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=lambda: server.serve_forever(0.01), daemon=True)
    thread.start()
    try:
        yield running
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _algorithm(key: Any) -> str:
    if isinstance(key, rsa.RSAPrivateKey):
        return "RS256"
    return "EdDSA" if isinstance(key, ed25519.Ed25519PrivateKey) else "ES256"


def _jwk(kid: str, key: Any) -> dict[str, Any]:
    kind = {"RS256": RSAAlgorithm, "ES256": ECAlgorithm, "EdDSA": OKPAlgorithm}[_algorithm(key)]
    return json.loads(kind.to_jwk(key.public_key())) | {"kid": kid, "use": "sig"}
