"""Rows out of a person's scope: attacked by conditions, groups, sums and searches."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from tests.security.desk import FOREIGN, Ticket, TicketView, Visitor, admin_of
from tests.security.test_scope import shows_nothing_foreign


@pytest.fixture
def full(desk: Engine) -> Engine:
    """A red ticket of which a blue one is the newest of its owner, and one with a blue owner; all have prices."""
    with desk.begin() as connection:
        more = {
            "team": "blue",
            "title": f"{FOREIGN} seven",
            "code": f"{FOREIGN}7",
            "owner_id": 1,
            "body": "",
            "secret": "x",
        }
        connection.execute(sa.insert(Ticket).values(id=7, price=5000, **more))
        connection.execute(sa.update(Ticket).where(Ticket.team == "blue").values(price=5000))
        connection.execute(sa.update(Ticket).where(Ticket.team == "red").values(price=10))
    return desk


@pytest.mark.parametrize(
    "where",
    [
        f"owner.city:{FOREIGN}ville", f"owner.city.contains:{FOREIGN}", f"title:nope|owner.city:{FOREIGN}ville", f"(title:nope|(owner.city.contains:{FOREIGN};title.contains:e))",
        "labels:2", "owner.city.null:false;title:Red four", f"title.contains:{FOREIGN}",
    ],
)  # fmt: skip
def test_conditions_about_foreign_rows(red: Visitor, where: str) -> None:
    """However conditions are put together, they find nothing by what stands in a foreign row."""
    for path in ("/tickets/", "/tickets/rows", "/tickets/count/"):
        answer = red.get(path, params={"where": where, "deleted": "show"})
        assert answer.status_code == 200
    assert red.page(f"/tickets/?where={where}&deleted=show").count() == 0


def test_opposites_about_foreign_rows(red: Visitor) -> None:
    """A question and its opposite give the same, whatever a foreign row holds."""
    for right, wrong in (
        (f"owner.city.not:{FOREIGN}ville", "owner.city.not:Paris"), (f"owner.city.not:{FOREIGN}ville;title.contains:e", "owner.city.not:Paris;title.contains:e"),
    ):  # fmt: skip
        assert red.page(f"/tickets/?where={right}").ids() == red.page(f"/tickets/?where={wrong}").ids()


@pytest.mark.parametrize("name", ["owner", "owner.city", "title", "labels", "comments"])
def test_numbers_of_foreign_values(full: Engine, name: str) -> None:
    """Values of a filter and their numbers are those of one's own rows; a foreign value is counted with the missing ones."""
    red = Visitor(admin_of(full))
    for query in ("", "?deleted=show", f"?q={FOREIGN}", "?where=title.contains:e", "?latest_per=owner"):
        answer = red.get(f"/tickets/facets/{name}/{query}")
        assert answer.status_code in {200, 404}
        assert FOREIGN not in answer.text.replace(f"q={FOREIGN}", "").replace(f"“{FOREIGN}”", "")


@pytest.mark.parametrize(
    "query",
    [
        "group=owner",
        "group=owner.city",
        "group=title",
        "group=owner&order=value:asc",
        "group=owner&having=count.gte:1",
        "",
    ],
)
def test_sums_of_foreign_rows(full: Engine, query: str) -> None:
    """Sums, groups and conditions on groups are about one's own rows."""
    red = Visitor(admin_of(full))
    answer = red.get(f"/tickets/summary/?{query}")
    assert answer.status_code == 200
    shows_nothing_foreign(answer)
    assert "5,000" not in answer.text
    chief = Visitor(admin_of(full), "chief").get(f"/tickets/summary/?{query}")
    assert chief.status_code == 200


def test_the_first_of_a_group(full: Engine) -> None:
    """A foreign row is not the latest of a group in the place of one's own, and makes no group of its own."""
    red = Visitor(admin_of(full))
    assert sorted(red.page("/tickets/?latest_per=owner").ids()) == ["1", "4"]
    for query in (
        "latest_per=owner",
        "top=1&per=owner",
        "latest_per=owner.city",
        "top=1&per=owner.city&sort=title:desc",
        "top=5&per=owner&deleted=show",
    ):
        for path in ("/tickets/", "/tickets/rows", "/tickets/count/", "/tickets/summary/"):
            answer = red.get(f"{path}?{query}")
            assert answer.status_code == 200
            shows_nothing_foreign(answer)


@pytest.mark.parametrize("typed", ["Zyxvw", "zyxw", "Zyxwv+Bbo", "tow"])
def test_words_of_foreign_rows(full: Engine, typed: str) -> None:
    """No word of a foreign row is offered in the place of one that was typed."""
    page = Visitor(admin_of(full)).page(f"/tickets/?q={typed}")
    assert FOREIGN.lower() not in page.one("main").text_content().lower().replace(
        typed.lower().replace("+", " "), ""
    )
    assert not page.css("#suggestion")


FORMATTERS = {
    "comments": lambda row, _name: " ".join(comment.text for comment in row.comments),
    "labels": lambda row, _name: " ".join(label.name for label in row.labels),
    "owner": lambda row, _name: row.owner.name if row.owner else "",
}


@pytest.mark.parametrize("name", FORMATTERS)
def test_functions_of_rows_get_own_related_rows(full: Engine, name: str) -> None:
    """What a host's formatter reads of related rows are those that the person may see."""
    columns = [Ticket.title, name, "owner.name", "owner.city"]

    class Told(TicketView, model=Ticket):
        key = "tickets"
        column_list = columns
        column_details_list = columns
        column_formatters = {name: FORMATTERS[name]}
        column_formatters_detail = {name: FORMATTERS[name]}

    red = Visitor(admin_of(full, Told))
    for path in ("/tickets/", "/tickets/rows", "/tickets/?deleted=show", "/tickets/?q=red", "/tickets/?sort=owner", "/tickets/1/", "/tickets/4/"):  # fmt: skip
        answer = red.get(path)
        assert answer.status_code == 200, path
        shows_nothing_foreign(answer)
    chief = Visitor(admin_of(full, Told), "chief")
    assert FOREIGN in chief.get("/tickets/").text
