"""Create and change one row over HTTP."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa

from tests.views.conftest import Admin
from webadmin.demo.models import Customer, Order, OrderLine, Product, product_tags

KEYS = [
    "orders",
    "order_lines",
    "products",
    "reviews",
    "customers",
    "categories",
    "staff",
    "staff_notes",
    "tags",
]


def _order(admin: Admin) -> int:
    found: int = admin.value(
        sa.select(Order.id).where(Order.deleted_at.is_(None), Order.customer_id.is_not(None)).limit(1)
    )
    return found


@pytest.mark.parametrize("key", KEYS)
def test_every_table_has_a_form_for_a_new_row(reader: Admin, key: str) -> None:
    """No type of column loses a form: each field has a label, and the form posts to its own address."""
    page = reader.get(f"/{key}/add/")
    assert page.action("form") == f"/admin/{key}/add/"
    controls = page.css(
        "#form input[name]:not([type=hidden]):not([type=checkbox]), #form select, #form textarea"
    )
    assert controls
    for control in controls:
        assert page.css(f'label[for="{control.get("id")}"]') or control.get("aria-label")


def test_saving_what_is_shown_changes_nothing(admin: Admin) -> None:
    """A form sent back as it came passes its own checks, whatever the row holds, and writes nothing."""
    rows = [(key, id) for key in KEYS for id in admin.get(f"/{key}/?per_page=10").ids()]
    for key, id in rows:
        page = admin.get(f"/{key}/{id}/change/")
        with admin.statements() as seen:
            after = admin.confirm(page, _then="")
        assert after.messages()[0].startswith("Nothing was changed"), f"{key} {id}: {after.messages()}"
        assert not [statement for statement in seen if statement.startswith(("UPDATE", "INSERT", "DELETE"))]


def test_one_field_changed_is_one_column_written(admin: Admin) -> None:
    """Only what a person changed stands in the UPDATE, beside what the server sets itself."""
    id = _order(admin)
    page = admin.get(f"/orders/{id}/change/")
    with admin.statements() as seen:
        after = admin.confirm(page, note="Ring twice.", _then="list")
    (update,) = [statement for statement in seen if statement.startswith("UPDATE")]
    assert "note" in update
    assert "recipient" not in update
    assert after.h1 == "Orders"
    assert after.messages() == [f"{admin.value(sa.select(Order.number).where(Order.id == id))} was saved."]
    assert admin.value(sa.select(Order.note).where(Order.id == id)) == "Ring twice."
    assert not admin.get("/orders/").messages(), "a message is shown once"


def test_where_saving_leads(admin: Admin) -> None:
    """To the list, back to the form, or to the row's page, as the button says."""
    id = _order(admin)
    for then, head in (("list", "Orders"), ("edit", "Edit "), ("", "A-")):
        after = admin.confirm(admin.get(f"/orders/{id}/change/"), recipient=f"Somebody {then}", _then=then)
        assert after.h1.startswith(head)


def test_a_new_row(admin: Admin) -> None:
    """What is left empty takes its default; times and keys are the database's."""
    customer = admin.value(sa.select(Customer.id).where(Customer.deleted_at.is_(None)).limit(1))
    page = admin.get("/orders/add/")
    after = admin.confirm(page, customer=str(customer), total="12.50", note="New", _then="")
    with admin.engine.connect() as connection:
        row = connection.execute(sa.select(Order.__table__).order_by(Order.id.desc()).limit(1)).one()
    assert after.h1 == row.number
    assert after.messages() == [f"{row.number} was created."]
    assert (row.customer_id, row.total, row.note) == (customer, Decimal("12.50"), "New")
    assert abs(dt.datetime.now(dt.UTC) - row.created_at) < dt.timedelta(minutes=5)


def test_a_prefilled_form(reader: Admin) -> None:
    """The query string fills in fields, so that "Add" beside related rows knows its parent."""
    id = _order(reader)
    page = reader.get(f"/order_lines/add/?order={id}&quantity=3")
    assert (page.form()["order"], page.form()["quantity"]) == (str(id), "3")
    assert page.css(f'[data-label="{reader.value(sa.select(Order.number).where(Order.id == id))}"]')


def test_errors_keep_what_was_typed(admin: Admin) -> None:
    """A 422 stands at its field and in the summary, which links there; nothing typed is lost, nothing is saved."""
    id = _order(admin)
    page = admin.get(f"/orders/{id}/change/")
    typed = page.form() | {"total": "much", "note": "Kept", "due_on": "soon", "meta": "{broken"}
    again = admin.post(page.action(), typed, 422)
    assert set(again.errors()) == {"total", "due_on", "meta"}
    assert len(again.summary()) == 3
    sent = again.form()
    assert {name: sent[name] for name in typed if name not in {"_shown", "csrf_token"}} == {
        name: value for name, value in typed.items() if name not in {"_shown", "csrf_token"}
    }
    for name in ("total", "due_on", "meta"):
        control = again.one(f'[name="{name}"]')
        assert control.get("aria-invalid") == "true"
        assert again.one(f"#{control.get('aria-describedby').split()[0]}") is not None
        assert again.css(f'#errors a[href="#{control.get("id")}"]')
    assert admin.value(sa.select(Order.note).where(Order.id == id)) != "Kept"
    assert not again.css("[data-field=note] [aria-invalid]")


