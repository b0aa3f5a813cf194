"""Tokens of an OpenID Connect provider: verified, and read as a caller."""

import logging
from datetime import timedelta
from typing import Any

import httpx
import jwt

from api.claims import caller_of
from api.signing_keys import Key, SigningKeys
from core.callers import Caller
from core.identity_settings import OidcSettings
from core.ports import Clock

_LOG = logging.getLogger(__name__)
_MAX_CHARS = 16_384
_DOTS = 2


class JsonWebTokens:
    """Takes tokens of the one issuer of the settings, for the one audience, with asymmetric signatures only."""

    def __init__(
        self, settings: OidcSettings, clock: Clock, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        """`transport` is what carries requests to the provider; None: the network."""
        self._settings = settings
        self._keys = SigningKeys(settings, clock, transport=transport)
        # A short RSA key is refused, not warned of.
        self._reader = jwt.PyJWT(
            options={"enforce_minimum_key_length": True, "require": ["exp", "iss", "aud"]}
        )

    async def caller(self, text: str) -> Caller | None:
        """Who the bearer of a token is; None if the token is none, or not to be trusted.

        Raises:
            ForbiddenError: The token can be trusted, and does not say what it must.
            DependencyDownError: The provider's keys are not known and cannot be had now.
        """
        if self._settings.issuer is None or len(text) > _MAX_CHARS or text.count(".") != _DOTS:
            return None
        try:
            claims = await self._claims(text)
        except (jwt.PyJWTError, ValueError, TypeError) as error:
            # Its name says what is wrong, its message may quote the token.
            _LOG.info("a token was refused: %s", type(error).__name__)
            return None
        return caller_of(claims, self._settings)

    async def close(self) -> None:
        """Stop asking the provider."""
        await self._keys.close()

    async def _claims(self, text: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(text)
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in self._settings.algorithms:
            raise jwt.InvalidAlgorithmError("not one of oidc.algorithms")
        refused: jwt.PyJWTError = jwt.InvalidKeyError("no key of the provider has this name")
        for key in await self._keys.find(kid if isinstance(kid, str) else None):
            try:
                return self._verified(text, key, algorithm)
            except (jwt.InvalidSignatureError, jwt.InvalidKeyError) as error:
                refused = error
        raise refused

    def _verified(self, text: str, key: Key, algorithm: str) -> dict[str, Any]:
        settings = self._settings
        # The provider may say for which algorithm its key is; a key of another kind fits none.
        if key.get("alg", algorithm) != algorithm:
            raise jwt.InvalidKeyError("the key is for another algorithm")
        return self._reader.decode(
            text,
            jwt.PyJWK(key, algorithm),
            algorithms=[algorithm],
            audience=settings.audience,
            issuer=settings.issuer,
            leeway=timedelta(seconds=settings.leeway_s),
        )
