"""The history seen by people who may not see everything: foreign rows, hidden columns, foreign changes, undoing them."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event

from tests.pages import parse
from tests.security.desk import FOREIGN, Base, Comment, Person, Ticket, TicketView, Visitor, admin_of, stored
from webadmin import Admin
from webadmin.database.own_tables.changes import change, change_row
from webadmin.database.own_tables.migrate import upgrade
from webadmin.mixins import uuid7

TOLD = f"{FOREIGN}-reason"


class Reasoned(TicketView, model=Ticket):
    key = "tickets"
    change_reason = "optional"


@pytest.fixture
def kept(desk: Engine) -> Admin:
    """The desk with a history: each team has changed a row of its own, the chief one of each and a person."""
    upgrade(desk)
    admin = admin_of(desk, Reasoned)
    blue, red, chief = Visitor(admin, "blue"), Visitor(admin, "red"), Visitor(admin, "chief")
    save(blue, "/tickets/2/change/", body=f"{FOREIGN} more", _reason=TOLD)
    save(red, "/tickets/1/change/", body="Red more", _reason="red reason")
    save(chief, "/tickets/4/change/", body="Chief said")
    save(chief, "/people/2/change/", name=f"{FOREIGN} Rob")
    submitted(chief.submit("/tickets/actions/shout/", {"id": ["1", "2"], "confirm": "1"}))
    return admin


def save(visitor: Visitor, path: str, **fields: Any) -> None:
    submitted(visitor.submit(path, visitor.page(path).form("form") | fields))


def submitted(answer: Any) -> None:
    assert answer.status_code == 303, answer.text


def ids(engine: Engine, *where: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(sa.select(change.c.id).where(*where).order_by(change.c.id)).scalars())


def test_foreign_changes_do_not_show(kept: Admin, desk: Engine) -> None:
    """Neither in the list, by any question, nor by their address, nor in the history of their row; one's own do."""
    red = Visitor(kept, "red")
    foreign = ids(desk, sa.or_(change.c.person == "name:blue", change.c.list_key == "people"))
    assert len(foreign) == 2
    listed = [line.get("data-change") for line in red.page("/changes/").css("[data-change]")]
    assert len(listed) == 3
    assert not {str(id) for id in foreign} & set(listed)
    for question in (
        "", f"?q={FOREIGN}", f"?q={TOLD}", "?who=blue", "?list=people", "?kind=change", f"?before={ids(desk)[-1]}"
    ):  # fmt: skip
        answer = red.get(f"/changes/{question}")
        assert answer.status_code == 200
        page = parse(answer.text)
        assert FOREIGN not in "".join(page.one("#main").itertext())
        if question in (f"?q={FOREIGN}", f"?q={TOLD}", "?who=blue", "?list=people"):
            assert not page.css("[data-change], a[rel=next]")
    for id in foreign:
        for path in (f"/changes/{id}/", f"/changes/{id}/?after=0", f"/changes/{id}/undo/"):
            answer = red.get(path)
            assert answer.status_code == 404
            assert FOREIGN not in answer.text
        assert red.submit(f"/changes/{id}/undo/", {"plan": "x"}).status_code == 404
    for path in ("/tickets/2/history/", "/people/2/history/"):
        answer = red.get(path)
        assert answer.status_code == 404
        assert FOREIGN not in answer.text


def test_foreign_rows_of_a_change(kept: Admin, desk: Engine) -> None:
    """Of a change of many rows one sees the own ones, not how many others there are, and undoes no other."""
    (id,) = ids(desk, change.c.kind == "action")
    red = Visitor(kept, "red")
    for path in (f"/changes/{id}/", f"/changes/{id}/undo/"):
        answer = red.get(path)
        assert answer.status_code == 200
        assert FOREIGN not in parse(answer.text).text("main")
        assert FOREIGN.upper() not in answer.text
    page = red.page(f"/changes/{id}/")
    assert len(page.css("[data-row]")) == 1
    assert "Rows" not in page.texts("main dl dt"), "how many there are in all"
    assert not red.page(f"/changes/{id}/undo/").css("#plan-left"), "nor how many stay as they are"
    plan = red.page(f"/changes/{id}/undo/").form("form")
    with desk.connect() as connection:
        rows = list(
            connection.execute(sa.select(change_row.c.id).where(change_row.c.change_id == id)).scalars()
        )
    submitted(red.submit(f"/changes/{id}/undo/", plan | {"row": [str(row) for row in rows]}))
    assert stored(desk, Ticket, 1).title == "Red one"
    assert stored(desk, Ticket, 2).title == f"{FOREIGN} TWO".upper()


