"""Logging in at a real OpenID provider: accounts, roles, and everything that somebody might try on the way back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import parse
from tests.plugins.provider import CLIENT, HERE, SECRET, RealProvider
from webadmin import OIDC, Accounts, Admin
from webadmin.auth.accounts import sessions, store
from webadmin.database.own_tables import accounts as tables
from webadmin.database.own_tables.base import metadata
from webadmin.mixins import uuid7

KEY = "k" * 40
ADA = {
    "name": "Ada Lovelace",
    "preferred_username": "ada",
    "email": "ada@example.com",
    "groups": ["shop-admins"],
}


@dataclass
class Site:
    """An admin whose people come from the provider, and a browser before it."""

    engine: Engine
    provider: RealProvider
    options: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        roles = {"shop-admins": ["keeper"], "guests": "guest"}
        oidc = OIDC(
            self.provider.issuer, CLIENT, SECRET, **{"roles": roles, "label": "Fernhill ID", **self.options}
        )
        self.admin: Admin = bridge.admin_over(self.engine, identify=Accounts(oidc=oidc), secret_key=KEY)
        self.client = self.browser()

    def browser(self) -> TestClient:
        return bridge.client(self.admin, HERE)

    def go(self, next: str = "/things/", client: TestClient | None = None) -> str:
        """Begin; the address at the provider."""
        answer = (client or self.client).get(f"/login/oidc/?{urlencode({'next': next})}")
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def back(self, url: str, client: TestClient | None = None) -> Any:
        """Come back to an address."""
        return (client or self.client).get(url.removeprefix(HERE))

    def log_in(self, name: str = "ada", next: str = "/things/") -> Any:
        return self.back(self.provider.log_in(self.go(next), name))

    def read(self, stmt: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(stmt).all())

    @property
    def accounts(self) -> list[Any]:
        return self.read(sa.select(tables.account).order_by(tables.account.c.id))

    def roles(self) -> set[str]:
        role, link = tables.role.c, tables.account_role.c
        stmt = sa.select(role.name).join(tables.account_role, link.role_id == role.id)
        return {row.name for row in self.read(stmt)}


@pytest.fixture
def engine(sqlite_engine: Engine, provider: RealProvider) -> Engine:
    metadata.create_all(bridge.filled(sqlite_engine))
    provider.knows(ada=ADA, eve={"name": "Eve", "preferred_username": "ada", "email": "ada@example.com"})
    roles = [{"id": uuid7(), "name": name} for name in ("keeper", "guest", "extra")]
    with sqlite_engine.begin() as connection:
        connection.execute(sa.insert(tables.role), roles)
        grants = {"keeper": "*", "guest": "things.view", "extra": "@database"}
        connection.execute(
            sa.insert(tables.role_grant),
            [{"role_id": role["id"], "name": grants[str(role["name"])]} for role in roles],
        )
    return sqlite_engine


@pytest.fixture
def site(engine: Engine, provider: RealProvider) -> Site:
    return Site(engine, provider)


def test_first_login(site: Site) -> None:
    """Somebody whose groups give a role gets an account, its rights, and the page that they wanted."""
    page = parse(site.client.get("/login/?next=/things/").text)
    button = next(link for link in page.css("a[href]") if "Fernhill ID" in link.text_content())
    assert button.get("href") == "/login/oidc/?next=%2Fthings%2F"
    sent = parse_qs(urlsplit(site.go()).query)
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["redirect_uri"] == [f"{HERE}/login/oidc/callback/"]
    answer = site.log_in()
    assert (answer.status_code, answer.headers["location"]) == (303, "/things/")
    assert site.client.get("/things/add/").status_code == 200
    (account,) = site.accounts
    assert (account.name, account.full_name, account.email) == ("ada", "Ada Lovelace", "ada@example.com")
    assert account.subject == f"{site.provider.issuer} ada"
    assert account.password_hash is None
    assert account.last_login_at is not None


def test_roles_follow_the_groups(site: Site) -> None:
    """At each login roles are those of the groups; a role that no group decides about stays as it was given."""
    site.log_in()
    extra = sa.select(tables.role.c.id).where(tables.role.c.name == "extra").scalar_subquery()
    with site.engine.begin() as connection:
        connection.execute(
            sa.insert(tables.account_role).values(account_id=site.accounts[0].id, role_id=extra)
        )
    site.provider.knows(ada={**ADA, "name": "Ada King", "groups": ["guests", "unknown"]})
    site.log_in()
    assert site.roles() == {"guest", "extra"}
    assert site.client.get("/things/").status_code == 200
    assert site.client.get("/things/add/").status_code == 403
    assert [account.full_name for account in site.accounts] == ["Ada King"]


def test_nobody_takes_an_account_by_its_name_or_mail(site: Site) -> None:
    """Who has another's name and address at the provider gets an account of their own, not the other's."""
    with Session(site.engine) as session, session.begin():
        store.create(
            session, "ada", password="mauve giraffe on a ladder", grants=["*"], email="ada@example.com"
        )
    site.provider.knows(eve={**ADA, "groups": ["guests"]})
    assert site.log_in("eve").status_code == 303
    assert [account.name for account in site.accounts] == ["ada", "ada 2"]
    assert site.accounts[0].subject is None
    assert site.client.get("/things/add/").status_code == 403


@pytest.mark.parametrize("options", [{}, {"create": False}])
def test_no_account(engine: Engine, provider: RealProvider, options: dict[str, Any]) -> None:
    """Somebody whose groups give nothing gets none, and nobody does where administrators make them."""
    site = Site(engine, provider, options)
    answer = site.log_in("ada" if options else "eve")
    assert answer.status_code == 403
    assert "Fernhill ID" in parse(answer.text).text("main")
    assert site.accounts == []
    assert site.client.get("/things/").status_code == 303


def test_disabled(site: Site) -> None:
    """A disabled account stays out, whatever the provider says."""
    site.log_in()
    with site.engine.begin() as connection:
        connection.execute(sa.update(tables.account).values(disabled_at=sessions.now()))
    answer = site.log_in()
    assert answer.status_code == 403
    assert "disabled" in parse(answer.text).text("main")
    assert parse(answer.text).css("main a[href='/login/']")
    assert site.client.get("/things/").status_code == 303


def test_a_person_who_cancels(site: Site) -> None:
    """Who does not log in there is told so here, and no word of the provider's is repeated."""
    answer = site.back(site.provider.log_in(site.go(), agree=False))
    assert answer.status_code == 403
    assert "did not log you in" in parse(answer.text).text("main")
    flow = parse_qs(urlsplit(site.go()).query)["state"][0]
    answer = site.client.get(f"/login/oidc/callback/?state={flow}&iss={site.provider.issuer}&error=<b>no</b>")
    assert "<b>no" not in answer.text


