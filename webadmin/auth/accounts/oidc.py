"""``OIDC``: people log in at another place, such as a company's own, and their roles come from there.

The flow is OpenID Connect's code flow with PKCE. What has to come back with the person (state, nonce, the verifier of the code) stands in
the signed cookie of the browser that began, and is taken out of it when somebody comes back: so nobody can be made to come back with
somebody else's login, nor with the same one twice.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from starlette.requests import HTTPConnection

from webadmin.auth.accounts.provider import Provider, is_safe, refused
from webadmin.auth.cookie import SessionData
from webadmin.errors import BadRequest, Fault, Forbidden, OptionsError, WebadminError
from webadmin.text import gettext as _

START, BACK, LEAVE = "login/oidc", "login/oidc/callback", "login/oidc/logout"
"""The pages that go out to the provider, and come back."""
_LONGEST_NEXT = 1000
_LONGEST_ISSUER = 340
_VISIT = "webadmin_oidc"


def subject_of(issuer: str, subject: str) -> str:
    """What an account keeps of somebody: the provider's address and its own word for the person."""
    return f"{issuer} {subject}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the provider has let in."""

    subject: str
    """Issuer and name there: nobody else has it, and it stays when everything else changes."""
    names: tuple[str, ...]
    """What an account could be called, the best first."""
    full_name: str
    email: str
    roles: tuple[str, ...]
    """Names of roles of this admin."""
    factor: bool
    """A second factor was asked for there."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a request to one of the pages has brought from the provider."""

    url: str = ""
    """Where the person goes next, at the provider."""
    person: Person | None = None
    next: str = ""
    """Where they wanted to go here."""


