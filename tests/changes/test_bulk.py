"""What is done with columns in many rows: each operation in the database and in Python, by one statement or row by row."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.changes.items import Base, Item, ItemView, ShelfView, WithHooks, WithReasons, fill
from tests.pages import Page, parse
from tests.plugins.databases import BOTH, begin_for_real
from tests.views.conftest import Admin as Client
from webadmin import Admin
from webadmin.database.own_tables.base import metadata as own_tables

MANY = 20_000


@pytest.fixture(scope="module", params=BOTH)
def kept(
    request: pytest.FixtureRequest, kept_pg_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Client]:
    """An admin over the tables, once for PostgreSQL and once for SQLite."""
    engine = kept_pg_engine
    if request.param == "sqlite":
        engine = begin_for_real(sa.create_engine(f"sqlite:///{tmp_path_factory.mktemp('bulk') / 'items.db'}"))
    Base.metadata.create_all(engine)
    own_tables.create_all(engine)
    admin = Admin(engine)
    for view in (ItemView, ShelfView, WithHooks, WithReasons):
        admin.add_view(view)
    yield Client(TestClient(admin), engine)
    engine.dispose()


@pytest.fixture
def items(kept: Client) -> Client:
    """With four rows, one of them out of scope, and no changes."""
    with kept.engine.begin() as connection:
        for table in reversed(own_tables.sorted_tables):
            connection.execute(sa.delete(table))
    fill(kept.engine)
    return kept


def send(items: Client, fields: dict[str, Any], key: str = "items") -> Any:
    token = parse(items.client.get(f"/{key}/").text).one("#bulk input[name=csrf_token]").get("value")
    data = {"csrf_token": token, "all": "1", "query": "", **fields}
    return items.client.post(f"/{key}/actions/edit/", data=data, follow_redirects=False)


def change(items: Client, key: str = "items", status: int = 303, **picked: Any) -> Page:
    """Look at what would happen, then let it; the page after that."""
    answer = send(items, {**picked, "step": "preview"}, key)
    page = parse(answer.text)
    if answer.status_code == 200 and page.css("button[name=confirm]"):
        before = stored(items)
        answer = items.client.post(
            page.action("form"), data=page.form("form") | {"confirm": "1"}, follow_redirects=False
        )
        assert status == 303 or stored(items) == before
    assert answer.status_code == status, page.texts("main")
    return parse(items.client.get(answer.headers["location"]).text if status == 303 else answer.text)


def picks(column: str, operation: str, value: str = "", other: str = "") -> dict[str, str]:
    return {f"op-{column}": operation, f"with-{column}": value, f"and-{column}": other}


def stored(items: Client, *names: str) -> list[Any]:
    columns = [getattr(Item, name) for name in names or ("name", "stock", "price", "tags", "shelf_id")]
    with Session(items.engine) as session:
        rows = session.execute(sa.select(*columns).order_by(Item.id)).all()
    return [row[0] if len(names) == 1 else tuple(row) for row in rows]


@pytest.mark.parametrize("key", ["items", "hooked"])
@pytest.mark.parametrize(
    ("column", "picked", "expected"),
    [
        ("stock", ("set", "7"), [7, 7, 7]),
        ("stock", ("add", "5"), [15, 25, 305]),
        ("stock", ("subtract", "-5"), [15, 25, 305]),
        ("stock", ("percent", "15"), [12, 23, 345]),
        ("price", ("percent", "-10"), [Decimal("0.90"), None, Decimal("9.05")]),
        ("price", ("add", "0.10"), [Decimal("1.10"), None, Decimal("10.15")]),
        ("price", ("clear",), [None, None, None]),
        ("tags", ("include", "b\nc"), [["a", "b", "c"], ["b", "a", "c"], ["b", "c"]]),
        ("tags", ("exclude", "a"), [[], ["b"], []]),
        ("tags", ("set", "x"), [["x"], ["x"], ["x"]]),
    ],
)  # fmt: skip
def test_operations(
    items: Client, key: str, column: str, picked: tuple[str, ...], expected: list[Any]
) -> None:
    """They give the same in one statement and row by row, and the row that is out of scope stays."""
    before = stored(items, column)
    change(items, key, **picks(column, *picked))
    after = stored(items, column)
    assert after[:3] == expected
    assert after[3] == before[3]
    changed = [one != other for one, other in zip(before, after, strict=True)]
    assert [version == 2 for version in stored(items, "version")] == changed
    assert [name.endswith("!") for name in stored(items, "name")] == [c and key == "hooked" for c in changed]


def test_texts_and_relations(items: Client) -> None:
    """A text is replaced or goes on, a relation leads elsewhere; the samples say so in words."""
    answer = send(items, {**picks("name", "replace", "t", "T"), **picks("shelf", "clear"), "step": "preview"})
    page = parse(answer.text)
    assert page.texts("#samples td") == [
        "one",
        "left → –",
        "two → Two",
        "left → –",
        "three → Three",
        "left → –",
    ]
    change(items, **picks("name", "replace", "t", "T"), **picks("shelf", "clear"))
    assert stored(items, "name", "shelf_id") == [
        ("one", None),
        ("Two", None),
        ("Three", None),
        ("foreign", 1),
    ]
    change(items, **picks("name", "append", "."), **picks("shelf", "set", "1"))
    assert stored(items, "name", "shelf_id")[:3] == [("one.", 1), ("Two.", 1), ("Three.", 1)]
    assert [moment is not None for moment in stored(items, "updated_at")] == [True] * 4


WRONG = [
    (picks("stock", "set", "many"), "with-stock"),
    (picks("stock", "set", "501"), "with-stock"),
    (picks("stock", "set", ""), "with-stock"),
    (picks("name", "append", "n" * 13), "with-name"),
    (picks("name", "replace", "", "x"), "with-name"),
    (picks("shelf", "set", "2"), "with-shelf"),
    (picks("shelf", "set", "99"), "with-shelf"),
    (picks("price", "percent", "a lot"), "with-price"),
]


def test_values_are_checked_as_in_the_form(items: Client) -> None:
    """Types, sizes, validators, rows within reach; what was typed stays."""
    before = stored(items)
    for picked, at in WRONG:
        page = change(items, status=422, **picked)
        assert list(page.errors()) == [at]
        assert page.form("form")[at] == picked[at]
    assert stored(items) == before


@pytest.mark.parametrize("picked", [picks("stock", "percent", "100"), picks("name", "append", "some more")])
def test_a_result_that_not_every_row_can_take(items: Client, picked: dict[str, str]) -> None:
    """The look says how many rows cannot take it and why, and there is nothing to confirm."""
    page = parse(send(items, {**picked, "step": "preview"}).text)
    assert page.text("[data-wrong]").startswith(("1 item cannot take it: ", "1 item cannot take it: "))
    assert not page.css("button[name=confirm]")
    fields = page.form("form") | {"confirm": "1"}
    assert items.client.post("/items/actions/edit/", data=fields).status_code == 422
    assert stored(items, "version") == [1, 1, 1, 1]


def test_columns_that_the_form_does_not_edit_are_refused(items: Client) -> None:
    """Read-only, left out or the key: by no parameter, and none of them stands on the page."""
    page = parse(send(items, {}).text)
    offered = {line.get("data-bulk-column").removeprefix("with-") for line in page.css("[data-bulk-column]")}
    assert offered == {"name", "stock", "price", "tags", "sold", "shelf"}
    for name in ("id", "secret", "fixed", "version", "deleted_at", "shelf_id", "nothing", "__class__"):
        for step in ({"step": "preview"}, {"confirm": "1"}):
            assert send(items, {**picks(name, "set", "5"), **step}).status_code == 400
    assert send(items, {**picks("sold", "append", "5"), "step": "preview"}).status_code == 400
    assert stored(items, "secret", "fixed", "version") == [("hush", "as it is", 1)] * 4


def test_what_changed_since_the_look_is_shown_again(items: Client) -> None:
    """A value that would be replaced unseen, a row that came: the page comes once more, and nothing is written."""
    page = parse(send(items, {**picks("stock", "set", "5"), "step": "preview"}).text)
    with Session(items.engine) as session, session.begin():
        session.get_one(Item, 1).stock = 11
    again = items.client.post("/items/actions/edit/", data=page.form("form") | {"confirm": "1"})
    assert again.status_code == 409
    shown = parse(again.text)
    assert shown.texts("#samples tbody tr:first-child td") == ["11 → 5"]
    # Other values than those that were looked at are not taken either.
    other = items.client.post(
        "/items/actions/edit/", data=shown.form("form") | {"confirm": "1", "with-stock": "6"}
    )
    assert other.status_code == 409
    assert stored(items, "stock") == [11, 20, 300, 1]
    items.client.post("/items/actions/edit/", data=parse(other.text).form("form") | {"confirm": "1"})
    assert stored(items, "stock") == [6, 6, 6, 1]


def test_a_hook_that_refuses_one_row_refuses_all(items: Client) -> None:
    """With the row's name and the hook's own words; so does a rule of the table."""
    page = change(items, "hooked", 422, **picks("stock", "add", "150"))
    assert "three: The shelf is full." in page.text("main")
    assert stored(items, "stock", "version") == [(10, 1), (20, 1), (300, 1), (1, 1)]


def test_twenty_thousand_rows_take_a_handful_of_statements(items: Client) -> None:
    """To look and to change; versions go up, and the rows that have the value already are left alone."""
    values = [{"id": n, "name": f"n{n}", "stock": n % 2, "tags": []} for n in range(10, 10 + MANY)]
    with items.engine.begin() as connection:
        connection.execute(sa.insert(Item), values)
    with items.statements() as looking:
        page = parse(
            send(items, {"query": "stock.lt=2", **picks("stock", "set", "1"), "step": "preview"}).text
        )
    plan = page.one("#plan")
    assert (plan.get("data-total"), plan.get("data-changing")) == (str(MANY), str(MANY // 2))
    assert not [stmt for stmt in looking if stmt.split()[0] in {"INSERT", "UPDATE", "DELETE"}]
    with items.statements() as changing:
        answer = items.client.post(
            page.action("form"), data=page.form("form") | {"confirm": "1"}, follow_redirects=False
        )
    assert answer.status_code == 303
    assert len(looking) <= 8
    assert len(changing) <= 12
    assert len([stmt for stmt in changing if "UPDATE items" in stmt]) == 1
    with items.engine.connect() as connection:
        counted = connection.execute(
            sa.select(Item.stock, Item.version, sa.func.count())
            .where(Item.id >= 10)
            .group_by(Item.stock, Item.version)
            .order_by(Item.version)
        ).all()
    assert [tuple(row) for row in counted] == [(1, 1, MANY // 2), (1, 2, MANY // 2)]


def test_a_reason_that_is_required_is_asked_for_and_kept(items: Client) -> None:
    """By bulk edits and by actions; nothing is changed without it."""
    page = parse(send(items, {**picks("stock", "add", "1"), "step": "preview"}, "reasoned").text)
    fields = page.form("form") | {"confirm": "1"}
    refused = items.client.post("/reasoned/actions/edit/", data=fields)
    assert refused.status_code == 422
    assert list(parse(refused.text).errors()) == ["_reason"]
    page = parse(items.client.post("/reasoned/actions/sell/", data={**fields, "count": ""}).text)
    assert list(page.errors()) == ["_reason"]
    assert stored(items, "version") == [1, 1, 1, 1]
    items.client.post("/reasoned/actions/edit/", data=fields | {"_reason": "counted again"})
    items.client.post("/reasoned/actions/sell/", data=fields | {"_reason": "gone", "count": ""})
    assert stored(items, "sold", "stock") == [(True, 11), (True, 21), (True, 301), (False, 1)]
    told = sa.text("SELECT kind, label, action, reason, row_count FROM webadmin_change ORDER BY at")
    with items.engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(told)] == [
            ("change", "3 items", "", "counted again", 3),
            ("action", "3 items", "Sell", "gone", 3),
        ]


def test_all_that_match_are_deleted_as_one_choice(items: Client) -> None:
    """After the plan, which names each of them; more than can be held at once are refused."""
    token = parse(items.client.get("/items/").text).one("#bulk input[name=csrf_token]").get("value")
    choice = {"csrf_token": token, "all": "1", "query": "stock.lt=100"}
    plan = parse(items.client.post("/items/actions/delete/", data=choice).text)
    items.client.post("/items/actions/delete/", data=plan.form("form"))
    assert [moment is None for moment in stored(items, "deleted_at")] == [False, False, True, True]
    with items.engine.begin() as connection:
        connection.execute(
            sa.insert(Item), [{"id": n, "name": "n", "stock": 1, "tags": []} for n in range(10, 1012)]
        )
    for name in ("delete", "restore"):
        assert (
            items.client.post(f"/items/actions/{name}/", data={**choice, "query": "deleted=show"}).status_code
            == 413
        )
