"""Delete and purge: the plan first, then the act."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from tests.pages import Page
from tests.views.conftest import Admin
from webadmin.changes import walk
from webadmin.demo.models import Category, Customer, Order, OrderLine, Product, Review


def _plan(page: Page, part: str) -> dict[str, int]:
    """The lines of one part of a plan: rule to number of rows."""
    return {
        line.get("data-rule"): int(line.get("data-rows")) for line in page.css(f"#plan-{part} [data-rule]")
    }


def _count(admin: Admin, model: type, *where: sa.ColumnElement[bool]) -> int:
    found: int = admin.value(sa.select(sa.func.count()).select_from(model).where(*where))
    return found


def test_a_soft_deletion_marks(admin: Admin) -> None:
    """The page says that the row can be restored; confirmed, it leaves the list and a message offers it back."""
    id = admin.get("/orders/").ids()[0]
    lines = _count(admin, OrderLine, OrderLine.order_id == int(id))
    page = admin.get(f"/orders/{id}/delete/")
    assert page.h1 == f"Delete {admin.value(sa.select(Order.number).where(Order.id == int(id)))}?"
    assert not page.css("#plan-deleted, #plan-blocked")
    after = admin.confirm(page)
    assert after.h1 == "Orders"
    assert id not in after.ids()
    assert after.action("restore/") == f"/admin/orders/{id}/restore/"
    assert admin.value(sa.select(Order.deleted_at).where(Order.id == int(id))) is not None
    assert _count(admin, OrderLine, OrderLine.order_id == int(id)) == lines


def test_a_get_changes_nothing(admin: Admin) -> None:
    """The plan alone deletes no row."""
    before = _count(admin, Order)
    id = admin.get("/orders/").ids()[0]
    admin.get(f"/orders/{id}/delete/")
    admin.get(f"/orders/{id}/restore/", 405)
    assert _count(admin, Order, Order.deleted_at.is_(None)) <= before
    assert admin.value(sa.select(Order.deleted_at).where(Order.id == int(id))) is None


def test_what_goes_with_it(admin: Admin) -> None:
    """A purge shows the rows that the database deletes along, and then they are gone, no more and no less."""
    order = admin.value(sa.select(Order.id).join(Order.lines).where(Order.deleted_at.is_not(None)).limit(1))
    lines, all_lines = _count(admin, OrderLine, OrderLine.order_id == order), _count(admin, OrderLine)
    page = admin.get(f"/orders/{order}/purge/")
    assert _plan(page, "deleted") == {"cascade": lines}
    admin.confirm(page)
    assert _count(admin, Order, Order.id == order) == 0
    assert _count(admin, OrderLine) == all_lines - lines


def test_what_stands_in_the_way(admin: Admin) -> None:
    """Rows that must not lose their parent block: the page names them and has no button; a POST changes nothing."""
    parent = admin.value(sa.select(Category.parent_id).where(Category.parent_id.is_not(None)).limit(1))
    page = admin.get(f"/categories/{parent}/delete/")
    children = _count(admin, Category, Category.parent_id == parent)
    assert _plan(page, "blocked") == {"restrict": children}
    assert not page.css("#form")
    token = admin.get("/").css("input[name=csrf_token]")[0].get("value")
    admin.post(f"/admin/categories/{parent}/delete/", {"csrf_token": token, "confirm": "1"}, 409)
    assert _count(admin, Category, Category.id == parent) == 1


def test_what_is_unlinked(admin: Admin) -> None:
    """Rows whose link is emptied stay: the plan counts and names them."""
    leaf = admin.value(
        sa.select(Product.category_id)
        .where(
            Product.category_id.is_not(None),
            Product.category_id.not_in(sa.select(Category.parent_id).where(Category.parent_id.is_not(None))),
        )
        .limit(1)
    )
    products = _count(admin, Product, Product.category_id == leaf)
    page = admin.get(f"/categories/{leaf}/delete/")
    assert _plan(page, "unlinked") == {"set null": products}
    assert page.css("#plan-unlinked .wa-planlist__examples a")
    before = _count(admin, Product)
    admin.confirm(page)
    assert _count(admin, Category, Category.id == leaf) == 0
    assert _count(admin, Product) == before
    assert _count(admin, Product, Product.category_id == leaf) == 0


def test_a_plan_that_has_changed_is_shown_again(admin: Admin) -> None:
    """When more rows would go than the page had shown, nothing is deleted and the new plan is shown."""
    order, product = (
        admin.engine.connect()
        .execute(
            sa.select(Order.id, OrderLine.product_id)
            .join(Order.lines)
            .where(Order.deleted_at.is_not(None))
            .limit(1)
        )
        .one()
    )
    page = admin.get(f"/orders/{order}/purge/")
    with admin.engine.begin() as connection:
        connection.execute(
            sa.insert(OrderLine).values(order_id=order, position=999, product_id=product, unit_price=1)
        )
    again = admin.post(page.action("form"), page.form("form"), 409)
    assert again.css("#changed")
    assert _plan(again, "deleted")["cascade"] == _plan(page, "deleted")["cascade"] + 1
    assert _count(admin, Order, Order.id == order) == 1
    admin.confirm(again)
    assert _count(admin, Order, Order.id == order) == 0


def test_counts_lead_to_the_rows(admin: Admin) -> None:
    """A line of the plan links to the list of the rows that it counts, where a filter can name them."""
    product = admin.value(sa.select(Review.product_id).limit(1))
    with admin.engine.begin() as connection:
        connection.execute(sa.delete(OrderLine).where(OrderLine.product_id == product))
        connection.execute(
            sa.update(Product).where(Product.id == product).values(deleted_at=sa.func.current_timestamp())
        )
    page = admin.get(f"/products/{product}/purge/")
    reviews = _count(admin, Review, Review.product_id == product)
    link = next(
        line
        for line in page.css("#plan-deleted [data-rule]")
        if line.get("data-rows") == str(reviews) and line.cssselect("a")
    )
    assert admin.get(link.cssselect("a")[0].get("href")).count() == reviews


def test_a_deleted_row_cannot_be_deleted_again(admin: Admin) -> None:
    """What is deleted has no plan to delete it, and what lives none to purge it."""
    deleted = admin.get("/orders/?deleted=only").ids()[0]
    admin.get(f"/orders/{deleted}/delete/", 404)
    admin.get(f"/orders/{admin.get('/orders/').ids()[0]}/purge/", 404)


def test_orders_keep_their_deleted_customer(admin: Admin) -> None:
    """A soft-deleted parent leaves its children as they are."""
    customer = admin.value(
        sa.select(Order.customer_id).join(Order.customer).where(Customer.deleted_at.is_(None)).limit(1)
    )
    orders = _count(admin, Order, Order.customer_id == customer)
    admin.confirm(admin.get(f"/customers/{customer}/delete/"))
    assert _count(admin, Order, Order.customer_id == customer) == orders


def test_chosen_rows_are_purged_after_a_plan(admin: Admin) -> None:
    """Deleted rows that are chosen go for good together, with what hangs on them, after a plan of all of it."""
    page = admin.get("/orders/?deleted=only")
    ids = page.ids()[:3]
    keys = [int(id) for id in ids]
    lines = _count(admin, OrderLine, OrderLine.order_id.in_(keys))
    plan = admin.act(page, "purge", ids)
    assert plan.h1 == "Delete 3 orders for good?"
    assert _plan(plan, "deleted") == {"cascade": lines}
    live = admin.get("/orders/").ids()[0]
    admin.post(plan.action("form"), plan.form("form") | {"id": [live]}, 404)  # what lives is not for this
    admin.confirm(plan)
    assert _count(admin, Order, Order.id.in_([*keys, int(live)])) == 1
    assert _count(admin, OrderLine, OrderLine.order_id.in_(keys)) == 0


def test_pain_8_blockers_are_named_with_links(admin: Admin) -> None:
    """Rows that stand in the way are counted, named and linked, for several chosen rows too, and the list of them is a link."""
    with admin.engine.begin() as connection:
        busy = connection.scalars(
            sa.select(Order.customer_id).where(Order.customer_id.is_not(None)).distinct().limit(2)
        ).all()
        moment = sa.func.current_timestamp()
        connection.execute(sa.update(Customer).where(Customer.id.in_(busy)).values(deleted_at=moment))
    orders = _count(admin, Order, Order.customer_id.in_(busy))
    page = admin.act(admin.get("/customers/?deleted=only&per_page=200"), "purge", [str(id) for id in busy])
    assert _plan(page, "blocked") == {"restrict": orders}
    link, *named = page.css("#plan-blocked a")
    assert admin.get(link.get("href")).count() == orders
    assert named
    assert admin.get(named[0].get("href")).one("h1").text_content().startswith(named[0].text_content())
    assert not page.css("#form button")


def test_pain_9_a_plan_that_would_take_too_long(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that cannot look at all rows says so, and nothing is deleted that it did not show."""
    order = admin.value(
        sa.select(OrderLine.order_id).group_by(OrderLine.order_id).having(sa.func.count() > 2).limit(1)
    )
    with admin.engine.begin() as connection:
        moment = sa.func.current_timestamp()
        connection.execute(sa.update(Order).where(Order.id == order).values(deleted_at=moment))
    whole = admin.get(f"/orders/{order}/purge/")
    for name, value in (("MOST", 1), ("SECONDS", 0.0)):
        with monkeypatch.context() as patched:
            patched.setattr(walk, name, value)
            page = admin.get(f"/orders/{order}/purge/")
            assert page.css("#unfinished")
            assert not page.css("#form")
            again = admin.post(whole.action("form"), whole.form("form"), 409)
            assert again.css("#unfinished")
    assert _count(admin, Order, Order.id == order) == 1
    admin.confirm(whole)
    assert _count(admin, Order, Order.id == order) == 0
