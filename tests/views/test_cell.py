"""Cells of a list, edited where they stand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
import wtforms
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests import bridge
from tests.pages import Page, parse, words
from tests.security.desk import TicketView
from tests.test_routes import TrashableView, grants_of
from tests.views.conftest import Admin
from webadmin import Admin as Site
from webadmin import Depends
from webadmin.demo.models import Order, OrderStatus, Product
from webadmin.errors import OptionsError

HTMX = {"HX-Request": "true"}


def _set(admin: Admin, model: type, id: int, **values: Any) -> None:
    with admin.engine.begin() as connection:
        table = sa.inspect(model).local_table
        connection.execute(sa.update(table).where(table.c.id == id).values(values))


def _order(admin: Admin) -> int:
    found: int = admin.value(
        sa.select(Order.id).where(Order.deleted_at.is_(None), Order.status == OrderStatus.PAID).limit(1)
    )
    return found


def _cells(page: Page) -> set[str]:
    return {cell.get("data-column") for cell in page.css("td:has([data-cell])")}


def _in_cell(admin: Admin, path: str, fields: dict[str, Any], status: int = 200) -> Page:
    answer = admin.client.post(path, data=fields, headers=HTMX, follow_redirects=False)
    assert answer.status_code == status, answer.status_code
    return parse(answer.text)


def test_editable_cells_lead_to_their_form(admin: Admin) -> None:
    """Each editable cell has a link to a small form, which works without scripts and leads back to the list."""
    page = admin.get("/orders/?status=paid")
    assert _cells(page) == {"status", "total", "note"}
    row = page.css("#results tbody tr")[0]
    link = row.cssselect('[data-column="note"] [data-cell]')[0]
    id = row.get("data-id")
    assert link.get("href") == f"/admin/orders/{id}/cell/note/"
    assert link.get("aria-label").startswith("Edit Note A-")
    form = admin.get(link.get("href"), Referer="http://testserver/admin/orders/?status=paid")
    assert form.h1.startswith("Edit Note of A-")
    assert set(form.form("form")) == {"csrf_token", "_shown", "_next", "note"}
    after = admin.post(form.action("form"), form.form("form") | {"note": "Two\nlines"})
    assert any("was saved" in text for text in after.messages())
    assert after.css('#filters input[name="status"][value="paid"][checked]')
    assert admin.value(sa.select(Order.note).where(Order.id == int(id))) == "Two\nlines"


def test_the_cell_alone_is_answered(admin: Admin) -> None:
    """With scripts the form, and then the value as the list shows it, is all that comes; one column is written."""
    id = _order(admin)
    form = admin.get(f"/orders/{id}/cell/status/", **HTMX)
    assert not form.css("main, h1, header")
    sent = form.form("/cell/status/")
    with admin.statements() as seen:
        cell = _in_cell(admin, f"/admin/orders/{id}/cell/status/", sent | {"status": "SENT"})
    (update,) = [statement for statement in seen if statement.startswith("UPDATE orders")]
    assert "note" not in update
    assert not cell.css("form, td")
    assert words(cell.root) == "Sent"
    assert cell.one("[data-cell]").get("href") == f"/admin/orders/{id}/cell/status/"
    total = admin.get(f"/orders/{id}/cell/total/", **HTMX)
    answer = _in_cell(admin, total.action("/total/"), total.form("/total/") | {"total": "1234.5"})
    assert words(answer.root).endswith("1,234.50")
    assert admin.value(sa.select(Order.total).where(Order.id == id)) == Decimal("1234.50")


def test_a_box_and_a_relation(admin: Admin) -> None:
    """A box that is not ticked is sent as nothing; a relation is chosen by its key and shown by its name."""
    product = admin.value(sa.select(Product.id).where(Product.active, Product.deleted_at.is_(None)).limit(1))
    form = admin.get(f"/products/{product}/cell/active/", **HTMX)
    sent = form.form("/active/")
    assert sent.pop("active")
    assert words(_in_cell(admin, form.action("/active/"), sent).root) == "No"
    assert admin.value(sa.select(Product.active).where(Product.id == product)) is False
    form = admin.get(f"/products/{product}/cell/category/", **HTMX)
    other = admin.get("/categories/").ids()[-1]
    cell = _in_cell(admin, form.action("/category/"), form.form("/category/") | {"category": other})
    assert admin.value(sa.select(Product.category_id).where(Product.id == product)) == int(other)
    assert f"/admin/categories/{other}/" in cell.links().values()
    _in_cell(admin, form.action("/category/"), form.form("/category/") | {"category": "999999"}, 422)


def test_pain_14_stale_cells(admin: Admin) -> None:
    """Each cell carries its row's key and its own signed value: what somebody else changed meanwhile is a question in the
    cell, what they changed elsewhere is nobody's concern, and no other row is ever written."""
    first, second = (int(id) for id in admin.get("/orders/").ids()[:2])
    note = admin.value(sa.select(Order.note).where(Order.id == second))
    form = admin.get(f"/orders/{first}/cell/note/", **HTMX)
    sent = form.form("/note/") | {"note": "Mine"}
    _set(admin, Order, first, note="Theirs", recipient="Theirs")
    again = _in_cell(admin, form.action("/note/"), sent, 409)
    assert again.texts("[data-merge] .wa-pick") == ["Theirs: Theirs", "Mine: Mine"]
    assert again.form("/note/")["note"] == "Mine"
    assert admin.value(sa.select(Order.note).where(Order.id == first)) == "Theirs"
    done = _in_cell(admin, again.action("/note/"), again.form("/note/") | {"_keep-note": "mine"})
    assert words(done.root) == "Mine"
    assert admin.value(sa.select(Order.recipient).where(Order.id == first)) == "Theirs"
    # the token of one row is none for another, nor for another person's form
    crossed = admin.get(f"/orders/{first}/cell/note/", **HTMX).form("/note/") | {"note": "Crossed"}
    _in_cell(admin, f"/admin/orders/{second}/cell/note/", crossed, 409)
    _in_cell(admin, f"/admin/orders/{second}/cell/note/", {**crossed, "_shown": "", "_keep": "mine"}, 409)
    assert admin.value(sa.select(Order.note).where(Order.id == second)) == note


