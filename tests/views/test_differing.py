"""What changed in the words of lists: formatters that hide a part of a value hide it in the history too."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy import Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.routing import Mount

from tests import bridge
from tests.pages import words
from tests.views.conftest import Admin as Client
from webadmin import Admin, ModelView
from webadmin.database.own_tables.migrate import upgrade


class Base(DeclarativeBase):
    pass


class Card(Base):
    __tablename__ = "cards"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    number: Mapped[str]
    code: Mapped[str]
    plain: Mapped[str]
    at: Mapped[dt.datetime] = mapped_column(sa.DateTime(timezone=True))
    open: Mapped[bool]
    pin: Mapped[str]

    @property
    def shown(self) -> str:
        return f"{self.owner}: {self.plain[:1]}…"


class CardView(ModelView, model=Card):
    row_label = "owner"
    column_list = ["owner", "number"]
    column_details_list = ["owner", "number", "code", "plain", "at", "open"]
    form_columns = ["owner"]
    column_formatters = {
        "number": lambda card, name: Markup("<b>**") + getattr(card, name)[-2:] + Markup("</b>")
    }
    column_formatters_detail = {
        "code": lambda card, name: "*" * sa.inspect(card).identity[0],
        "plain": lambda card, name: card.shown,
    }
    column_type_formatters_detail = {bool: lambda value: "wide" if value else "shut"}

    def on_model_change(self, data: dict[str, Any], model: Any, is_created: bool, request: Any) -> None:
        model.number, model.code, model.plain, model.pin = (
            "4111222233334499",
            "c0de-two",
            "plaintext-two",
            "9999",
        )
        model.open, model.at = False, dt.datetime(2026, 1, 2, 3, 4, 9, tzinfo=dt.UTC)


@pytest.fixture
def cards(engine: Engine) -> Client:
    Base.metadata.create_all(engine)
    upgrade(engine)
    moment = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
    with Session(engine) as session, session.begin():
        values = {"number": "4111222233331111", "code": "c0de-one", "plain": "plaintext-one", "pin": "1111"}
        session.add(Card(id=1, owner="Ada", at=moment, open=True, **values))
    admin = Admin(engine, identify=bridge.seen_by)
    admin.add_view(CardView)
    client = Client(bridge.client(Starlette(routes=[Mount("/admin", admin)])), engine)
    client.confirm(client.get("/cards/1/change/"), owner="Bea", _then="list")
    return client


def test_in_the_words_of_the_list(cards: Client) -> None:
    """Formatters see the row as it was and as it became; one that fails leaves no more than that the value changed, and times
    of one minute are told apart."""
    change = next(iter(cards.get("/changes/").links("#changes a").values()))
    undo = cards.get("/cards/1/history/").links("article a")["Undo…"]
    for address in ("/cards/1/history/", change):
        page = cards.get(address)
        found = {
            row.get("data-column"): [words(cell) for cell in row.cssselect("td")]
            for row in page.css("tr[data-column]")
        }
        assert [text[:19] for text in found.pop("at")] == ["2026-01-02 03:04:05", "2026-01-02 03:04:09"]
        assert found == {
            "owner": ["Ada", "Bea"],
            "number": ["**11", "**99"],
            "code": ["changed; what it says is not shown here"],
            "plain": ["Ada: p…", "Bea: p…"],
            "open": ["wide", "shut"],
        }
    for address in ("/cards/1/history/", change, undo):
        text = cards.get(address).text("main > div")
        for hidden in ("41112222", "c0de", "plaintext", "1111 ", "9999", "pin"):
            assert hidden not in text
