"""Related rows on a form: changed, added and removed with the row that they belong to."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin.demo.models import Customer, Order, OrderLine, Product, Tag, product_tags

_FORM_BUDGET, _SAVE_BUDGET = 4, 8


def an_order(admin: Admin, lines: int = 3) -> int:
    """An order with at least so many lines."""
    counted = sa.func.count().label("lines")
    stmt = sa.select(OrderLine.order_id).group_by(OrderLine.order_id).having(counted >= lines)
    live = stmt.join(Order).where(Order.deleted_at.is_(None), Order.customer_id.is_not(None))
    found: int = admin.value(live.order_by(OrderLine.order_id).limit(1))
    return found


def a_customer(admin: Admin) -> Any:
    """The customer with the most orders."""
    stmt = (
        sa.select(Order.customer_id)
        .join(Customer)
        .where(Customer.deleted_at.is_(None), Order.deleted_at.is_(None))
    )
    return admin.value(
        stmt.group_by(Order.customer_id).order_by(sa.func.count().desc(), Order.customer_id).limit(1)
    )


def lines_of(admin: Admin, order: int) -> list[tuple[int, int]]:
    """Place and quantity of an order's lines."""
    stmt = sa.select(OrderLine.position, OrderLine.quantity).where(OrderLine.order_id == order)
    with admin.engine.connect() as connection:
        return [(row.position, row.quantity) for row in connection.execute(stmt.order_by(OrderLine.position))]


def rows_of(page: Page, name: str = "lines") -> list[str]:
    """The beginnings of the names of each row's fields, from top to bottom."""
    found = page.css(f"#inline-{name} tbody input[name$='-_id']")
    return [field.get("name").removesuffix("_id") for field in found]


def pressed(admin: Admin, page: Page, do: str, **typed: str) -> Page:
    """The form after a button that saves nothing."""
    assert page.css(f"button[name=_do][value='{do}']")
    return admin.post(page.action("form"), page.form("form") | typed | {"_do": do}, 200)


def test_pain_5_all_at_once(admin: Admin) -> None:
    """Rows below a form are a part of it: one press of Save changes the order, changes a line, removes one and adds one."""
    order = an_order(admin)
    before = lines_of(admin, order)
    page = admin.get(f"/orders/{order}/change/")
    product = admin.value(sa.select(Product.id).where(Product.deleted_at.is_(None)).limit(1))
    page = pressed(admin, page, "lines:add")
    first, second, *_rest, new = rows_of(page)
    place = int(page.form("form")[f"{new}position"])  # type: ignore[arg-type]
    assert place == before[-1][0] + 1
    typed = {f"{first}quantity": "77", f"{second}_delete": "y", "note": "With its lines"}
    typed |= {f"{new}product": str(product), f"{new}unit_price": "2.50", f"{new}quantity": "5"}
    with admin.statements() as seen:
        after = admin.confirm(page, **typed, _then="edit")
    assert after.messages()[-1].endswith("was saved.")
    assert len([one for one in seen if one.startswith("UPDATE order")]) == 2
    assert lines_of(admin, order) == [(before[0][0], 77), *before[2:], (place, 5)]
    assert admin.value(sa.select(Order.note).where(Order.id == order)) == "With its lines"


def test_a_new_order_with_its_lines(admin: Admin) -> None:
    """A row and those that belong to it are made together; a blank row is none."""
    customer, product = a_customer(admin), admin.value(sa.select(Product.id).limit(1))
    page = admin.get("/orders/add/")
    for _again in range(3):
        page = pressed(admin, page, "lines:add", customer=str(customer))
    assert page.form("form")["customer"] == str(customer)
    one, two, blank = rows_of(page)
    assert [page.form("form")[f"{row}position"] for row in (one, two, blank)] == ["1", "2", "3"]
    typed = {f"{row}{name}": value for row in (one, two) for name, value in
             {"product": str(product), "quantity": "2", "unit_price": "1.00"}.items()}  # fmt: skip
    admin.confirm(page, **typed, _then="")
    made = admin.value(sa.select(sa.func.max(Order.id)))
    assert lines_of(admin, made) == [(1, 2), (2, 2)]


def test_what_is_wrong_with_a_row(admin: Admin) -> None:
    """Messages stand in the row and in the summary, all that was typed is kept, and nothing is saved, the order neither."""
    order = an_order(admin)
    before = lines_of(admin, order)
    page = pressed(admin, admin.get(f"/orders/{order}/change/"), "lines:add")
    first, second, *_rest, new = rows_of(page)
    typed = page.form("form") | {f"{first}quantity": "many", f"{second}quantity": "0", "note": "Not yet"}
    again = admin.post(page.action("form"), typed, 422)
    assert set(again.errors()) == {f"{first}quantity"}
    assert again.form("form")[f"{first}quantity"] == "many"
    again = admin.post(page.action("form"), typed | {f"{first}quantity": "3"}, 422)
    assert set(again.errors()) == {f"{second}quantity"}, "the check of the table stands at its field"
    assert [line.split(":")[0] for line in again.summary()] == ["Lines"]
    again = admin.post(page.action("form"), typed | {f"{first}quantity": "3", f"{new}quantity": "9"}, 422)
    assert f"{new}product" in again.errors()
    assert lines_of(admin, order) == before
    assert admin.value(sa.select(Order.note).where(Order.id == order)) != "Not yet"


