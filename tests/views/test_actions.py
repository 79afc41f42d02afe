"""Actions over chosen rows."""

from __future__ import annotations

import sqlalchemy as sa

from tests.views.conftest import Admin
from webadmin.demo.models import Order, OrderStatus, Review


def test_the_bar_offers_what_fits(reader: Admin) -> None:
    """Deleting and the model's own actions for live rows, restoring where deleted ones are shown."""
    names = {
        which: [
            button.get("value")
            for button in reader.get(f"/orders/?deleted={which}").css("#bulk button[name=action]")
        ]
        for which in ("hide", "show", "only")
    }
    assert set(names["hide"]) == {"edit", "mark-paid", "postpone", "mark-sent", "export", "delete"}
    assert set(names["show"]) == {"edit", "restore", "mark-paid", "postpone", "mark-sent", "export", "delete"}
    assert set(names["only"]) == {"restore", "purge"}
    page = reader.get("/orders/")
    assert [box.get("value") for box in page.css("input[type=checkbox][name=id][form=bulk]")] == page.ids()


def test_chosen_rows_are_deleted_after_a_plan_and_restored(admin: Admin) -> None:
    """The plan names the chosen rows; confirmed they are deleted, and from there they come back together."""
    page = admin.get("/orders/")
    chosen = page.ids()[:3]
    plan = admin.act(page, "delete", chosen)
    assert "3" in plan.h1
    assert plan.form("form")["id"] == chosen
    after = admin.confirm(plan, "form")
    assert not set(chosen) & set(after.ids())
    deleted = admin.get("/orders/?deleted=only&per_page=200")
    assert set(chosen) <= set(deleted.ids())
    back = admin.act(deleted, "restore", chosen, 303)
    assert back.messages() == ["3 orders were restored."]
    assert set(chosen) <= set(admin.get("/orders/").ids())


def test_the_list_comes_back_as_it_was(admin: Admin) -> None:
    """After acting on rows of a narrowed list, one is in that list again."""
    page = admin.get("/orders/?status=paid&sort=total:asc")
    chosen = page.ids()[:1]
    fields = page.form("bulk") | {"id": chosen}
    plan = admin.post(page.one('#bulk button[value="delete"]').get("formaction"), fields, 200)
    after = admin.confirm(plan, "form")
    assert after.count() == page.count() - 1
    assert after.chips() == ["Status Paid"]


def test_an_action_of_the_models_own(admin: Admin) -> None:
    """First what it will do and to which rows, then what it did."""
    ready = (
        sa.select(Order.id)
        .where(Order.status.in_([OrderStatus.PAID, OrderStatus.PACKED]), Order.deleted_at.is_(None))
        .limit(2)
    )
    with admin.engine.connect() as connection:
        chosen = [str(id) for id in connection.execute(ready).scalars()]
    preview = admin.act(admin.get("/orders/"), "mark-sent", chosen)
    many = f"{len(chosen)} order" + ("s" if len(chosen) != 1 else "")
    assert preview.h1 == f"Mark as sent: {many}"
    assert admin.value(sa.select(Order.status).where(Order.id == int(chosen[0]))) is not OrderStatus.SENT
    after = admin.confirm(preview, "form")
    assert after.messages() == [f"{many} {'is' if len(chosen) == 1 else 'are'} sent."]
    assert admin.value(sa.select(Order.status).where(Order.id == int(chosen[0]))) is OrderStatus.SENT


def test_an_action_of_another_model(admin: Admin) -> None:
    """Reviews have one of their own, too."""
    page = admin.get("/reviews/")
    chosen = page.ids()[:2]
    admin.confirm(admin.act(page, "approve", chosen), "form")
    approved = (
        sa.select(sa.func.count())
        .select_from(Review)
        .where(Review.id.in_([int(id) for id in chosen]), Review.approved)
    )
    assert admin.value(approved) == 2


def test_nothing_chosen(admin: Admin) -> None:
    """No row, unknown rows and unknown actions are told in a sentence."""
    page = admin.get("/orders/")
    admin.act(page, "delete", [], 400)
    admin.act(page, "delete", ["999999999"], 404)
    token = page.css("input[name=csrf_token]")[0].get("value")
    admin.post("/orders/actions/nothing/", {"csrf_token": token, "id": page.ids()[:1]}, 404)
    admin.get("/orders/actions/delete/", 405)


def test_rows_that_are_gone_are_left_out(admin: Admin) -> None:
    """What somebody else deleted meanwhile is not deleted again."""
    page = admin.get("/orders/")
    first, second = page.ids()[:2]
    admin.confirm(admin.get(f"/orders/{first}/delete/"))
    plan = admin.act(page, "delete", [first, second])
    assert plan.form("form")["id"] == second or plan.h1.startswith("Delete A-")
