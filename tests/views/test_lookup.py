"""Options of a combobox, searched on the server."""

from __future__ import annotations

import sqlalchemy as sa

from tests.views.conftest import Admin
from webadmin.demo.models import Customer


def test_options_have_id_and_label(reader: Admin) -> None:
    """What is typed finds rows by their label; each option sends the id that the form takes."""
    name, id = (
        reader.engine.connect()
        .execute(
            sa.select(Customer.name, Customer.id)
            .where(Customer.deleted_at.is_(None))
            .order_by(Customer.name)
            .limit(1)
        )
        .one()
    )
    page = reader.get(f"/orders/lookup/customer/?q={name}")
    options = {
        option.get("data-value"): option.get("data-label") for option in page.css("[role=option][data-value]")
    }
    assert options[str(id)] == name
    assert all(name.split()[0].lower() in label.lower() for label in options.values())


def test_nothing_typed_offers_the_first_ones(reader: Admin) -> None:
    """An empty box shows some rows, says that there are more, and never all of a big table."""
    page = reader.get("/orders/lookup/customer/")
    assert len(page.css("[role=option][data-value]")) == 20
    assert page.texts("[role=option][aria-disabled=true]") == ["More match, keep typing"]


def test_no_match_says_so(reader: Admin) -> None:
    """No option can be chosen where nothing is found."""
    page = reader.get("/orders/lookup/customer/?q=zzzzzz")
    assert page.texts("[role=option]") == ["No match"]
    assert not page.css("[role=option][data-value]")


def test_wildcards_are_letters(reader: Admin) -> None:
    """What stands for any letter in a database is a letter here."""
    assert not reader.get("/orders/lookup/handled_by/?q=%25").css("[data-value]")
    assert not reader.get("/order_lines/lookup/product/?q=%25").css("[data-value]")


def test_only_what_a_form_or_filter_offers(reader: Admin) -> None:
    """No other relation, column or word can be looked into."""
    for field in ("number", "approved", "nothing", "customer.orders"):
        reader.get(f"/orders/lookup/{field}/", 404)


def test_deleted_rows_cannot_be_chosen(reader: Admin) -> None:
    """A deleted customer is no option for an order."""
    email = reader.value(sa.select(Customer.email).where(Customer.deleted_at.is_not(None)).limit(1))
    values = [
        option.get("data-value")
        for option in reader.get(f"/orders/lookup/customer/?q={email}").css("[data-value]")
    ]
    deleted = reader.value(
        sa.select(Customer.id).where(Customer.email == email, Customer.deleted_at.is_not(None))
    )
    assert str(deleted) not in values
