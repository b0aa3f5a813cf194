"""Tokens of an OpenID Connect provider: real keys, real signatures, a real server that gives out the public ones."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Iterator
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from api.claims import caller_of
from api.json_web_tokens import JsonWebTokens
from core.access import Tier
from core.callers import Caller
from core.config import Settings
from core.errors import DependencyDownError, ForbiddenError
from core.identity_settings import OidcSettings
from core.scopes import Scope
from tests.api.conftest import serving
from tests.fakes.clock import FakeClock
from tests.fakes.identity_provider import AUDIENCE, IdentityProvider, ec_key, ed_key, provider, rsa_key
from tests.fakes.knowledge_base import FakeKnowledgeBase

DAY_S = 86_400
# Of the collection: a test may run many minutes later.
NOW = int(time.time())


@pytest.fixture(scope="module")
def running() -> Iterator[IdentityProvider]:
    with provider() as found:
        yield found


@pytest.fixture
def idp(running: IdentityProvider) -> IdentityProvider:
    running.__init__(running.url)  # type: ignore[misc]
    return running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def reader(idp: IdentityProvider, clock: FakeClock | None = None, **more: object) -> JsonWebTokens:
    section = OidcSettings.model_validate(idp.settings(jwks_url=f"{idp.url}/jwks") | more)
    return JsonWebTokens(section, clock or FakeClock())


def public_pem(key: Any) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def hs256(payload: dict[str, Any], key: bytes, **header: str) -> str:
    """Signed by hand: PyJWT refuses to sign with a public key."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT", **header}, payload)]
    body = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    digest = base64.urlsafe_b64encode(hmac.digest(key, body, hashlib.sha256)).rstrip(b"=")
    return (body + b"." + digest).decode()


@pytest.mark.parametrize("kid", ["rsa1", "ec1"])
async def test_a_good_token_says_who_the_caller_is(idp: IdentityProvider, kid: str):
    caller = await reader(idp).caller(idp.token(kid, groups=["hr"]))
    assert caller is not None
    who = caller.principal
    assert (who.tenant, who.subject, who.clearance) == ("acme", "ann", Tier.PUBLIC)
    assert (who.groups, who.scopes) == (frozenset({"hr"}), frozenset({"read"}))
    assert caller.credential.startswith("jwt:")
    assert "ann" not in caller.credential


WRONG: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "shop"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://evil.example.com"},
    "the issuer with a slash": {"iss": "http://127.0.0.1/"},
    "no issuer": {"iss": None},
    "expired": {"exp": NOW - 31},
    "no expiry": {"exp": None},
    "an expiry that is none": {"exp": "soon"},
    "not yet": {"nbf": NOW + DAY_S},
    "issued in the future": {"iat": NOW + DAY_S},
    "an unknown key": {"kid": "rsa9", "key": rsa_key("one")},
    "another's key by a known name": {"key": rsa_key("another")},
    "a key of another kind by a known name": {"key": ec_key("one")},
    "an algorithm that is not taken": {"header": {"alg": "PS256"}},
    "a header that must be understood": {"header": {"crit": ["exp"], "exp": 1}},
}


@pytest.mark.parametrize("case", WRONG)
async def test_a_token_that_is_wrong_in_one_thing_is_refused(idp: IdentityProvider, case: str):
    assert await reader(idp).caller(idp.token(**WRONG[case])) is None


@pytest.mark.parametrize(("claim", "off_s"), [("exp", -200), ("nbf", 200), ("iat", 200)])
async def test_the_clocks_may_differ_by_the_leeway(idp: IdentityProvider, claim: str, off_s: int):
    token = idp.token(**{claim: int(time.time()) + off_s})
    assert await reader(idp, leeway_s=300).caller(token) is not None
    assert await reader(idp, leeway_s=0).caller(token) is None


async def test_an_audience_may_be_one_of_several(idp: IdentityProvider):
    assert await reader(idp).caller(idp.token(aud=["account", AUDIENCE])) is not None


async def test_a_public_key_is_no_secret_to_sign_with(idp: IdentityProvider):
    claims = {"iss": idp.issuer, "aud": AUDIENCE, "sub": "ann", "exp": NOW + DAY_S}
    for key in (public_pem(idp.keys["rsa1"]), b"", b"secret"):
        assert await reader(idp).caller(hs256(claims, key, kid="rsa1")) is None


async def test_an_unsigned_token_is_refused(idp: IdentityProvider):
    claims = {"iss": idp.issuer, "aud": AUDIENCE, "sub": "ann", "exp": NOW + DAY_S}
    token = jwt.encode(claims, None, algorithm="none", headers={"kid": "rsa1"})  # type: ignore[arg-type]
    assert await reader(idp).caller(token) is None
    head, body, _ = idp.token().split(".")
    assert await reader(idp).caller(f"{head}.{body}.") is None