def test_hidden_columns(kept: Admin, desk: Engine) -> None:
    """A column that no page of a list shows is in no page of its history, and a secret never says what it was."""
    chief = Visitor(kept, "chief")
    submitted(chief.submit("/tickets/3/purge/", chief.page("/tickets/3/purge/").form("form")))
    new = ids(desk)[-1]
    for path in (f"/changes/{new}/", f"/changes/{new}/undo/", "/changes/?q=s3cr3t"):
        assert "s3cr3t" not in parse(chief.get(path).text).text("main > div")
    page = chief.page(f"/changes/{new}/")
    assert not page.css('[data-column="secret"], [data-column="team"]')
    reader = Visitor(kept, "chief", grants="*.view")
    shown = {row.get("data-column") for row in reader.page(f"/changes/{new}/").css("[data-column]")}
    assert "price" not in shown, "on the form alone, which this person does not get to see"
    assert "title" in shown


def test_lists_that_one_may_not_view(kept: Admin, desk: Engine) -> None:
    """Their changes are not there; and what they were made in is not told where a row of another list was changed."""
    chief = Visitor(kept, "chief")
    submitted(chief.submit("/tickets/3/purge/", chief.page("/tickets/3/purge/").form("form")))
    (people,) = ids(desk, change.c.list_key == "people")
    reader = Visitor(kept, "chief", grants="people.view")
    assert [line.get("data-change") for line in reader.page("/changes/").css("[data-change]")] == [
        str(people)
    ]
    for id in ids(desk, change.c.list_key == "tickets"):
        assert reader.get(f"/changes/{id}/").status_code == 404
    assert reader.get("/tickets/1/history/").status_code == 403
    save(chief, "/people/1/change/", name="Ada L")
    history = Visitor(kept, "red", grants="people.view").page("/people/1/history/")
    assert len(history.css("article")) == 1


def test_undo_without_permission(kept: Admin, desk: Engine) -> None:
    """Who may see a change and not write the rows gets no link to undo it, no plan and no deed; nor without a token."""
    (id,) = ids(desk, change.c.person == "name:red")
    for grants in ("*.view", "*.view tickets.add tickets.delete", "*.view people.change"):
        reader = Visitor(kept, "red", grants=grants)
        assert reader.get(f"/changes/{id}/undo/").status_code == 403
        assert reader.submit(f"/changes/{id}/undo/", {"plan": "x"}).status_code == 403
    assert not Visitor(kept, "red", grants="*.view").page(f"/changes/{id}/").css('a[href$="/undo/"]')
    red = Visitor(kept, "red")
    plan = red.page(f"/changes/{id}/undo/").form("form")
    assert red.post(f"/changes/{id}/undo/", data=plan | {"csrf_token": "x"}).status_code == 403
    for rows in (["x"], ["9" * 30], ["-1"], ["1.5"], [""]):
        assert red.submit(f"/changes/{id}/undo/", plan | {"plan": "other", "row": rows}).status_code == 409
    assert stored(desk, Ticket, 1).body == "Red more"
    assert stored(desk, Comment, 1) is not None
    assert stored(desk, Person, 2).name == f"{FOREIGN} Rob"


