"""A customer list from a spreadsheet with German headings, imported by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.plugins.web import served
from webadmin import Admin
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.app import build
from webadmin.demo.models import Customer

FILE = (
    "E-Mail;Name;Land;Kreditlimit;Geboren;Bemerkung\n"
    "jana@beispiel.de;Jana Größer;DE;1.250,50;03.04.1980;nett\n"
    "ole@beispiel.de;Ole;AT;12,00;31.12.1990;\n"
    "kaputt@beispiel.de;;DE;viel;31.02.1990;\n"
)


class Held:
    """Does nothing before it is let."""

    def __init__(self, admin: Admin) -> None:
        self.admin, self.go = admin, threading.Event()

    def submit(self, job_id: str) -> None:
        threading.Thread(target=self._do, args=(job_id,), daemon=True).start()

    def _do(self, job_id: str) -> None:
        assert self.go.wait(60)
        self.admin.run_job(job_id)


@pytest.fixture(scope="module")
def held(engine: Engine) -> Iterator[tuple[str, Held]]:
    """The demo's admin, whose jobs wait; and what they wait for."""
    upgrade(engine)
    app = build(engine)
    admin = next(route.app for route in app.routes if isinstance(getattr(route, "app", None), Admin))  # type: ignore[attr-defined]
    held = admin.runtime.jobs = Held(admin)
    with served(app) as address:
        yield f"{address}/admin", held


def customers(engine: Engine) -> list[tuple[str, ...]]:
    asked = sa.select(Customer.name, Customer.country, Customer.credit_limit, Customer.born_on)
    with engine.connect() as connection:
        found = connection.execute(asked.where(Customer.email.like("%@beispiel.de")).order_by(Customer.email))
        return [tuple(map(str, row)) for row in found]


def test_a_customer_list(
    page: Page, held: tuple[str, Held], engine: Engine, tmp_path: Path, axe: Callable[[Page], list[str]]
) -> None:
    """From the list to its page of imports; columns, dates and decimal commas are guessed; while the work is done the page says so and goes on by
    itself; problems are shown, the others imported, and all of it taken back. On narrow screens too axe finds nothing."""
    site, jobs = held
    (tmp_path / "Kunden März.csv").write_bytes(FILE.encode("cp1252"))
    page.goto(f"{site}/customers/")
    page.locator("summary", has_text="import").click()
    page.get_by_role("link", name="Import rows…").click()
    assert axe(page) == []
    page.get_by_label("Choose a file").set_input_files(tmp_path / "Kunden März.csv")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("rowheader", name="E-Mail")).to_be_visible()
    chosen = [page.locator(f"[name=to-{place}]").input_value() for place in range(6)]
    assert chosen == ["email", "name", "country", "credit_limit", "born_on", ""]
    expect(page.locator("#f-match")).to_have_value("email")
    expect(page.locator("#columns")).to_contain_text("Größer")
    page.set_viewport_size({"width": 390, "height": 844})
    assert axe(page) == []
    page.get_by_role("button", name="Check the rows").click()
    expect(page.locator("#working [role=status]")).to_contain_text("waits")
    jobs.go.set()
    expect(page.locator("#check")).to_be_visible()
    expect(page.locator("[data-show=new] [data-count]")).to_have_attribute("data-count", "2")
    expect(page.locator("#problems tbody tr")).to_have_count(3)
    assert axe(page) == []
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("[data-show=new]").click()
    expect(page.locator("#samples")).to_contain_text("1,250.50")
    page.get_by_label("Leave the row with problems out").check()
    page.get_by_role("button", name="Import 2 rows").click()
    expect(page.locator("#result [data-outcome=inserted]")).to_have_attribute("data-count", "2")
    assert axe(page) == []
    assert customers(engine) == [
        ("Jana Größer", "DE", "1250.50", "1980-04-03"),
        ("Ole", "AT", "12.00", "1990-12-31"),
    ]
    page.locator("#undo").click()
    page.locator("#form button[type=submit]").first.click()
    expect(page.locator("#form button[type=submit]")).to_have_count(0)
    assert customers(engine) == []