def test_coming_back_twice(site: Site) -> None:
    """The same address works once: not again in this browser, not in one that has its cookies from before."""
    back = site.provider.log_in(site.go())
    thief = site.browser()
    thief.cookies.update(site.client.cookies)
    assert site.back(back).status_code == 303
    answer = site.back(back)
    assert answer.status_code == 400
    assert "Begin again" in parse(answer.text).text("main")
    assert parse(answer.text).css("main a[href='/login/']")
    assert site.back(back, thief).status_code == 403
    assert thief.get("/things/").status_code == 303


def test_somebody_elses_login(site: Site) -> None:
    """A person who is sent to an address with another's login is not logged in as the other, before or after beginning one."""
    eve = site.browser()
    back = site.provider.log_in(site.go(client=eve), "ada")
    assert site.back(back).status_code == 400
    site.go()
    assert site.back(back).status_code == 400
    assert site.client.get("/things/").status_code == 303


def test_a_changed_answer(site: Site) -> None:
    """Another state, another provider's name, none at all, another code: nobody is logged in."""
    for name, value in (("state", "x"), ("iss", "https://evil.example"), ("iss", None), ("code", "x")):
        back = urlsplit(site.provider.log_in(site.go()))
        query = {key: values[0] for key, values in parse_qs(back.query).items()}
        changed = {key: given for key, given in {**query, name: value}.items() if given is not None}
        answer = site.client.get(f"{back.path}?{urlencode(changed)}")
        assert answer.status_code in {400, 403}, (name, value)
        assert site.client.get("/things/").status_code == 303


