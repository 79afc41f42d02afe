"""What was deleted of all models, on one page; and soft deletion from its beginning to its end."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.testclient import TestClient

from tests.pages import parse
from tests.views.conftest import Admin
from webadmin import Admin as Site
from webadmin import ModelView, User
from webadmin.demo.models import Customer, Order
from webadmin.mixins import SoftDeleteMixin


def test_the_trash_of_all_models(admin: Admin) -> None:
    """Of each model the last that were deleted stand there, with how many there are, and come back from there."""
    chosen = admin.get("/orders/").ids()[:2]
    admin.confirm(admin.act(admin.get("/orders/"), "delete", chosen))
    page = admin.get("/changes/?deleted")
    assert page.css("section")[0].get("id") == "trash-orders"  # the last deletion comes first
    tables = {section.get("id"): section for section in page.css("main section.wa-card")}
    rows = tables["trash-orders"].cssselect("tr[data-id]")
    assert {row.get("data-id") for row in rows[:2]} == set(chosen)
    assert len(rows) == 8
    count = admin.value(sa.select(sa.func.count()).select_from(Order).where(Order.deleted_at.is_not(None)))
    assert tables["trash-orders"].cssselect(".wa-badge")[0].text_content() == str(count)
    assert "trash-customers" in tables
    assert "trash-staff" not in tables
    with admin.statements() as sent:
        admin.get("/changes/?deleted=")
    assert len(sent) <= 2 * len(tables) + 1
    after = admin.confirm(page, f"orders/{chosen[0]}/restore/")
    assert "was restored" in after.messages()[0]
    left = admin.get("/changes/?deleted").css("#trash-orders tr[data-id]")
    assert chosen[0] not in {row.get("data-id") for row in left}


def test_only_what_one_may_see(shop: Engine) -> None:
    """Rows outside one's scope, and models without the right to them, are in nobody's trash."""

    class Mine(ModelView, model=Customer):
        def scope(self, stmt: sa.Select[tuple[Customer]], user: User) -> sa.Select[tuple[Customer]]:
            return stmt.where(Customer.country == "DE")

    with shop.begin() as connection:
        countries = connection.execute(
            sa.update(Customer).values(deleted_at=sa.func.current_timestamp()).returning(Customer.country)
        )
        germans = sum(country == "DE" for (country,) in countries)
    site = Site(shop, identify=lambda request: User("Ada", grants=("customers.view", "orders.restore")))
    site.add_view(Mine)
    site.add_model(Order)
    with TestClient(site) as client:
        page = parse(client.get("/changes/?deleted").text)
        assert [section.get("id") for section in page.css("main section.wa-card")] == ["trash-customers"]
        assert page.texts("#trash-customers .wa-badge") == [str(germans)]
        assert not page.css("#trash-customers form")
        assert not page.css("#trash-customers tbody a[href$='/purge/']")


def test_pain_21_soft_deletion_is_all_there(admin: Admin) -> None:
    """A deleted row leaves its list and its unique value, is shown marked where others lead to it, and is still theirs."""
    customer, email = (
        admin.engine.connect()
        .execute(sa.select(Customer.id, Customer.email).join(Customer.orders).where(Customer.deleted_at.is_(None)).limit(1))
        .one()
    )  # fmt: skip
    admin.confirm(admin.get(f"/customers/{customer}/delete/"))
    form = admin.get("/customers/add/")
    fields = form.form("form") | {"name": "New One", "email": email, "country": "DE"}
    assert "was created" in admin.post(form.action("form"), fields).messages()[0]  # the address is free again
    order = admin.value(
        sa.select(Order.id).where(Order.customer_id == customer, Order.deleted_at.is_(None)).limit(1)
    )
    listed = admin.get(f"/orders/?customer={customer}&per_page=200").css('td[data-column="customer"] a')
    assert listed
    assert all("(deleted)" in link.text_content() for link in listed)
    shown = admin.get(f"/orders/{order}/").css(f'dd a[href$="/customers/{customer}/"] s')
    assert shown
    edit = admin.get(f"/orders/{order}/change/")
    assert "deleted" in edit.one('[data-field="customer"]').text_content().lower()
    saved = admin.post(edit.action("form"), edit.form("form") | {"recipient": "Somebody"})
    assert "was saved" in saved.messages()[0]
    kept = sa.select(Order.customer_id).where(Order.id == order, Order.recipient == "Somebody")
    assert admin.value(kept) == customer
    page = admin.get(f"/customers/{customer}/")
    refused = admin.post(page.action("restore/"), page.form("restore/"), 409)
    assert email in refused.text("#in-the-way")
    back = admin.post(refused.action("form"), refused.form("form") | {"email": f"old-{email}"})
    assert "was restored" in back.messages()[0]


def test_a_unique_value_that_a_deleted_row_still_holds(sqlite_engine: Engine) -> None:
    """Where a unique rule counts deleted rows too, the form says that it is one of those."""

    class Base(DeclarativeBase):
        pass

    class Label(SoftDeleteMixin, Base):
        __tablename__ = "label"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(unique=True)

    Base.metadata.create_all(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(sa.insert(Label).values(name="red", deleted_at=sa.func.current_timestamp()))
    site = Site(sqlite_engine, identify=lambda request: User("Ada"))
    site.add_model(Label)
    with TestClient(site) as client:
        form = parse(client.get("/label/add/").text)
        answer = client.post("/label/add/", data=form.form("form") | {"name": "red"})
        assert answer.status_code == 422
        assert "“red” is already used by red, which is deleted." in parse(answer.text).text("main")