def test_what_the_database_refuses_stands_at_its_field(admin: Admin) -> None:
    """Checks of form and database alike are a message at the field, with the page of status 422."""
    for key, fields, field in (
        ("orders", {"total": "-1"}, "total"),
        ("orders", {"total": "99999999999999"}, "total"),
        ("orders", {"status": "lost"}, "status"),
        ("orders", {"customer": "nobody"}, "customer"),
        ("orders", {"customer": "00000000-0000-0000-0000-000000000000"}, "customer"),
        ("orders", {"currency": "EURO"}, "currency"),
        ("orders", {"placed_at": "0000-13-45T99:99"}, "placed_at"),
        ("orders", {"note": "a\x00b"}, "note"),
        ("products", {"stock": "-5"}, "stock"),
        ("products", {"stock": "99999999999999999999"}, "stock"),
        ("products", {"weight": "heavy"}, "weight"),
        ("products", {"name": ""}, "name"),
    ):
        id = admin.get(f"/{key}/").ids()[0]
        page = admin.get(f"/{key}/{id}/change/")
        again = admin.post(page.action(), page.form() | fields, 422)
        assert field in again.errors(), fields
        assert "psycopg" not in again.errors()[field], fields


def test_a_unique_value_that_is_taken(admin: Admin) -> None:
    """The message stands at the field whose value another row has."""
    first, second = admin.get("/orders/").ids()[:2]
    taken = admin.value(sa.select(Order.number).where(Order.id == int(first)))
    page = admin.get(f"/orders/{second}/change/")
    again = admin.post(page.action(), page.form() | {"number": taken}, 422)
    assert list(again.errors()) == ["number"]
    assert again.form()["number"] == taken


def test_many_to_many_is_added_and_removed(admin: Admin) -> None:
    """The boxes are the members that stay, the box beside them one more."""
    id = admin.value(
        sa.select(product_tags.c.product_id)
        .join(Product, Product.id == product_tags.c.product_id)
        .where(Product.deleted_at.is_(None))
        .limit(1)
    )
    had = _tags(admin, id)
    fresh = admin.value(
        sa.text(
            "SELECT min(id) FROM tags WHERE id NOT IN (SELECT tag_id FROM product_tags WHERE product_id = :id)"
        ).bindparams(id=id)
    )
    page = admin.get(f"/products/{id}/change/")
    admin.confirm(page, tags=[*map(str, sorted(had)[1:]), str(fresh), ""])
    assert _tags(admin, id) == {*sorted(had)[1:], fresh}
    admin.confirm(admin.get(f"/products/{id}/change/"), tags=[""])
    assert _tags(admin, id) == set()


def test_values_come_back_as_they_were_stored(admin: Admin) -> None:
    """Time, length, document, array and text with line ends survive being saved."""
    id = _order(admin)
    typed = {
        "placed_at": "2026-03-04T05:06:07", "due_on": "2026-02-28", "delivery_window": "1 day 02:30:00",
        "tags": "gift\nfragile, heavy", "note": "one\r\ntwo", "meta": '{"a": [1, null, "ü"]}', "total": "1234.50",
    }  # fmt: skip
    admin.confirm(admin.get(f"/orders/{id}/change/"), **typed)
    with admin.engine.connect() as connection:
        row = connection.execute(sa.select(Order.__table__).where(Order.id == id)).one()
    assert row.placed_at == dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)
    assert row.due_on == dt.date(2026, 2, 28)
    assert row.delivery_window == dt.timedelta(days=1, hours=2, minutes=30)
    assert row.tags == ["gift", "fragile, heavy"]
    assert row.note.splitlines() == ["one", "two"]
    assert row.metadata == {"a": [1, None, "ü"]}
    assert row.total == Decimal("1234.50")


def test_a_row_of_two_keys(admin: Admin) -> None:
    """A composite key is chosen when the row is made, and its address is that of its page."""
    order = _order(admin)
    product = admin.value(sa.select(Product.id).where(Product.deleted_at.is_(None)).limit(1))
    page = admin.get(f"/order_lines/add/?order={order}")
    admin.confirm(page, position="77", product=str(product), quantity="2", unit_price="3.00", _then="")
    found = admin.value(
        sa.select(OrderLine.quantity).where(OrderLine.order_id == order, OrderLine.position == 77)
    )
    assert found == 2


def test_every_post_needs_its_token(admin: Admin) -> None:
    """A form without the token of this session, or from another site, changes nothing."""
    id = _order(admin)
    page = admin.get(f"/orders/{id}/change/")
    fields = page.form() | {"note": "Forged"}
    for sent in ({**fields, "csrf_token": ""}, {**fields, "csrf_token": "0" * 64}):
        admin.post(page.action(), sent, 403)
    elsewhere = admin.client.post(page.action(), data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403
    assert admin.value(sa.select(Order.note).where(Order.id == id)) != "Forged"


def test_the_way_back_names_the_row(reader: Admin) -> None:
    """The trail of the form leads over the list and the row, by its label."""
    id = _order(reader)
    trail = reader.get(f"/orders/{id}/change/").links("nav.wa-crumbs a")
    assert trail[reader.value(sa.select(Order.number).where(Order.id == id))] == f"/admin/orders/{id}/"


def test_required_is_what_cannot_be_left_empty(reader: Admin) -> None:
    """A field with a default may be left empty in a new row; one without may not."""
    page = reader.get("/products/add/")
    required = {control.get("name") for control in page.css("#form [required]")}
    assert {"name", "sku", "price"} <= required
    assert not {"stock", "attributes", "labels", "weight", "description"} & required
    order = reader.get(f"/orders/{_order(reader)}/change/")
    assert not order.css('[name="meta"][required]')


def _tags(admin: Admin, product: int) -> set[int]:
    with admin.engine.connect() as connection:
        return set(
            connection.execute(
                sa.select(product_tags.c.tag_id).where(product_tags.c.product_id == product)
            ).scalars()
        )