@pytest.mark.parametrize("algorithm", ["HS256", "none", "HS512"])
def test_symmetric_algorithms_cannot_be_set(algorithm: str):
    with pytest.raises(ValueError, match="algorithms"):
        OidcSettings(issuer="https://id", audience="a", algorithms=[algorithm])  # type: ignore[arg-type]


def test_an_issuer_needs_an_audience():
    with pytest.raises(ValueError, match="audience"):
        OidcSettings(issuer="https://id")


async def test_a_key_that_the_token_brings_along_is_not_looked_at(idp: IdentityProvider):
    own = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(rsa_key("another").public_key()))
    header = {"jwk": own, "jku": "http://evil.example.com/jwks", "x5u": "http://evil.example.com"}
    assert await reader(idp).caller(idp.token(key=rsa_key("another"), header=header)) is None
    assert idp.asked == ["/jwks"]


async def test_a_short_key_is_refused(idp: IdentityProvider):
    idp.keys["short"] = rsa_key("short", 1024)
    with pytest.warns(jwt.InsecureKeyLengthWarning):
        token = idp.token("short")
    assert await reader(idp).caller(token) is None


async def test_other_algorithms_are_taken_where_they_are_set(idp: IdentityProvider):
    idp.keys["ed1"] = ed_key("one")
    tokens = [idp.token("ed1"), idp.token(header={"alg": "PS384"}), idp.token(header={"alg": "RS512"})]
    wide = reader(idp, algorithms=["EdDSA", "PS384", "RS512"])
    assert all([await wide.caller(token) for token in tokens])
    assert await wide.caller(idp.token()) is None


async def test_without_a_name_only_an_only_key_is_used(idp: IdentityProvider):
    token = idp.token(header={"kid": ""})
    nameless = jwt.encode(jwt.decode(token, options={"verify_signature": False}), idp.keys["rsa1"], "RS256")
    assert await reader(idp).caller(nameless) is None
    idp.keys = {"rsa1": rsa_key("one")}
    assert await reader(idp).caller(nameless) is not None


async def test_the_keys_are_found_by_discovery(idp: IdentityProvider):
    found = JsonWebTokens(OidcSettings.model_validate(idp.settings()), FakeClock())
    assert await found.caller(idp.token()) is not None
    assert idp.asked == ["/realms/acme/.well-known/openid-configuration", "/jwks"]


async def test_a_new_key_of_the_provider_is_found_and_made_up_names_ask_rarely(idp, clock: FakeClock):
    tokens = reader(idp, clock, retry_s=10)
    assert await tokens.caller(idp.token()) is not None
    idp.keys = {"rsa2": rsa_key("two")}
    clock.advance(10)
    assert await tokens.caller(idp.token("rsa2")) is not None
    assert len(idp.asked) == 2
    for number in range(20):
        assert await tokens.caller(idp.token(f"made-up-{number}", key=rsa_key("two"))) is None
    assert len(idp.asked) == 2


async def test_many_at_once_ask_the_provider_once(idp: IdentityProvider):
    tokens, token = reader(idp), idp.token()
    callers = await asyncio.gather(*(tokens.caller(token) for _ in range(20)))
    assert all(callers)
    assert idp.asked == ["/jwks"]


async def test_while_the_provider_is_down_its_last_keys_are_used_for_a_time(idp, clock: FakeClock):
    tokens = reader(idp, clock, refresh_s=60, keys_kept_s=600)
    assert await tokens.caller(idp.token()) is not None
    idp.status = 500
    clock.advance(120)
    assert await tokens.caller(idp.token()) is not None
    clock.advance(600)
    with pytest.raises(DependencyDownError, match=r"oidc\.issuer"):
        await tokens.caller(idp.token())
    idp.status = 200
    clock.advance(60)
    assert await tokens.caller(idp.token()) is not None
    await tokens.close()


async def test_a_key_that_the_provider_withdraws_is_refused_after_the_refresh(idp, clock: FakeClock):
    tokens, token = reader(idp, clock, refresh_s=60), idp.token()
    assert await tokens.caller(token) is not None
    idp.keys = {"rsa2": rsa_key("two")}
    clock.advance(60)
    await tokens.caller(token)  # the last one that it was good for: keys are fetched beside it
    await tokens._keys._asking  # type: ignore[misc]
    assert await tokens.caller(token) is None


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"keys": "x"}', b'{"keys": [1, {"kty": "oct", "k": "YQ"}]}']
)
async def test_a_provider_that_answers_nonsense_lets_nobody_in(idp: IdentityProvider, body: bytes):
    idp.body = body
    with pytest.raises(DependencyDownError):
        await reader(idp).caller(idp.token())


