"""Asking why: the field on pages that write, and what is refused without it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.routing import Mount

from tests import bridge
from tests.views.conftest import Admin as Client
from webadmin import Admin, ModelView

FORM, DELETE = "/things/1/change/", "/things/2/delete/"


class Required(ModelView, model=bridge.Thing):
    change_reason = "required"


class Optional(ModelView, model=bridge.Thing):
    change_reason = "optional"


def client_of(engine: Engine, view: type[ModelView]) -> Client:
    admin = Admin(bridge.filled(engine), identify=bridge.seen_by)
    admin.add_view(view)
    return Client(bridge.client(Starlette(routes=[Mount("/admin", admin)])), engine)


def test_required(sqlite_engine: Engine) -> None:
    """Nothing is written without a reason: the page comes again with what was typed and the field marked."""
    admin = client_of(sqlite_engine, Required)
    fields = admin.get(FORM).form("form") | {"name": "new"}
    for reason in ("", " \n ", "x" * 501):
        page = admin.post(FORM, fields | {"_reason": reason}, 422)
        assert page.errors()["_reason"]
        assert page.form("form")["name"] == "new"
        assert page.css('[name="_reason"][aria-invalid][required]')
        assert any(line.startswith("Reason") for line in page.summary())
        plan = admin.get(DELETE)
        assert admin.post(DELETE, plan.form("form") | {"_reason": reason}, 422).errors()["_reason"]
    assert bridge.names(sqlite_engine) == ["thing 1", "thing 2", "thing 3"]
    admin.post(FORM, fields | {"_reason": "the name was wrong"})
    admin.post(DELETE, admin.get(DELETE).form("form") | {"_reason": "twice there"})
    assert bridge.names(sqlite_engine) == ["new", "thing 3"]


def test_in_a_dialog(sqlite_engine: Engine) -> None:
    """A row that is made in a dialog over another form needs a reason like any other; its field has a name of its own."""
    admin = client_of(sqlite_engine, Required)
    opened = admin.get("/things/add/?_dialog=1")
    fields = opened.form("/admin/things/add/") | {"new-name": "new", "_reason": "of the form behind"}
    assert admin.post("/things/add/", fields, 422).errors() == {
        "new-_reason": "Say why: changes of things are kept with a reason."
    }
    assert len(bridge.names(sqlite_engine)) == 3
    made = admin.post("/things/add/", fields | {"new-_reason": "needed"}, 200)
    assert made.one("[data-created]").get("data-label") == "new"


def test_nothing_to_give_a_reason_for(sqlite_engine: Engine) -> None:
    """A form in which nothing was changed is not held up for a reason."""
    admin = client_of(sqlite_engine, Required)
    assert (
        admin.post(FORM, dict(admin.get(FORM).form("form"))).messages()[0].startswith("Nothing was changed")
    )


@pytest.mark.parametrize(("view", "shown"), [(Optional, True), (ModelView, False)])
def test_not_required(sqlite_engine: Engine, view: type[ModelView], shown: bool) -> None:
    """An optional reason may be left out, and where none is asked for there is no field."""
    if view is ModelView:
        view = type("Plain", (ModelView,), {"model": bridge.Thing})
    admin = client_of(sqlite_engine, view)
    page = admin.get(FORM)
    assert bool(page.css('[name="_reason"]')) is shown
    assert not page.css('[name="_reason"][required]')
    admin.confirm(page, name="new")
    assert bridge.names(sqlite_engine)[0] == "new"