def test_a_changed_question(site: Site) -> None:
    """A login that was begun with another nonce, another verifier or for another client is not accepted."""
    for name in ("nonce", "code_challenge", "client_id"):
        url = urlsplit(site.go())
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        query[name] = "other" if name == "client_id" else "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        back = site.provider.log_in(url._replace(query=urlencode(query)).geturl())
        assert site.back(back).status_code == 403, name
    assert site.accounts == []


def test_only_own_addresses_come_next(site: Site) -> None:
    """The way over the provider leads to no other site."""
    for next in ("//evil.example/", "https://evil.example/", "/\\evil", "/../x", "a" * 4000):
        assert site.log_in(next=next).headers["location"] == "/", next


def test_the_session_is_a_new_one(site: Site) -> None:
    """A cookie that was planted before the login is worth nothing after it."""
    site.client.get("/login/")
    planted = dict(site.client.cookies)
    site.log_in()
    victim = site.browser()
    victim.cookies.update(planted)
    assert victim.get("/things/").status_code == 303


def test_no_page_elsewhere_begins_a_login(site: Site) -> None:
    """A link or a picture of another site only leads to the login page."""
    for kind in ("cross-site", "same-site"):
        answer = site.client.get("/login/oidc/?next=/things/", headers={"sec-fetch-site": kind})
        assert answer.headers["location"].startswith("/login/?next=")
    for method, path in (("HEAD", "/login/oidc/"), ("HEAD", "/login/oidc/callback/?state=x&code=x")):
        assert site.client.request(method, path).headers["location"].startswith("/login/")


def test_too_many_parameters(site: Site) -> None:
    """An address with hundreds of parameters is a bad request, and no fault of the program."""
    for path in ("/login/oidc/", "/login/oidc/callback/", "/login/oidc/logout/"):
        assert site.client.get(f"{path}?{'a=1&' * 200}").status_code == 400


def test_logging_out_there_too(site: Site) -> None:
    """Logging out leads to a page that leads to the provider's, which knows where to come back to."""
    site.log_in()
    answer = site.client.post("/logout/", data={"csrf_token": bridge.token(site.admin, site.client)})
    assert answer.headers["location"] == "/login/oidc/logout/"
    page = parse(site.client.get("/login/oidc/logout/").text)
    leave = page.css("a.wa-btn--primary")[0].get("href")
    query = parse_qs(urlsplit(leave).query)
    assert leave.startswith(site.provider.issuer)
    assert query == {"client_id": [CLIENT], "post_logout_redirect_uri": [f"{HERE}/login/"]}
    assert site.client.get("/things/").status_code == 303


@pytest.mark.parametrize("trusted", [True, False])
def test_a_role_asks_for_a_second_factor(engine: Engine, provider: RealProvider, trusted: bool) -> None:
    """A second factor is set up here, unless the provider has asked for one; a fresh login needs no password for that."""
    with engine.begin() as connection:
        connection.execute(sa.update(tables.role).values(needs_second_factor=True))
    site = Site(engine, provider, {"second_factor": trusted})
    site.log_in()
    answer = site.client.get("/things/")
    if trusted:
        assert answer.status_code == 200
    else:
        assert answer.headers["location"].startswith("/account/second/")
        assert parse(site.client.get("/account/second/").text).css("#key")


def test_without_a_provider(sqlite_engine: Engine) -> None:
    """Where none is set up there are no such pages."""
    metadata.create_all(bridge.filled(sqlite_engine))
    client = bridge.client(bridge.admin_over(sqlite_engine, identify=Accounts(), secret_key=KEY))
    for path in ("/login/oidc/", "/login/oidc/callback/?state=x", "/login/oidc/logout/"):
        assert client.get(path).status_code == 404
