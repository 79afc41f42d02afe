"""Providers that lie, and one that is not there: what each of the checks is for."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwk, jwt
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import parse
from tests.plugins.web import served
from webadmin import OIDC, Accounts, OptionsError
from webadmin.database.own_tables.base import metadata

KEYS = [jwk.RSAKey.generate_key(2048, {"kid": str(number), "alg": "RS256"}) for number in range(2)]
CLIENT = "webadmin"


@dataclass
class Liar:
    """A provider that says whatever a test wants."""

    issuer: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    """What stands in an ID token in place of what is true; None for what is left out."""
    about: dict[str, Any] = field(default_factory=dict)
    keys: list[Any] = field(default_factory=lambda: KEYS[:1])
    sign: Callable[[dict[str, Any]], str] = field(default=lambda claims: signed(claims))
    nonce: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    answer: Any = None
    """What it says in place of tokens."""

    def app(self) -> Starlette:
        async def discovery(request: Request) -> JSONResponse:
            names = ("authorization", "token", "userinfo", "end_session")
            said = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in names}
            said |= {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
            return JSONResponse(said | self.metadata)

        async def keys(request: Request) -> JSONResponse:
            return JSONResponse({"keys": [key.as_dict(private=False) for key in self.keys]})

        async def token(request: Request) -> JSONResponse:
            self.asked.append(dict(await request.form()))
            if self.answer is not None:
                return JSONResponse(self.answer)
            moment = int(time.time())
            true = {"iss": self.issuer, "aud": CLIENT, "sub": "ada", "nonce": self.nonce}
            true |= {"iat": moment, "exp": moment + 60}
            claims = {name: value for name, value in (true | self.claims).items() if value is not None}
            return JSONResponse({"access_token": "t", "token_type": "Bearer", "id_token": self.sign(claims)})

        async def userinfo(request: Request) -> JSONResponse:
            assert request.headers["authorization"] == "Bearer t"
            return JSONResponse(self.about or {"sub": "ada"})

        paths = {"/.well-known/openid-configuration": discovery, "/keys": keys, "/userinfo": userinfo}
        routes = [Route(path, answer) for path, answer in paths.items()]
        return Starlette(routes=[*routes, Route("/token", token, methods=["POST"])])


def signed(claims: dict[str, Any], key: Any = KEYS[0], **header: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, claims, key)


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unsigned(claims: dict[str, Any]) -> str:
    return f"{part(json.dumps({'alg': 'none'}).encode())}.{part(json.dumps(claims).encode())}."


def signed_with_what_all_know(claims: dict[str, Any]) -> str:
    """With the published half of the key, as if it were a secret that both sides share."""
    head = json.dumps({"alg": "HS256", "kid": "0"}).encode()
    text = f"{part(head)}.{part(json.dumps(claims).encode())}"
    return f"{text}.{part(hmac.digest(KEYS[0].as_pem(private=False), text.encode(), 'sha256'))}"


def changed(claims: dict[str, Any]) -> str:
    head, _body, mark = signed(claims).split(".")
    _head, body, _mark = signed({**claims, "sub": "root"}).split(".")
    return f"{head}.{body}.{mark}"


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[Liar, str]]:
    liar = Liar()
    with served(liar.app()) as url:
        yield liar, url


@pytest.fixture
def liar(address: tuple[Liar, str]) -> Liar:
    """The provider, which tells the truth until a test says otherwise."""
    liar, liar.issuer = address
    fresh = Liar(liar.issuer)
    for name in Liar.__dataclass_fields__:
        setattr(liar, name, getattr(fresh, name))
    return liar


@dataclass
class Site:
    liar: Liar
    client: TestClient

    def log_in(self) -> Any:
        url = self.client.get("/login/oidc/?next=/things/").headers["location"]
        sent = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.liar.nonce = sent["nonce"]
        return self.client.get(f"/login/oidc/callback/?{urlencode({'state': sent['state'], 'code': 'c'})}")

    def refused(self, status: int = 403) -> str:
        answer = self.log_in()
        assert answer.status_code == status
        assert self.client.get("/things/").status_code == 303
        return parse(answer.text).text("main")


@pytest.fixture
def site(sqlite_engine: Engine, liar: Liar) -> Site:
    metadata.create_all(bridge.filled(sqlite_engine))
    oidc = OIDC(liar.issuer, CLIENT, "s", roles_claim="realm_access.roles", second_factor=False)
    admin = bridge.admin_over(sqlite_engine, identify=Accounts(oidc=oidc), secret_key="k" * 40)
    return Site(liar, bridge.client(admin))


def test_the_truth(site: Site) -> None:
    """Without a lie the person is in, and the code was sent with its verifier and the address that it came to."""
    assert site.log_in().headers["location"] == "/things/"
    assert site.client.get("/account/").status_code == 200
    (asked,) = site.liar.asked
    assert len(asked.pop("code_verifier")) >= 43
    assert asked == {
        "grant_type": "authorization_code",
        "code": "c",
        "redirect_uri": "http://testserver/login/oidc/callback/",
    }


WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "for another client": {"aud": "other"},
    "for another client, by this one": {"aud": "other", "azp": CLIENT},
    "for others too": {"aud": [CLIENT, "other"]},
    "by another client": {"azp": "other"},
    "another login's": {"nonce": "x"},
    "no login's": {"nonce": None},
    "out of date": {"exp": int(time.time()) - 3600},
    "without an end": {"exp": None},
    "not yet": {"iat": int(time.time()) + 3600},
    "nobody's": {"sub": None},
    "a number's": {"sub": 7},
    "empty": {"sub": ""},
    "long": {"sub": "a" * 256},
    "no database's": {"sub": "a\x00"},
    "another token's": {"at_hash": "x"},
}


def test_claims(site: Site) -> None:
    """A token of somebody else, for somebody else, of another time or login is refused, and nobody is told which."""
    for lie, claims in WRONG.items():
        site.liar.claims = claims
        assert "Begin again" in site.refused(), lie


def test_signatures(site: Site) -> None:
    """A token that this provider has not signed is refused, whatever its header says."""
    own = (unsigned, signed_with_what_all_know, changed)
    for sign in (*own, lambda claims: signed(claims, KEYS[1]), lambda claims: "x.y.z"):
        site.liar.sign = sign
        site.refused()


def test_keys_change(site: Site) -> None:
    """A provider may sign with a new key at any time; it is asked for once, not for each unknown name of a key."""
    site.log_in()
    provider = site.client.app.identity.oidc.provider  # type: ignore[attr-defined]
    site.liar.keys, site.liar.sign = KEYS, lambda claims: signed(claims, KEYS[1])
    assert site.log_in().status_code == 403  # the keys were read a moment ago
    provider._keys_at -= 60
    assert site.log_in().status_code == 303


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"authorization_endpoint": "http://evil.example/"},
        {"authorization_endpoint": None},
    ],
)
def test_metadata(site: Site, metadata: dict[str, Any]) -> None:
    """Who calls themselves otherwise, or would have people's codes sent where all can read, logs nobody in."""
    site.liar.metadata = metadata
    answer = site.client.get("/login/oidc/")
    assert answer.status_code == 503
    assert "location" not in answer.headers