def test_places_are_changed_around(admin: Admin) -> None:
    """Rows take each other's places, although no two may have the same even for a moment."""
    order = an_order(admin)
    before = lines_of(admin, order)
    page = admin.get(f"/orders/{order}/change/")
    places = [place for place, _quantity in before]
    turned = [*places[1:], places[0]]
    typed = {f"{row}position": str(place) for row, place in zip(rows_of(page), turned, strict=True)}
    typed |= {f"{row}quantity": str(100 + at) for at, row in enumerate(rows_of(page))}
    admin.confirm(page, **typed)
    wanted = sorted((place, 100 + at) for at, place in enumerate(turned))
    assert lines_of(admin, order) == wanted


def test_pain_6_a_page_of_rows_at_a_time(admin: Admin) -> None:
    """A page of rows has its fields and no more, and what was typed on one page is kept while others are turned."""
    customer = a_customer(admin)
    with admin.engine.begin() as connection:
        connection.execute(
            sa.insert(Order),
            [{"number": f"N-{n:05}", "customer_id": customer, "recipient": "Many"} for n in range(2000)],
        )
    with admin.statements() as seen:
        page = admin.get(f"/customers/{customer}/change/")
    assert len(seen) <= _FORM_BUDGET
    assert len(rows_of(page, "orders")) == 10
    assert len(page.form("form")) < 100
    first = rows_of(page, "orders")[0]
    id = page.form("form")[f"{first}_id"]
    page = pressed(admin, page, "orders:page:2", **{f"{first}total": "12.34"})
    kept, *others = rows_of(page, "orders")
    assert (page.form("form")[f"{kept}_id"], page.form("form")[f"{kept}total"]) == (id, "12.34")
    assert page.one("#inline-orders tr[data-pending]").get("data-line") == "1"
    assert len(others) == 10
    other = page.form("form")[f"{others[3]}_id"]
    admin.confirm(page, **{f"{others[3]}total": "43.21"})
    totals = (
        sa.select(Order.total).where(Order.id.in_([int(str(id)), int(str(other))])).order_by(Order.id.desc())
    )
    with admin.engine.connect() as connection:
        assert [str(total) for total in connection.execute(totals).scalars()] == ["12.34", "43.21"]


@pytest.mark.parametrize("key", ["orders", "customers", "products"])
def test_budgets(admin: Admin, key: str) -> None:
    """A form sends four statements at most, a save eight beside those of its history, whatever relations there are."""
    id = {"orders": an_order, "customers": a_customer}.get(key, lambda _admin: 1)(admin)
    admin.get(f"/{key}/{id}/change/")
    with admin.statements() as seen:
        page = admin.get(f"/{key}/{id}/change/")
    assert len(seen) <= _FORM_BUDGET, seen
    form = page.form("form")
    typed = {
        "orders": {"note": "Changed", "customer": str(a_customer(admin)), "lines-0-quantity": "31"},
        "customers": {"phone": "1", "orders-0-due_on": "2027-01-01"},
        "products": {"stock": "5", "tags": ["1", "2"]},
    }[key]
    with admin.statements() as seen:
        answer = admin.client.post(page.action("form"), data=form | typed, follow_redirects=False)
    assert answer.status_code == 303
    assert len(seen) <= _SAVE_BUDGET, seen


def test_what_others_do_to_the_rows_meanwhile(admin: Admin) -> None:
    """What another has added, changed elsewhere or removed stays as they made it."""
    order = an_order(admin)
    before = lines_of(admin, order)
    page = admin.get(f"/orders/{order}/change/")
    first = rows_of(page)[0]
    mine = OrderLine.__table__.c
    with admin.engine.begin() as connection:
        which = sa.and_(mine.order_id == order, mine.position == before[0][0])
        connection.execute(sa.update(OrderLine.__table__).where(which).values(discount=0.5))
        gone = sa.and_(mine.order_id == order, mine.position == before[1][0])
        connection.execute(sa.delete(OrderLine.__table__).where(gone))
        connection.execute(
            sa.insert(OrderLine.__table__).values(
                order_id=order, position=90, product_id=1, quantity=9, unit_price=1
            )
        )
    admin.confirm(page, **{f"{first}quantity": "55"})
    assert lines_of(admin, order) == [(before[0][0], 55), *before[2:], (90, 9)]
    assert (
        admin.value(sa.select(OrderLine.discount).where(OrderLine.order_id == order).order_by("position"))
        == 0.5
    )