async def test_an_answer_without_end_is_not_read_to_its_end(idp: IdentityProvider):
    idp.body = b"[" * (2 * 1024 * 1024)
    with pytest.raises(DependencyDownError):
        await reader(idp).caller(idp.token())


@given(st.text(max_size=40) | st.lists(st.text("abc=-_", max_size=9), min_size=3, max_size=3).map(".".join))
@hypothesis_settings(max_examples=50)
def test_any_text_is_refused_without_an_error(text: str):
    with_issuer = OidcSettings(issuer="https://id.example.com", audience="a")
    assert asyncio.run(JsonWebTokens(with_issuer, FakeClock()).caller(text)) is None


# What claims say.

SECTION = OidcSettings(issuer="https://id", audience="folio")


def said(claims: dict[str, Any], **settings: Any) -> Caller:
    section = OidcSettings.model_validate({"issuer": "https://id", "audience": "folio", **settings})
    return caller_of({"sub": "ann", "tenant": "acme"} | claims, section)


def test_what_a_token_does_not_say_is_denied():
    caller = said({}, tenant_claim="tenant")
    assert (caller.principal.clearance, caller.principal.groups, caller.principal.scopes) == (
        Tier.PUBLIC,
        frozenset(),
        frozenset(),
    )
    with pytest.raises(ForbiddenError, match=r"oidc\.tenant"):
        said({})


def test_claims_like_those_of_keycloak_are_read():
    claims = {
        "scope": "openid profile folio/read folio/audit folio/keys",
        "realm_access": {"roles": ["offline_access", "secret-reader"]},
        "https://acme.example.com/tenant": "blue",
        "groups": ["hr", "board", 7, ""],
    }
    who = said(
        claims,
        tenant_claim="https://acme.example.com/tenant",
        clearance_claim="realm_access.roles",
        clearances={"secret-reader": "confidential", "intern": "public"},
        scope_prefix="folio/",
        max_scopes=["read", "audit"],
    ).principal
    assert (who.tenant, who.clearance) == ("blue", Tier.CONFIDENTIAL)
    assert who.groups == {"hr", "board"}
    assert who.scopes == {Scope.READ, Scope.AUDIT}


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "ann via shop"},
        {"sub": "Operator"},
        {"sub": "api"},
        {"tenant": "a/b"},
        {"tenant": ["acme"]},
        {"groups": [f"g{number}" for number in range(300)]},
    ],
)
def test_claims_that_could_be_taken_for_others_are_refused(claims: dict[str, Any]):
    with pytest.raises(ForbiddenError):
        said(claims, tenant_claim="tenant")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
CLAIMS = st.fixed_dictionaries({}, optional=dict.fromkeys(("sub", "tenant", "groups", "scope", "tier"), JSON))


@given(CLAIMS)
def test_whatever_a_token_says_it_has_at_most_what_the_settings_allow(claims: dict[str, Any]):
    section = OidcSettings(
        issuer="https://id",
        audience="a",
        tenant_claim="tenant",
        clearance_claim="tier",
        max_scopes=(Scope.READ,),
    )
    try:
        who = caller_of(claims, section).principal
    except ForbiddenError:
        return
    assert who.tenant == claims["tenant"]
    assert who.scopes <= {Scope.READ}
    assert who.clearance is Tier.PUBLIC or claims["tier"] is not None


async def test_over_http_a_token_opens_and_a_wrong_one_tells_nothing(
    idp: IdentityProvider, kb: FakeKnowledgeBase, caplog: pytest.LogCaptureFixture
):
    settings = Settings(api={"host": "0.0.0.0"}, oidc=idp.settings())
    good, wrong = idp.token(sub="client-7"), idp.token(aud="another")
    with caplog.at_level(logging.DEBUG):
        async with serving(settings, kb, base_url="http://kb.example.com") as client:
            me = await client.get("/v1/me", headers={"Authorization": f"Bearer {good}"})
            search = await client.get("/v1/keys", headers={"Authorization": f"Bearer {good}"})
            refused = await client.get("/v1/me", headers={"Authorization": f"Bearer {wrong}"})
            none = await client.get("/v1/me")
    assert (me.json()["tenant"], me.json()["subject"]) == ("acme", "client-7")
    assert search.status_code == 403
    assert {**refused.json(), "request_id": ""} == {**none.json(), "request_id": ""}
    assert "InvalidAudienceError" in caplog.text
    assert not any(part in caplog.text for token in (good, wrong) for part in token.split(".")[1:])


async def test_over_http_a_provider_that_is_down_is_a_503(idp: IdentityProvider, kb: FakeKnowledgeBase):
    idp.status = 500
    async with serving(Settings(oidc=idp.settings()), kb) as client:
        response: httpx.Response = await client.get(
            "/v1/me", headers={"Authorization": f"Bearer {idp.token()}"}
        )
    assert (response.status_code, response.json()["code"]) == (503, "dependency_down")
