"""What a statement asks of each table, read from its construct."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

from webadmin.explain.capture import capture
from webadmin.explain.structure import Asked, Part, read


class Base(DeclarativeBase):
    pass


class Sender(Base):
    __tablename__ = "senders"

    id: Mapped[int] = mapped_column(primary_key=True)
    country: Mapped[str]


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    sender_id: Mapped[int]
    kind: Mapped[str]
    weight: Mapped[int]
    urgent: Mapped[bool]
    note: Mapped[str | None]
    deleted_at: Mapped[str | None]


def _names(parts: list[Part]) -> str:
    return " ".join(
        f"{part.function}:{part.column.name}" if part.function else part.column.name for part in parts
    )


def _told(asked: Asked) -> dict[str, str]:
    found = {
        "equal": _names(asked.equal),
        "several": _names(asked.several),
        "ranges": _names(asked.ranges),
        "empty": _names(asked.empty),
        "patterns": _names(asked.patterns),
        "inside": _names(asked.inside),
        "joined": _names(asked.joined),
    }
    return {name: text for name, text in found.items() if text}


def _sent(stmt: Any) -> list[Asked]:
    """What ``stmt`` asks, as it is captured."""
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session, capture(session) as captured:
        session.execute(stmt).all()
    return read(captured[0].statement, captured[0].values)


_CONDITIONS = {
    "equality": (Parcel.kind == "a", {"equal": "kind"}),
    "the other way round": (sa.literal("a") == Parcel.kind, {"equal": "kind"}),
    "one of one": (Parcel.kind.in_(["a"]), {"equal": "kind"}),
    "one of several": (Parcel.kind.in_(["a", "b"]), {"several": "kind"}),
    "range": (Parcel.weight >= 3, {"ranges": "weight"}),
    "between": (Parcel.weight.between(3, 5), {"ranges": "weight"}),
    "null": (Parcel.note.is_(None), {"empty": "note"}),
    "not null": (Parcel.note.is_not(None), {}),
    "boolean": (Parcel.urgent, {"equal": "urgent"}),
    "not": (sa.not_(Parcel.urgent), {"equal": "urgent"}),
    "boolean, written out": (Parcel.urgent.is_(True), {"equal": "urgent"}),
    "function": (sa.func.lower(Parcel.kind) == "a", {"equal": "lower:kind"}),
    "function that may change": (sa.func.random(Parcel.kind) == "a", {}),
    "pattern": (Parcel.note.ilike("%x%"), {"patterns": "note"}),
    "inside": (Parcel.note.op("@@")("x"), {"inside": "note"}),
    "different": (Parcel.kind != "a", {}),
    "or": (sa.or_(Parcel.kind == "a", Parcel.weight == 3), {}),
    "and within and": (
        sa.and_(Parcel.kind == "a", sa.and_(Parcel.weight > 3)),
        {"equal": "kind", "ranges": "weight"},
    ),
    "the same column": (Parcel.weight == Parcel.id, {}),
}


@pytest.mark.parametrize("name", _CONDITIONS)
def test_conditions(name: str) -> None:
    """Comparisons joined by AND are taken apart; what an index cannot serve says nothing."""
    condition, expected = _CONDITIONS[name]
    values = {
        bind.key: bind.value
        for bind in sa.sql.visitors.iterate(condition)
        if isinstance(bind, sa.BindParameter)
    }
    (asked,) = read(sa.select(Parcel.__table__.c.id).where(condition), values)
    assert _told(asked) == expected


def test_a_page_of_a_list() -> None:
    """The narrow statement inside, the rows joined to it, a label's table and a condition on related rows: each for itself."""
    label = aliased(Sender)
    narrow = (
        sa.select(Parcel.id.label("key"), Parcel.weight.label("place"))
        .where(Parcel.deleted_at.is_(None), Parcel.kind.in_(["a"]))
        .where(sa.exists().where(Sender.id == Parcel.sender_id, Sender.country == "DE"))
        .order_by(Parcel.weight.desc(), Parcel.id.desc())
        .limit(5)
        .subquery("page")
    )
    wide = (
        sa.select(Parcel.note, label.country)
        .join_from(narrow, Parcel, Parcel.id == narrow.c.key)
        .outerjoin(label, label.id == Parcel.sender_id)
        .order_by(narrow.c.place.desc())
    )
    found = {(one.table.name, bool(one.order)): one for one in _sent(wide)}
    page = found["parcels", True]
    assert _told(page) == {"equal": "kind", "empty": "deleted_at", "joined": "sender_id"}
    assert [(key.part.column.name, key.descending) for key in page.order] == [("weight", True), ("id", True)]
    assert page.limited
    assert page.columns == {"id", "weight", "deleted_at", "kind", "sender_id"}
    assert _told(found["parcels", False]) == {"joined": "id sender_id"}
    others = [one for one in _sent(wide) if one.table.name == "senders"]
    assert {"equal": "country", "joined": "id"} in [_told(one) for one in others]


def test_parts_of_a_statement() -> None:
    """Common table expressions, unions and counts are read; an order over two tables, and rows in groups, have none."""
    chosen = sa.select(Parcel.id, Parcel.weight).where(Parcel.kind == "a").cte("chosen")
    (asked,) = _sent(sa.select(chosen.c.id).order_by(chosen.c.weight))
    assert (_told(asked), asked.order) == ({"equal": "kind"}, [])
    both = sa.union_all(
        sa.select(Parcel.id).where(Parcel.kind == "a"), sa.select(Parcel.id).where(Parcel.weight > 3)
    )
    assert [_told(one) for one in _sent(both)] == [{"equal": "kind"}, {"ranges": "weight"}]
    mixed = (
        sa.select(Parcel.id)
        .join(Sender, Sender.id == Parcel.sender_id)
        .order_by(Sender.country, Parcel.weight)
    )
    assert [one.order for one in _sent(mixed)] == [[], []]
    grouped = sa.select(Parcel.kind, sa.func.count()).group_by(Parcel.kind).order_by(Parcel.kind)
    assert [one.order for one in _sent(grouped)] == [[]]


def test_what_is_no_select() -> None:
    """Text, and what writes, is not taken apart."""
    assert read(sa.text("SELECT 1"), {}) == []
    assert read(sa.insert(Parcel.__table__), {}) == []
    assert read(None, {}) == []
