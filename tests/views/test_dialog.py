"""A new row in a dialog over the form that needs it."""

from __future__ import annotations

import sqlalchemy as sa

from tests.pages import parse
from tests.views.conftest import Admin
from tests.views.test_inlines import an_order
from webadmin.demo.models import Customer, Tag


def test_where_it_is_offered(admin: Admin) -> None:
    """Beside fields of rows of which the person may make one; without scripts it is a link to a page of its own."""
    page = admin.get(f"/orders/{an_order(admin)}/change/")
    (link,) = page.css("[data-field=customer] a[data-create]")
    assert (link.get("href"), link.get("target")) == ("/admin/customers/add/", "_blank")
    assert admin.get(link.get("href")).action("form") == "/admin/customers/add/"
    assert page.css("[data-field=customer] a[data-open]")[0].get("href").startswith("/admin/customers/")


def test_pain_7_made_and_handed_back(admin: Admin) -> None:
    """Its fields have names of their own; what is wrong comes back with what was typed, and what is made with its address."""
    address = "/admin/tags/add/?_dialog=1"
    opened = parse(admin.client.get(address, headers={"HX-Request": "true"}).text)
    assert not opened.css("html, main, a[data-create]")
    fields = opened.form("/admin/tags/add/")
    assert {"new-name", "new-colour", "new-_shown", "_dialog", "csrf_token"} <= set(fields)
    assert opened.one("[name=new-name]").get("id") == "f-new-name"
    answer = admin.client.post(opened.action("/admin/tags/add/"), data=fields | {"new-colour": "#123456"})
    assert answer.status_code == 422
    again = parse(answer.text)
    assert set(again.errors()) == {"new-name"}
    assert again.form("/admin/tags/add/")["new-colour"] == "#123456"
    typed = again.form("/admin/tags/add/") | {"new-name": "from a dialog", "name": "another form's"}
    made = parse(admin.client.post("/admin/tags/add/", data=typed).text).one("[data-created]")
    id = admin.value(sa.select(Tag.id).where(Tag.name == "from a dialog"))
    assert (made.get("data-created"), made.get("data-label")) == (str(id), "from a dialog")
    assert made.get("data-url") == f"/admin/tags/{id}/"


def test_options_lead_to_their_rows(admin: Admin) -> None:
    """What is chosen from a list can be opened too."""
    name = admin.value(sa.select(Customer.name).where(Customer.deleted_at.is_(None)).limit(1))
    answer = admin.client.get("/admin/orders/lookup/customer/", params={"q": name})
    option = parse(answer.text).css("[role=option]")[0]
    assert option.get("data-url") == f"/admin/customers/{option.get('data-value')}/"