class OIDC:
    """A provider of OpenID Connect at which people log in. Needs the extra ``oidc``.

    :param issuer: the address by which the provider calls itself, ``https://login.example.com/realms/shop``.
    :param client_id: as this admin is registered there, with ``…/login/oidc/callback/`` as the address to come back to.
    :param client_secret: may be empty for a client without one.
    :param roles_claim: where the groups of a person stand; with points for one inside of another, ``realm_access.roles``.
    :param roles: for each group the names of roles here. They are set at each login: roles that are named here are had by those
        alone whose groups give them; others stay as administrators have given them.
    :param create: whether somebody who comes for the first time gets an account; where ``roles`` are given, only somebody whose groups
        give one. Else administrators make accounts with the provider's name for a person.
    :param label: of the button on the login page.
    :param scopes: what is asked of the provider.
    :param second_factor: the provider always asks for a second factor, so that no other one is asked for here. Without this it is
        believed for logins of which it says so (``amr`` with ``mfa``, RFC 8176).
    :param timeout: seconds for each call to the provider.

    Raises OptionsError for what cannot work.
    """

    def __init__(
        self,
        issuer: str,
        client_id: str,
        client_secret: str = "",
        *,
        roles_claim: str = "groups",
        roles: Mapping[str, str | Sequence[str]] | None = None,
        create: bool = True,
        label: str = "Company login",
        scopes: Iterable[str] = ("openid", "profile", "email"),
        second_factor: bool = False,
        timeout: float = 5.0,
    ) -> None:
        self._check(issuer, client_id)
        self.roles_claim, self.create, self.label = roles_claim, create, label
        self.roles = {
            group: (names,) if isinstance(names, str) else tuple(names)
            for group, names in (roles or {}).items()
        }
        self.second_factor = second_factor
        asked = " ".join(dict.fromkeys(["openid", *scopes]))
        self.provider = Provider(issuer, client_id, client_secret, asked, timeout)

    @staticmethod
    def _check(issuer: str, client_id: str) -> None:
        faults = []
        if find_spec("authlib") is None or find_spec("httpx2") is None:
            faults.append(
                Fault("OIDC", "issuer", repr(issuer), 'install the extra: pip install "webadmin[oidc]"')
            )
        if not is_safe(issuer) or len(issuer) > _LONGEST_ISSUER or " " in issuer:
            faults.append(Fault("OIDC", "issuer", repr(issuer), "give its https address"))
        if not client_id:
            faults.append(
                Fault(
                    "OIDC", "client_id", repr(client_id), "give the id that the provider has for this admin"
                )
            )
        if faults:
            raise OptionsError(faults)

    @property
    def governed(self) -> frozenset[str]:
        """The roles that groups decide about."""
        return frozenset(name for names in self.roles.values() for name in names)

    def visit(self, connection: HTTPConnection, cookie: SessionData) -> None:
        """Do what a request to one of the pages needs of the provider; :func:`visit_of` has it then.

        Raises BadRequest, Forbidden or Unavailable with what the person is told.
        """
        scope = connection.scope
        root = scope.get("root_path", "")
        page = scope["path"].removeprefix(root).strip("/")
        if scope.get("method") != "GET" or page not in {START, BACK, LEAVE}:
            return
        try:
            several = parse_qs(scope.get("query_string", b"").decode("latin-1"), max_num_fields=50)
        except ValueError:
            raise BadRequest(_("The address holds more than any login needs.")) from None
        asked = {name: values[-1] for name, values in several.items()}
        here = f"{connection.url.scheme}://{connection.url.netloc}{quote(root)}"
        try:
            if page == START:
                found = self._begin(connection, cookie, f"{here}/{BACK}/", asked.get("next", ""))
            elif page == BACK:
                found = self._come_back(cookie, asked)
            else:
                found = self._leave(f"{here}/login/")
        except WebadminError as error:
            error.link, error.link_label = f"{quote(root)}/login/", _("Log in")
            raise
        if found is not None:
            setattr(connection.state, _VISIT, found)

    def _begin(self, connection: HTTPConnection, cookie: SessionData, back: str, next: str) -> Visit | None:
        if connection.headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
            return None  # a page elsewhere logs nobody in, not even as themselves
        flow = {
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            "verifier": secrets.token_urlsafe(48),
            "back": back,
            "next": next if len(next) <= _LONGEST_NEXT else "",
        }
        url = self.provider.authorization(back, flow["state"], flow["nonce"], flow["verifier"])
        cookie.go_out(flow)
        return Visit(url)

    def _come_back(self, cookie: SessionData, asked: Mapping[str, str]) -> Visit:
        flow = cookie.come_back()
        if not flow or not hmac.compare_digest(asked.get("state", "").encode(), flow["state"].encode()):
            raise BadRequest(
                _(
                    "This login was not begun in this browser, or it has ended already. Begin again at the login page."
                ),
                title=_("Not logged in"),
            )
        # Another provider's answer, sent here by mistake or on purpose (RFC 9207).
        says = self.provider.metadata().get("authorization_response_iss_parameter_supported")
        if asked.get("iss", self.provider.issuer if not says else "") != self.provider.issuer:
            raise refused()
        if "code" not in asked:
            raise Forbidden(
                _("{label} did not log you in. You can try again at the login page.").format(
                    label=self.label
                ),
                title=_("Not logged in"),
            )
        claims, about = self.provider.exchange(asked["code"], flow["back"], flow["nonce"], flow["verifier"])
        return Visit(person=self.person(claims, about), next=flow["next"])

    def _leave(self, login: str) -> Visit:
        url = self.provider.endpoint("end_session_endpoint")
        if not url:
            return Visit()
        query = urlencode({"client_id": self.provider.client_id, "post_logout_redirect_uri": login})
        return Visit(f"{url}{'&' if '?' in url else '?'}{query}")

    def person(self, claims: Mapping[str, Any], about: Mapping[str, Any]) -> Person:
        """Who the claims of a checked ID token speak of; ``about`` is what the user info says besides."""
        # What is signed goes first.
        said = {**about, **claims}
        texts = {name: _printable(value) for name, value in said.items() if isinstance(value, str)}
        names = [texts.get(name, "") for name in ("preferred_username", "email", "name", "sub")]
        groups = _found(said, self.roles_claim)
        roles = {name for group in groups for name in self.roles.get(group, ())}
        methods = claims.get("amr")
        return Person(
            subject=subject_of(self.provider.issuer, claims["sub"]),
            names=tuple(filter(None, names)),
            full_name=texts.get("name", ""),
            email=texts.get("email", ""),
            roles=tuple(sorted(roles)),
            factor=self.second_factor or (isinstance(methods, list) and "mfa" in methods),
        )


def visit_of(connection: HTTPConnection) -> Visit | None:
    """What :meth:`OIDC.visit` has brought; None where nothing was asked of the provider."""
    found = getattr(connection.state, _VISIT, None)
    return found if isinstance(found, Visit) else None


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


def _found(said: Mapping[str, Any], claim: str) -> list[str]:
    """The texts at a claim: a list of them or a single one; its name is tried as it is before its points mean anything."""
    value: Any = said.get(claim)
    if value is None:
        value = said
        for part in claim.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    several = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, str)]