def test_what_others_did_to_a_row_that_is_one_s_own_by_now(kept: Admin, desk: Engine) -> None:
    """A row in one's scope has its whole history; one that leaves it keeps what one did oneself."""
    red = Visitor(kept, "red")
    assert len(red.page("/tickets/4/history/").css("article")) == 1
    with desk.begin() as connection:
        connection.execute(
            sa.update(Ticket).where(Ticket.id == 1).values(team="blue", title=f"{FOREIGN} taken")
        )
    answer = red.get("/tickets/1/history/")
    assert FOREIGN not in answer.text
    page = parse(answer.text)
    assert len(page.css("article")) == 1
    assert not page.css('h1 ~ a, nav a[href$="/tickets/1/"]')


def test_markup(kept: Admin, desk: Engine) -> None:
    """What was typed is text on every page of the history, whatever it looks like."""
    bad = '"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}'
    evil = Visitor(kept, "chief")
    fields = {"title": bad, "body": bad * 3, "meta": json.dumps({bad: [bad]}), "_reason": bad}
    save(evil, "/tickets/1/change/", **fields)
    save(evil, "/tickets/1/change/", **fields | {"body": f"{bad} more", "meta": json.dumps([bad])})
    for id in ids(desk)[-2:]:
        for path in (
            f"/changes/{id}/",
            f"/changes/{id}/undo/",
            "/tickets/1/history/",
            f"/changes/?{urlencode({'q': bad})}",
        ):
            page = evil.page(path)
            assert "<img src=x" in page.text("main")
            assert not page.css("main img, main script, [onerror]")
            assert "49" not in page.text("h1")


def test_policies_of_the_database(pg_engine: Engine) -> None:
    """Rows that the database hides from the admin's own role have no history for it either."""
    Base.metadata.create_all(pg_engine)
    upgrade(pg_engine)
    role = f"clerk_{pg_engine.url.database}"
    with pg_engine.begin() as connection:
        connection.execute(
            sa.insert(Person), [{"id": n, "team": "red", "name": f"p{n}", "city": "x"} for n in (1, 2)]
        )
        for n in (1, 2):
            id = uuid7()
            connection.execute(
                sa.insert(change).values(
                    id=id, person="name:boss", person_name="boss", kind="change", list_key="people", label=f"{FOREIGN} {n}",
                    action="", reason="", request_id="", address="", row_count=1,
                )
            )  # fmt: skip
            told = {"before": f'{{"id": {n}, "name": "old {n}"}}', "after": f'{{"id": {n}, "name": "p{n}"}}'}
            connection.execute(
                sa.insert(change_row).values(
                    change_id=id, step=1, table_name="people", row_key=str(n), kind="update", **told
                )
            )
        for line in (
            f'CREATE ROLE "{role}"', f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}"',
            "ALTER TABLE people ENABLE ROW LEVEL SECURITY", "CREATE POLICY own ON people USING (id = 1)",
        ):  # fmt: skip
            connection.execute(sa.text(line))
    pg_engine.dispose()

    def become(raw: Any, _record: Any) -> None:
        with raw.cursor() as cursor:
            cursor.execute(f'SET ROLE "{role}"')
        raw.commit()

    event.listen(pg_engine, "connect", become)
    try:
        visitor = Visitor(admin_of(pg_engine), "chief")
        assert [line.get("data-change") for line in visitor.page("/changes/").css("[data-change]")] == [
            str(ids(pg_engine)[0])
        ]
        assert len(visitor.page("/people/1/history/").css("article")) == 1
        for path in (
            "/people/2/history/",
            f"/changes/{ids(pg_engine)[1]}/",
            f"/changes/{ids(pg_engine)[1]}/undo/",
        ):
            assert visitor.get(path).status_code == 404
        assert not visitor.page(f"/changes/?{urlencode({'q': f'{FOREIGN} 2'})}").css(
            "[data-change], a[rel=next]"
        )
    finally:
        event.remove(pg_engine, "connect", become)
        pg_engine.dispose()
        with pg_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f'DROP OWNED BY "{role}"'))
            connection.execute(sa.text(f'DROP ROLE "{role}"'))
