"""Somebody is made, given a role, and may do what it gives: in a browser, judged by axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.plugins.web import served
from webadmin import Accounts
from webadmin.auth.accounts import store
from webadmin.demo.app import build
from webadmin.demo.saved_views import prepare

PASSWORD, NEW = "correct horse battery staple", "violet kettle under snow"


def log_in(page: Page, site: str, name: str, password: str) -> None:
    page.goto(f"{site}/login/")
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


@pytest.mark.parametrize(("width", "theme", "scripts"), [(1280, "light", True), (390, "dark", False)])
def test_from_a_role_to_what_it_gives(
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    open_page: Callable[..., Any],
    axe: Callable[[Page], list[str]],
    width: int,
    theme: str,
    scripts: bool,
) -> None:
    """A role is ticked together; a person is made who has it, logs in, and finds their lists and the reasons; disabled, they are
    out. All of it works without scripts and in a narrow window, and every page is clean."""
    monkeypatch.setenv("WEBADMIN_SECRET_KEY", "k" * 40)
    prepare(engine)
    boss, name, role = f"boss{width}", f"ida{width}", f"Counting {width}"
    with Session(engine) as session, session.begin():
        store.create(session, boss, password=PASSWORD, grants=["*"])

    def judge(*pages: Page) -> None:
        assert not scripts or [fault for page in pages for fault in axe(page)] == []

    options = {
        "color_scheme": theme,
        "viewport": {"width": width, "height": 900},
        "java_script_enabled": scripts,
    }
    with (
        served(build(engine, login=Accounts())) as host,
        open_page(**options) as page,
        open_page(**options) as other,
    ):
        site = f"{host}/admin"
        log_in(page, site, boss, PASSWORD)
        page.goto(f"{site}/account/roles/add/")
        page.locator("#name").fill(role)
        page.get_by_role("checkbox", name="View: Products").check()
        page.get_by_role("checkbox", name="Add to stock: Products").check()
        judge(page)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(role)
        judge(page)
        page.goto(f"{site}/account/people/add/")
        page.locator("#name").fill(name)
        page.get_by_role("checkbox", name=role).check()
        judge(page)
        page.get_by_role("button", name="Make the account").click()
        password = page.locator("#password").inner_text()
        judge(page)
        page.get_by_role("link", name="Done").click()
        expect(page.get_by_role("checkbox", name=role)).to_be_checked()
        judge(page)
        for path in ("people/", "roles/", "log/", "rights/?list=orders"):
            page.goto(f"{site}/account/{path}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            judge(page)

        log_in(other, site, name, password)
        other.locator("#current").fill(password)
        other.locator("#password").fill(NEW)
        other.locator("#repeat").fill(NEW)
        other.locator("#repeat").press("Enter")
        expect(other.locator("#current")).to_be_hidden()
        other.goto(f"{site}/products/")
        expect(other.get_by_role("heading", level=1)).to_contain_text("Products")
        other.goto(f"{site}/account/rights/?list=products&do=delete")
        expect(other.locator("#answer")).to_contain_text("No")
        judge(other)

        page.goto(f"{site}/account/people/?q={name}")
        page.locator("#people").get_by_role("link", name=name).click()
        page.get_by_role("button", name="Disable").click()
        expect(page.get_by_role("button", name="Enable")).to_be_visible()
        judge(page)
        other.goto(f"{site}/products/")
        expect(other.get_by_role("button", name="Log in", exact=True)).to_be_visible()
