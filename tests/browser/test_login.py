"""Logging in, in a browser: from a fresh installation to the end of a session in the middle of a form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine

from tests.bridge import names
from tests.people import PASSWORD, admin_of, later, person
from tests.plugins.web import served
from webadmin import Admin
from webadmin.auth.accounts import sessions

NEW = "slow lantern by the canal"


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admin]:
    """An admin of things without an account."""
    engine = create_engine(f"sqlite:///{tmp_path_factory.mktemp('login') / 'things.db'}")
    yield admin_of(engine)
    engine.dispose()


def log_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_person_and_their_account(
    admin: Admin, open_page: Callable[..., Any], axe: Callable[[Page], list[str]], scripts: bool
) -> None:
    """The first account is made at the address in the log; its owner logs in, changes the password, ends another session, and loses
    nothing when their own ends before a form is sent. All of it works without scripts, and every page is clean."""
    judged: dict[str, list[str]] = {}
    theme = "light" if scripts else "dark"
    width = 1280 if scripts else 390

    def judge(page: Page, name: str) -> None:
        if scripts:
            judged[name] = axe(page)

    options = {"color_scheme": theme, "viewport": {"width": width, "height": 800}}
    with served(admin) as site, open_page(java_script_enabled=scripts, **options) as page:
        name = "Ada" if scripts else "Bob"
        if scripts:
            page.goto(f"{site}/")
            expect(page.locator("main")).to_contain_text("no account yet")
            judge(page, "none")
            token = admin.keys.mark("first administrator", "")
            page.goto(f"{site}/login/?token={token}")
            judge(page, "first")
            page.get_by_label("Name").fill(name)
            for label in ("Password", "Password, once more"):
                page.get_by_label(label, exact=True).fill(PASSWORD)
            page.get_by_role("button", name="Make the account").click()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            page.get_by_role("button", name="Log out").click()
        else:
            person(admin, name, grants=["*"])
        page.goto(f"{site}/things/?q=1")
        log_in(page, name.upper(), "wrong")
        expect(page.get_by_role("alert")).to_be_visible()
        expect(page.get_by_label("Name", exact=True)).to_have_value(name.upper())
        judge(page, "wrong")
        log_in(page, name, PASSWORD)
        expect(page).to_have_url(f"{site}/things/?q=1")

        page.goto(f"{site}/account/")
        page.get_by_role("main").get_by_role("link", name="Password").click()
        page.get_by_label("Password until now").fill(PASSWORD)
        for label in ("New password", "New password, once more"):
            page.get_by_label(label, exact=True).fill(NEW)
        judge(page, "password")
        page.get_by_role("button", name="Change the password").click()
        expect(page.get_by_text("Your password was changed.")).to_be_visible()

        with open_page() as elsewhere:
            elsewhere.goto(f"{site}/things/")
            log_in(elsewhere, name, NEW)
            expect(elsewhere.locator("#results")).to_be_visible()
            page.goto(f"{site}/account/sessions/")
            judge(page, "sessions")
            page.get_by_label("Your password").fill(NEW)
            page.get_by_role("button", name="End the session of").click()
            expect(page.get_by_text("1 session was ended.")).to_be_visible()
            elsewhere.goto(f"{site}/things/")
            expect(elsewhere.get_by_label("Password")).to_be_visible()

        page.goto(f"{site}/things/2/change/")
        page.locator("#form [name=name]").fill(f"by {name}, after a long call")
        later(admin, sessions.Lifetime.idle)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_text("Your session has ended.")).to_be_visible()
        judge(page, "ended")
        log_in(page, name, NEW)
        expect(page.locator("#form dd")).to_have_text(f"by {name}, after a long call")
        judge(page, "unsent")
        page.get_by_role("button", name="Send it").click()
        expect(page.locator(".wa-toast").first).to_be_visible()
        assert names(admin.runtime.database.engine)[1] == f"by {name}, after a long call"
    assert not any(judged.values()), judged