def test_both_change_the_same(admin: Admin) -> None:
    """Two values for one field of a row are asked about there, and the answer is kept to."""
    order = an_order(admin)
    place, _quantity = lines_of(admin, order)[0]
    page = admin.get(f"/orders/{order}/change/")
    first, second, *_rest = rows_of(page)
    admin.confirm(admin.get(f"/orders/{order}/change/"), **{f"{first}quantity": "41"})
    typed = page.form("form") | {f"{first}quantity": "42", f"{second}_delete": "y"}
    again = admin.post(page.action("form"), typed, 409)
    assert lines_of(admin, order)[0] == (place, 41)
    (question,) = again.css("#inline-lines fieldset[data-merge]")
    assert len(again.css("#inline-lines tr:has(input[name$=_delete]:checked)")) == 0 or question is not None
    name = question.get("data-merge")
    assert name.startswith(first)
    for answer, kept in (("theirs", 41), ("mine", 42)):
        page = admin.post(page.action("form"), typed, 409)
        admin.confirm(page, **{page.one("#inline-lines fieldset[data-merge]").get("data-merge"): answer})
        assert lines_of(admin, order)[0] == (place, kept)
        typed.pop(f"{second}_delete", None)


def test_removing_what_somebody_has_changed(admin: Admin) -> None:
    """A row that another has changed since is not removed before the person has seen it so."""
    order = an_order(admin)
    before = lines_of(admin, order)
    page = admin.get(f"/orders/{order}/change/")
    first = rows_of(page)[0]
    admin.confirm(admin.get(f"/orders/{order}/change/"), **{f"{first}quantity": "66"})
    again = admin.post(page.action("form"), page.form("form") | {f"{first}_delete": "y"}, 409)
    assert "has changed this row" in again.errors()["lines-1"]
    assert (again.form("form")[f"{first}quantity"], again.form("form")[f"{first}_delete"]) == ("66", "y")
    assert len(lines_of(admin, order)) == len(before)
    admin.confirm(again)
    assert lines_of(admin, order) == before[1:]


def test_a_row_that_is_gone(admin: Admin) -> None:
    """A change of a row that somebody has removed is said to be lost, not lost in silence."""
    order = an_order(admin)
    page = admin.get(f"/orders/{order}/change/")
    first = rows_of(page)[0]
    mine = OrderLine.__table__.c
    with admin.engine.begin() as connection:
        which = sa.and_(mine.order_id == order, mine.position == lines_of(admin, order)[0][0])
        connection.execute(sa.delete(OrderLine.__table__).where(which))
    again = admin.post(page.action("form"), page.form("form") | {f"{first}quantity": "55"}, 422)
    assert "not there any more" in again.errors()["lines-1"]
    admin.confirm(again)


def test_removing_marks_what_is_only_marked(admin: Admin) -> None:
    """A row of a model with soft delete is taken from the table and stays in its trash."""
    customer = a_customer(admin)
    page = admin.get(f"/customers/{customer}/change/")
    first = rows_of(page, "orders")[0]
    id = int(str(page.form("form")[f"{first}_id"]))
    admin.confirm(page, **{f"{first}_delete": "y"})
    assert admin.value(sa.select(Order.deleted_at).where(Order.id == id)) is not None
    after = admin.get(f"/customers/{customer}/change/")
    assert str(id) not in after.form("form").values()


def test_pain_2_many_links(admin: Admin) -> None:
    """A row with thousands of links has a form of a few fields; one link is added and one removed, and the others stay."""
    with admin.engine.begin() as connection:
        connection.execute(sa.insert(Tag), [{"name": f"Link {n:05}"} for n in range(2_000)])
        ids = (
            connection.execute(sa.select(Tag.id).where(Tag.name.like("Link %")).order_by(Tag.id))
            .scalars()
            .all()
        )
        connection.execute(sa.delete(product_tags).where(product_tags.c.product_id == 1))
        links = [{"product_id": 1, "tag_id": id} for id in ids[:-1]]
        connection.execute(sa.insert(product_tags), links)
    page = admin.get("/products/1/change/")
    shown = page.form("form")["tags"]
    assert len(page.form("form")) < 60
    assert 100 <= len(shown) <= 102
    admin.confirm(page, tags=[*shown[1:], str(ids[-1])])
    now = sa.select(product_tags.c.tag_id).where(product_tags.c.product_id == 1)
    with admin.engine.connect() as connection:
        assert set(connection.execute(now).scalars()) == set(ids[1:])
