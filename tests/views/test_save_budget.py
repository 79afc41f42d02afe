"""How many statements a save sends that is written down, whatever relations there are."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tests.pages import Page
from tests.views.conftest import Admin
from tests.views.test_inlines import an_order, lines_of, pressed, rows_of
from webadmin.database.own_tables.changes import change, change_row
from webadmin.database.own_tables.migrate import upgrade
from webadmin.demo.models import Product

_BUDGET = 8
_WITHOUT = 2
"""Statements more where a database cannot look at rows, compare them and write down what differs in one."""


@pytest.fixture
def recorded(admin: Admin) -> Admin:
    """An admin with a history, in a process that has read the foreign keys."""
    upgrade(admin.engine)
    order = an_order(admin, 2)
    page = admin.get(f"/orders/{order}/change/")
    admin.confirm(page, **{f"{rows_of(page)[0]}_delete": "y"})
    return admin


def sent(admin: Admin, page: Page, **typed: Any) -> int:
    """How many statements a save of a page takes, of which one change is written down."""
    before = admin.value(sa.select(sa.func.count()).select_from(change))
    with admin.statements() as seen:
        answer = admin.client.post(
            page.action("form"), data=page.form("form") | typed, follow_redirects=False
        )
    assert answer.status_code == 303
    assert admin.value(sa.select(sa.func.count()).select_from(change)) == before + 1
    return len(seen) - (0 if admin.engine.dialect.name == "postgresql" else _WITHOUT)


def kinds(admin: Admin) -> dict[tuple[str, str], int]:
    """How many rows of which tables the last change added, changed and deleted."""
    newest = sa.select(sa.func.max(change_row.c.id)).scalar_subquery()
    last = sa.select(change_row.c.change_id).where(change_row.c.id == newest).scalar_subquery()
    what = (change_row.c.table_name, change_row.c.kind)
    stmt = sa.select(*what, sa.func.count()).where(change_row.c.change_id == last).group_by(*what)
    with admin.engine.connect() as connection:
        return {(table, kind): count for table, kind, count in connection.execute(stmt)}


def test_a_row(recorded: Admin) -> None:
    """A row that has changed: it is locked, compared, written, and written down."""
    order = an_order(recorded)
    assert sent(recorded, recorded.get(f"/orders/{order}/change/"), note="Changed") <= _BUDGET - 3
    assert kinds(recorded) == {("orders", "update"): 1}


def test_lines(recorded: Admin) -> None:
    """Three lines of an order changed, one taken away and one added."""
    order = an_order(recorded, 4)
    before = dict(lines_of(recorded, order))
    page = pressed(recorded, recorded.get(f"/orders/{order}/change/"), "lines:add")
    one, two, three, gone, *_others, new = rows_of(page)
    product = str(recorded.value(sa.select(Product.id).where(Product.deleted_at.is_(None)).limit(1)))
    typed = {f"{line}quantity": "77" for line in (one, two, three)} | {f"{gone}_delete": "y"}
    typed |= {f"{new}product": product, f"{new}unit_price": "2.50", f"{new}quantity": "77"}
    assert sent(recorded, page, **typed) <= _BUDGET
    after = dict(lines_of(recorded, order))
    assert [after.get(place) for place in list(before)[:4]] == [77, 77, 77, None]
    lines = {kind: count for (table, kind), count in kinds(recorded).items() if table == "order_lines"}
    assert lines == {"update": 3, "delete": 1, "insert": 1}


def test_links(recorded: Admin) -> None:
    """Tags come and go with a product that has changed itself."""
    page = recorded.get("/products/1/change/")
    recorded.confirm(page, tags=["1", "2", "3"])
    page = recorded.get("/products/1/change/")
    assert sent(recorded, page, stock="12345", tags=["3", "4", "5"]) <= _BUDGET
    assert kinds(recorded) == {
        ("products", "update"): 1,
        ("product_tags", "delete"): 2,
        ("product_tags", "insert"): 2,
    }
