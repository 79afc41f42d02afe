"""An OpenID provider over the network: what it says of itself, codes exchanged for tokens, tokens looked at.

Everything here runs in a worker thread before a transaction is begun, and every call has a time limit.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from webadmin.errors import Forbidden, Unavailable
from webadmin.text import gettext as _

logger = logging.getLogger("webadmin.accounts")

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures that are made with a key of which the provider publishes one half alone. With the others of the standard anybody
who knows that half, or nothing at all, could sign."""
_KEPT = 3600.0
"""Seconds for which what a provider says of itself is believed."""
_AGAIN = 30.0
"""Seconds after which keys are asked for again where a token names one that is not known."""
_AT_ONCE = 5
"""Codes that are exchanged at the same time; whoever comes besides is asked to try again. A provider that is slow, or people who make
codes up, must not keep all threads from everybody else."""
_REST = 5.0
"""Seconds for which nobody asks a provider that has not answered: who waits for it keeps a thread from others."""
_LEEWAY = 60
"""Seconds by which the clocks may differ."""


class Provider:
    """The provider at an address.

    :param issuer: the address by which it calls itself.
    :param timeout: seconds for each call.
    """

    def __init__(self, issuer: str, client_id: str, client_secret: str, scopes: str, timeout: float) -> None:
        self.issuer, self.client_id = issuer, client_id
        self._secret, self._scopes, self._timeout = client_secret, scopes, timeout
        self._lock = threading.Lock()
        self._busy = threading.BoundedSemaphore(_AT_ONCE)
        self._metadata: Mapping[str, Any] = {}
        self._keys: Any = None
        self._read_at = self._keys_at = self._failed_at = float("-inf")

    def metadata(self) -> Mapping[str, Any]:
        """What the provider says of itself. Raises Unavailable."""
        with self._lock:
            if time.monotonic() - self._read_at > _KEPT:
                found = self._read(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self.issuer:
                    logger.error("the provider at %s calls itself %r", self.issuer, found.get("issuer"))
                    raise self.unavailable()
                self._metadata, self._keys, self._read_at = found, None, time.monotonic()
            return self._metadata

    def endpoint(self, name: str) -> str:
        """One of the provider's addresses, ``""`` where it has none of that name. Raises Unavailable."""
        url = self.metadata().get(name)
        return url if isinstance(url, str) and is_safe(url) else ""

    def authorization(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where a person logs in, by the code flow with PKCE (RFC 7636). Raises Unavailable."""
        url = self.endpoint("authorization_endpoint")
        if not url:
            raise self.unavailable()
        with self._client(redirect_uri) as client:
            found, _state = client.create_authorization_url(
                url, state=state, code_verifier=verifier, nonce=nonce
            )
        return str(found)

    def exchange(
        self, code: str, redirect_uri: str, nonce: str, verifier: str
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the tokens for a code say of the person: the ID token's claims, checked, and the user info's.

        Raises Forbidden for tokens that are not for us, Unavailable.
        """
        from authlib.integrations.base_client.errors import OAuthError
        from httpx2 import HTTPError

        if not self._busy.acquire(blocking=False):
            raise self.unavailable()
        try:
            with self._client(redirect_uri) as client:
                url = self.endpoint("token_endpoint")
                token = client.fetch_token(
                    url, grant_type="authorization_code", code=code, code_verifier=verifier
                )
                claims = self.checked(token.get("id_token"), nonce, token.get("access_token"))
                about = self._about(client, claims["sub"])
        except OAuthError as error:
            # Of a code that was used before, for instance.
            logger.warning("the provider at %s refused a code: %s", self.issuer, ascii(error.error))
            raise refused() from error
        except (HTTPError, ValueError, TypeError, AttributeError) as error:
            # It is not reached, or what it sends is not what the standard says.
            logger.error("the provider at %s: %s", self.issuer, type(error).__name__)
            raise self.unavailable() from error
        finally:
            self._busy.release()
        return claims, about

    def checked(self, id_token: Any, nonce: str, access_token: str | None = None) -> dict[str, Any]:
        """The claims of an ID token that is signed by this provider, for us, now and for this very login (OpenID Connect
        Core 1.0, 3.1.3.7). Raises Forbidden, Unavailable."""
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        params = {"nonce": nonce, "client_id": self.client_id, "access_token": access_token}
        try:
            token = self._decoded(id_token)
            claims = CodeIDToken(token.claims, token.header, options, params)
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            logger.warning("a token of %s is not accepted: %s", self.issuer, ascii(str(error)))
            raise refused() from error
        subject = claims["sub"]
        if not isinstance(subject, str) or not subject.isprintable() or not 0 < len(subject) <= 255:
            raise refused()
        return dict(claims)

    def _decoded(self, id_token: Any) -> Any:
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError

        if not isinstance(id_token, str):
            raise TypeError("no ID token")
        try:
            return jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS)
        except InvalidKeyIdError:
            # Providers change their keys whenever they like.
            return jwt.decode(id_token, self._key_set(again=True), algorithms=ALGORITHMS)

    def _key_set(self, *, again: bool = False) -> Any:
        from joserfc.jwk import KeySet

        url = self.endpoint("jwks_uri")
        with self._lock:
            if self._keys is None or (again and time.monotonic() - self._keys_at > _AGAIN):
                found: Any = self._read(url)
                self._keys, self._keys_at = KeySet.import_key_set(found), time.monotonic()
            return self._keys

    def _about(self, client: Any, subject: str) -> dict[str, Any]:
        """The user info, which says more than the ID token does with many providers; empty where there is none."""
        url = self.endpoint("userinfo_endpoint")
        if not url:
            return {}
        answer = client.get(url)
        if answer.status_code != 200 or "json" not in answer.headers.get("content-type", ""):
            return {}
        found = answer.json()
        # Of somebody else it may be, where the access token was swapped (OpenID Connect Core 1.0, 5.3.2).
        return found if isinstance(found, dict) and found.get("sub") == subject else {}

    def _client(self, redirect_uri: str) -> Any:
        from authlib.integrations.httpx_client import OAuth2Client

        methods = self.metadata().get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in methods
        method = "none" if not self._secret else "client_secret_basic" if basic else "client_secret_post"
        return OAuth2Client(
            self.client_id,
            self._secret,
            token_endpoint_auth_method=method,
            scope=self._scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=self._timeout,
        )

    def _read(self, url: str) -> dict[str, Any]:
        from httpx2 import HTTPError, get

        if time.monotonic() - self._failed_at < _REST:
            raise self.unavailable()
        try:
            answer = get(url, timeout=self._timeout)
            answer.raise_for_status()
            found = answer.json()
        except (HTTPError, ValueError) as error:
            self._failed_at = time.monotonic()
            logger.error("the provider at %s cannot be read: %s", self.issuer, type(error).__name__)
            raise self.unavailable() from error
        if not isinstance(found, dict):
            raise self.unavailable()
        return found

    @staticmethod
    def unavailable() -> Unavailable:
        """What a person is told when the provider cannot be reached."""
        return Unavailable(
            _("The service that logs you in does not answer as it should. Try again in a moment."),
            title=_("No login now"),
        )


def refused() -> Forbidden:
    """What a person is told whose login is not accepted. What is wrong with it, the log alone says."""
    return Forbidden(
        _("This login is not valid, or it was used before. Begin again at the login page."),
        title=_("Not logged in"),
    )


def is_safe(url: str) -> bool:
    """Whether nobody in between can read what is sent there: https, or this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    )