def test_errors_stand_in_the_cell(admin: Admin) -> None:
    """What cannot be read or is refused by the database is told in the cell, beside what was typed."""
    product = admin.get("/products/").ids()[0]
    form = admin.get(f"/products/{product}/cell/stock/", **HTMX)
    for wrong in ("many", "-5", "9" * 30, ""):
        again = _in_cell(admin, form.action("/stock/"), form.form("/stock/") | {"stock": wrong}, 422)
        assert list(again.errors()) == ["stock"]
        assert again.form("/stock/")["stock"] == wrong
        assert not again.css("main")


def test_a_row_that_is_gone(admin: Admin) -> None:
    """A row that was deleted while its cell was open is told in the cell, and restored from there with what was typed."""
    id = _order(admin)
    form = admin.get(f"/orders/{id}/cell/note/", **HTMX)
    _set(admin, Order, id, deleted_at=dt.datetime.now(dt.UTC))
    gone = _in_cell(admin, form.action("/note/"), form.form("/note/") | {"note": "Typed"}, 409)
    assert gone.texts("[data-typed] dd") == ["Typed changed by you"]
    back = gone.form("form") | {"_restore": "1"}
    assert gone.action("form") == f"/admin/orders/{id}/cell/note/"
    assert words(_in_cell(admin, gone.action("form"), back).root) == "Typed"
    assert admin.value(sa.select(Order.deleted_at).where(Order.id == id)) is None
    admin.get(f"/orders/{id}/cell/nothing/", 404)
    _set(admin, Order, id, deleted_at=dt.datetime.now(dt.UTC))
    admin.get(f"/orders/{id}/cell/note/", 404)