def test_what_is_no_token(site: Site) -> None:
    """Answers that no standard knows are a page too, and so is everybody coming at once."""
    for answer in ([], "text", {"id_token": 7}, {"access_token": "t", "token_type": "odd", "id_token": None}):
        site.liar.answer = answer
        assert site.log_in().status_code in {403, 503}, answer
    site.liar.answer = None
    provider = site.client.app.identity.oidc.provider  # type: ignore[attr-defined]
    others = [provider._busy.acquire(blocking=False) for _each in range(6)]
    assert others == [True] * 5 + [False]
    assert site.log_in().status_code == 503
    provider._busy.release()
    assert site.log_in().status_code == 303


def test_what_it_says_of_people(site: Site) -> None:
    """User info of somebody else counts for nothing; what is signed goes before what is not; groups stand inside of others."""
    oidc: OIDC = site.client.app.identity.oidc  # type: ignore[attr-defined]
    oidc.roles = {"boss": ("keeper",)}
    site.liar.about = {"sub": "eve", "realm_access": {"roles": ["boss"]}}
    site.refused()
    person = oidc.person({"sub": "ada", "name": "Ada", "amr": ["pwd", "mfa"]}, {"name": "Eve", "email": "e"})
    assert (person.full_name, person.email, person.factor) == ("Ada", "e", True)
    odd = {"sub": "ada", "name": "A\x00d\ud800a\n", "preferred_username": "\x00"}
    assert (oidc.person(odd, {}).full_name, oidc.person(odd, {}).names) == ("Ada", ("Ada", "ada"))
    assert not oidc.person({"sub": "ada", "amr": ["pwd"]}, {"amr": ["mfa"]}).factor
    for said in ({"realm_access": {"roles": "boss"}}, {"realm_access.roles": ["boss", 7, None, {}]}):
        assert oidc.person({"sub": "ada"}, said).roles == ("keeper",)
    for said in ({}, {"realm_access": "boss"}, {"realm_access": {"roles": {"boss": 1}}}):
        assert oidc.person({"sub": "ada"}, said).roles == ()


def test_nobody_there(sqlite_engine: Engine) -> None:
    """A provider that does not answer is a page, and is not asked again by everybody at once."""
    metadata.create_all(sqlite_engine)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        oidc = OIDC(f"http://127.0.0.1:{silent.getsockname()[1]}", CLIENT, timeout=0.2)
        client = bridge.client(
            bridge.admin_over(sqlite_engine, identify=Accounts(oidc=oidc), secret_key="k" * 40)
        )
        answers = [client.get("/login/oidc/") for _each in range(3)]
        assert [answer.status_code for answer in answers] == [503] * 3
        silent.settimeout(0.2)
        silent.accept()[0].close()
        with pytest.raises(TimeoutError):
            silent.accept()
    assert "does not answer" in parse(answers[0].text).text("main")


@pytest.mark.parametrize(
    "issuer", ["http://login.example.com", "ftp://x", "", f"https://{'a' * 400}", "https://a b"]
)
def test_options(issuer: str) -> None:
    """An issuer that anybody could read along with is a fault of the program."""
    with pytest.raises(OptionsError, match="https"):
        OIDC(issuer, CLIENT)
    with pytest.raises(OptionsError, match="client_id"):
        OIDC("https://login.example.com", "")
