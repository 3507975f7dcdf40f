"""Asks an organisation's identity provider who somebody is: OpenID Connect's code flow with PKCE, through Authlib.

Authlib is imported where it is used: it takes 6 MB, and most installations have no provider.
"""

import hmac
import ssl
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import structlog

from models.errors import NotSignedIn, Problem
from models.settings import settings
from models.vault import fingerprint

log = structlog.get_logger()

TIMEOUT = 5.0
HOUR = 3600
CLOCKS_DIFFER = 60
"""Seconds by which the provider's clock may differ from ours."""
# No "none", and none whose key is a secret that is shared.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
ENDPOINTS = {"authorization_endpoint", "token_endpoint", "jwks_uri"}


class ProviderAway(Problem):
    """The identity provider did not answer, or not as one does."""

    code = "provider-away"
    title = "The identity provider is not reachable"
    status = 503


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for; the e-mail address is empty unless the provider has verified it."""

    identity: str
    email: str
    name: str


def way_in(attempt: str, back: str) -> str:
    """The provider's address for a browser that wants to sign in and come `back`; raises ProviderAway."""
    begins = _provider()["authorization_endpoint"]
    with _client(back) as client:
        drawn = {name: _drawn(name, attempt) for name in ("state", "nonce", "code_verifier")}
        return str(client.create_authorization_url(begins, **drawn)[0])


def fits(attempt: str, state: str) -> bool:
    """Whether the provider's answer is to this attempt."""
    return hmac.compare_digest(state.encode(), _drawn("state", attempt).encode())


def vouched(attempt: str, back: str, code: str) -> Vouched:
    """Who signed in there; raises NotSignedIn where that is not borne out, and ProviderAway."""
    import httpx2
    from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
    from joserfc.errors import JoseError

    provider = _provider()
    try:
        with _client(back) as client:
            verifier = _drawn("code_verifier", attempt)
            sent = client.fetch_token(
                provider["token_endpoint"], grant_type="authorization_code", code=code, code_verifier=verifier
            )
            claims = _checked(sent, _drawn("nonce", attempt))
            if "email" not in claims and "userinfo_endpoint" in provider:
                told = client.get(provider["userinfo_endpoint"]).raise_for_status().json()
                # What is told of somebody else must not be taken for this one's (OpenID Connect Core, 5.3.2).
                claims = {**told, **claims} if told["sub"] == claims["sub"] else claims
    except httpx2.HTTPError as fault:
        raise _away(fault) from None
    except (AuthlibBaseError, JoseError, ValueError, TypeError, KeyError) as fault:
        log.warning("openid.refused", error=type(fault).__name__, reason=getattr(fault, "error", ""))
        raise NotSignedIn(
            f"What {settings().openid} sent could not be checked, so you are not signed in. Try again; if that does "
            "not help, tell an administrator."
        ) from None
    # Microsoft's word for it is xms_edov; some providers write the truth as a word.
    verified = {str(claims.get(name)).lower() for name in ("email_verified", "xms_edov")} & {"true", "1"}
    email = str(claims.get("email", "")) if verified else ""
    return Vouched(f"{claims['iss']} {claims['sub']}", email, str(claims.get("name", "")))


def _checked(sent: dict[str, Any], nonce: str) -> dict[str, Any]:
    """The claims of the ID token, once its signature, issuer, audience, times and nonce have been checked."""
    from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
    from joserfc import jwt
    from joserfc.errors import BadSignatureError, InvalidKeyIdError
    from joserfc.jws import JWSRegistry

    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        read = jwt.decode(sent["id_token"], _keys(), registry=registry)
    except (BadSignatureError, InvalidKeyIdError):
        # The provider may have changed its keys within the hour.
        _document.cache_clear()
        read = jwt.decode(sent["id_token"], _keys(), registry=registry)
    client = settings().openid_client
    options = {
        "iss": {"essential": True, "value": settings().openid_issuer},
        "aud": {"essential": True, "value": client},
        "sub": {"essential": True},
    }
    params = {"nonce": nonce, "client_id": client, "access_token": sent.get("access_token")}
    claims = CodeIDToken(read.claims, read.header, options, params)
    claims.validate(leeway=CLOCKS_DIFFER)
    return dict(claims)


def _client(back: str) -> Any:
    from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]

    secret = settings().openid_secret.get_secret_value() or None
    # A provider that says nothing takes the first of these; few take the second only.
    takes = _provider().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    way = "client_secret_basic" if "client_secret_basic" in takes else "client_secret_post"
    return OAuth2Client(
        settings().openid_client,
        secret,
        token_endpoint_auth_method=way if secret else "none",
        scope="openid email profile",
        redirect_uri=back,
        code_challenge_method="S256",
        timeout=TIMEOUT,
        verify=_tls(),
    )


def _provider() -> dict[str, Any]:
    """The discovery document; raises ProviderAway, also where it is another issuer's."""
    issuer = settings().openid_issuer
    provider = _document(f"{issuer.rstrip('/')}/.well-known/openid-configuration", int(time.time()) // HOUR)
    if provider.get("issuer") != issuer or not provider.keys() >= ENDPOINTS:
        raise _away(ValueError("not the issuer’s"))
    return provider


def _keys() -> Any:
    from joserfc.jwk import KeySet

    keys: Any = _document(_provider()["jwks_uri"], int(time.time()) // HOUR)
    return KeySet.import_key_set(keys)


@lru_cache(maxsize=2)
def _document(address: str, _hour: int) -> dict[str, Any]:
    """What the provider publishes at an address, asked for once an hour; raises ProviderAway."""
    import httpx2

    try:
        document = httpx2.get(address, timeout=TIMEOUT, verify=_tls()).raise_for_status().json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as fault:
        raise _away(fault) from None
    if not isinstance(document, dict):
        raise _away(ValueError("not a document"))
    return document


@lru_cache
def _tls() -> ssl.SSLContext:
    """The certificates that are trusted, read once: a client would read them at every sign-in."""
    import httpx2

    return httpx2.create_ssl_context()


def _away(fault: Exception) -> ProviderAway:
    log.warning("openid.away", error=type(fault).__name__)
    name = settings().openid
    return ProviderAway(f"Signing in with {name} does not work right now. Try again in a few minutes.")


def _drawn(what: str, attempt: str) -> str:
    """A value of an attempt that nobody can tell without our key: state, nonce and PKCE's verifier (64 characters)."""
    return fingerprint(f"openid {what} {attempt}".encode())