class CellView(TrashableView, model=TrashableView.model):
    column_list = ["id", "name", "thing"]
    column_editable_list = ["name"]


@pytest.mark.parametrize(
    ("grants", "options"),
    [
        ("*.view", {}),
        ("*.view things.change", {}),
        ("*", {"can_edit": False}),
        ("*", {"column_editable_list": []}),
        ("*", {"scope": lambda self, stmt, user: stmt.where(self.model.name != "live")}),
    ],
)
def test_who_may_not_change_the_row(sqlite_engine: Engine, grants: str, options: dict[str, Any]) -> None:
    """Whoever may not change a row, or not see it, gets neither the form of a cell nor a change by posting one; nor does
    anybody for a column that is not named. The list offers none."""
    admin = Site(bridge.filled(sqlite_engine), identify=grants_of)
    admin.add_view(type("Cells", (CellView,), {"model": CellView.model, **options}))
    with sqlite_engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO trashables (id, name) VALUES (1, 'live')"))
    sender = TestClient(admin, follow_redirects=False, headers={"x-grants": grants})
    page = parse(sender.get("/trashables/").text)
    assert not page.css("[data-cell]")
    data = {
        "csrf_token": bridge.token(admin, sender),
        "name": "forged",
        "thing": "1",
        "id": "7",
        "_keep": "mine",
    }
    for column in ("name", "thing", "id", "deleted_at", "__class__"):
        for headers in ({}, HTMX):
            path = f"/trashables/1/cell/{column}/"
            assert sender.get(path, headers=headers).status_code in {403, 404}
            assert sender.post(path, data=data, headers=headers).status_code in {403, 404}
    with sqlite_engine.connect() as connection:
        assert connection.execute(sa.text("SELECT id, name, thing_id FROM trashables")).all() == [
            (1, "live", None)
        ]


def test_one_field_and_no_other(sqlite_engine: Engine) -> None:
    """What else is posted to the form of a cell is not read."""
    admin = Site(bridge.filled(sqlite_engine))
    admin.add_view(CellView)
    with sqlite_engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO trashables (id, name) VALUES (1, 'live')"))
    sender = bridge.client(admin)
    form = parse(sender.get("/trashables/1/cell/name/").text)
    fields = form.form("form") | {"name": "new", "thing": "1", "id": "7", "deleted_at": "2026-01-01T00:00"}
    assert sender.post(form.action("form"), data=fields, follow_redirects=False).status_code == 303
    with sqlite_engine.connect() as connection:
        row = connection.execute(sa.text("SELECT id, name, thing_id, deleted_at FROM trashables")).one()
    assert tuple(row) == (1, "new", None, None)


class _Together(wtforms.Form):
    def validate(self, extra_validators: Any = None) -> bool:
        return True


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"column_editable_list": ["labels"]}, "several rows"),
        ({"column_editable_list": ["owner.name"]}, "of the model itself"),
        ({"column_editable_list": ["id"]}, "cannot be edited"),
        ({"column_editable_list": ["team"]}, "add it to form_columns"),
        ({"column_editable_list": ["nothing"]}, "no attribute"),
        ({"column_editable_list": "title"}, "write a list"),
        ({"column_editable_list": ["title"], "form_readonly_columns": ["title"]}, "read-only"),
        ({"column_editable_list": ["title"], "form_widget_args": {"title": {"readonly": True}}}, "read-only"),
        (
            {
                "column_editable_list": ["title"],
                "form_depends": {"code": Depends(["title"], lambda *_: None)},
            },
            "depend on it",
        ),
        ({"column_editable_list": ["title"], "form_base_class": _Together}, "fields together"),
    ],
)
def test_what_stops_the_program(sqlite_engine: Engine, options: dict[str, Any], word: str) -> None:
    """An option that names what no cell can edit is told at start-up, with what to do about it."""
    admin = Site(sqlite_engine)
    admin.add_view(type("Wrong", (TicketView,), {"model": TicketView.model, **options}))
    with pytest.raises(OptionsError, match=word):
        bridge.client(admin).get("/")
