"""Words in one column: in texts, and in columns that are made to be searched in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from tests.listing.conftest import context_of, params_of, registry_of
from tests.listing.filters.test_conditions import keys
from webadmin.demo.models import Order, Product
from webadmin.errors import BadRequest
from webadmin.listing.filters import filters_of
from webadmin.listing.panel import chips
from webadmin.options.model_view import ModelView
from webadmin.options.registry import Registry


class Orders(ModelView, model=Order):
    column_filters = ["note", "search", "recipient", "customer.search", "customer.name"]


class Products(ModelView, model=Product):
    column_filters = ["description", "search"]


def _has(text: str | None, *words: str) -> bool:
    return all(word in (text or "").lower().replace(",", " ").replace(".", " ").split() for word in words)


CASES: list[tuple[str, Callable[[Order], Any]]] = [
    ("note.search=delivery", lambda o: _has(o.note, "delivery")),
    ("note.search=delivery+-please", lambda o: _has(o.note, "delivery") and not _has(o.note, "please")),
    ("note.search=delivery+or+gift", lambda o: _has(o.note, "delivery") or _has(o.note, "gift")),
    ("where=note.search:delivery", lambda o: _has(o.note, "delivery")),
    ("note.search=xyzzy", lambda o: False),
    ("note.search=!!!", lambda o: False),
    ("customer.name.search=xyzzy", lambda o: False),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), CASES, ids=[query for query, _ in CASES])
def test_words_in_a_text(shop_session: Session, query: str, expected: Callable[[Order], Any]) -> None:
    """The rows whose text has the words, as people write them in a search box."""
    every = shop_session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).all()
    assert keys(shop_session, Orders, query) == {str(order.id) for order in every if expected(order)}


def test_words_in_a_search_column(shop_session: Session) -> None:
    """A column of words, also that of a related row, is looked into by its own filter."""
    order = shop_session.scalars(
        sa.select(Order).where(Order.deleted_at.is_(None), Order.customer_id.is_not(None))
    ).first()
    assert order is not None
    assert order.customer is not None
    assert str(order.id) in keys(shop_session, Orders, f"search.search={order.number}")
    word = order.customer.name.split()[-1]
    found = keys(shop_session, Orders, f"customer.search.search={word}")
    assert str(order.id) in found
    every = shop_session.scalars(sa.select(Order).where(Order.deleted_at.is_(None))).all()
    assert found >= {str(o.id) for o in every if o.customer and word in o.customer.name.split()}


def test_the_language_of_the_index(pg_engine: sa.Engine) -> None:
    """A text is read in the configuration of its index, which then serves; inflected words are the same."""

    class Base(DeclarativeBase):
        pass

    class Article(Base):
        __tablename__ = "articles"

        id: Mapped[int] = mapped_column(primary_key=True)
        body: Mapped[str] = mapped_column(sa.Text)

        __table_args__ = (
            sa.Index("ix_words", sa.text("to_tsvector('english'::regconfig, body)"), postgresql_using="gin"),
        )

    with Session(pg_engine) as session:
        Base.metadata.create_all(session.connection())
        session.add_all([Article(id=1, body="Boxes were shipped"), Article(id=2, body="A letter")])
        session.flush()
        registry = Registry()
        registry.add(type("View", (ModelView,), {"model": Article, "column_filters": ["body"]}))
        context = context_of(session, registry)
        view = registry.views["articles"]
        value = params_of(view, "body.search=shipping+box").filters[0]
        stmt = sa.select(Article.id).where(filters_of(view)["body"].condition(context, value))
        assert session.scalars(stmt).all() == [1]
        session.execute(sa.text("SET LOCAL enable_seqscan = off"))
        sql = str(stmt.compile(session.connection(), compile_kwargs={"literal_binds": True}))
        assert "ix_words" in "\n".join(session.scalars(sa.text("EXPLAIN " + sql.replace(":", "\\:"))))


def test_chips_and_refusals(shop_session: Session) -> None:
    """A chip says the words; columns without words refuse."""
    view = registry_of(Orders).views["orders"]
    (chip,) = chips(params_of(view, "note.search=red+box"), {}, url=lambda query: query)
    assert chip.value == "has the words “red box”"
    for query in ("search=red", "note.search=%00", "note.words=x"):
        with pytest.raises(BadRequest):
            params_of(view, query)
