"""Views as they are for people who may not read, or not write, all of their fields."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from tests.security.ledger import VIEWS, Good
from webadmin import ModelView, User
from webadmin.dialects.search import TextIndex
from webadmin.listing.search import open_columns
from webadmin.options.registry import Registry


class Base(DeclarativeBase):
    pass


note_tags = sa.Table(
    "note_tags",
    Base.metadata,
    sa.Column("note_id", ForeignKey("notes.id"), primary_key=True),
    sa.Column("tag_id", ForeignKey("tags.id"), primary_key=True),
)


class Tag(Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    notes: Mapped[list[Note]] = relationship(secondary=note_tags, back_populates="tags")


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
    size: Mapped[int]
    words: Mapped[Any] = mapped_column(TSVECTOR().with_variant(sa.Text(), "sqlite"), deferred=True)
    above_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"))
    above: Mapped[Note | None] = relationship(remote_side=[id], back_populates="below")
    below: Mapped[list[Note]] = relationship(back_populates="above")
    tags: Mapped[list[Tag]] = relationship(secondary=note_tags, back_populates="notes")

    @hybrid_property
    def pages(self) -> int:
        return self.size / 100

    @property
    def short(self) -> str:
        return self.text[:10]


class NoteView(ModelView, model=Note):
    column_list = [
        Note.title,
        Note.text,
        Note.size,
        "pages",
        "short",
        "above",
        "tags",
        sa.func.length(Note.text).label("length"),
    ]

    def can_read_field(self, name: str, user: User) -> bool:
        return name not in user.roles


class TagView(ModelView, model=Tag):
    pass


def hidden(name: str) -> dict[str, Any]:
    """The views by key for somebody who may not read a field of notes."""
    registry = Registry()
    for view in (NoteView, TagView):
        registry.add(view)
    return dict(registry.for_user(User("x", roles=(name,))).views)


@pytest.mark.parametrize(
    ("name", "notes", "tags"),
    [
        ("size", {"size", "pages"}, set()),
        ("text", {"text", "short", "words", "length"}, set()),
        ("above", {"above", "above_id", "below"}, set()),
        ("above_id", {"above", "above_id", "below"}, set()),
        ("below", {"below", "above", "above_id"}, set()),
        ("tags", {"tags"}, {"notes"}),
        ("pages", {"pages"}, set()),
        ("id", set(), set()),
        ("nothing", set(), set()),
    ],
)
def test_what_goes_along(name: str, notes: set[str], tags: set[str]) -> None:
    """What is made of a hidden field, and what says the same as it, is hidden as well; a key never is."""
    views = hidden(name)
    shown = {column.name for column in views["notes"].list_columns}
    every = {"title", "text", "size", "pages", "short", "above", "tags", "length"}
    assert shown == every - notes
    known = {*views["notes"].info.columns, *views["notes"].info.relations}
    assert known == {"id", "title", "text", "size", "words", "above_id", "above", "below", "tags"} - notes
    assert set(views["tags"].info.relations) == {"notes"} - tags
    assert (views["notes"].search_vector is None) == ("words" in notes)


def test_nobody_is_asked_twice_the_same() -> None:
    """People with the same fields share what is made of them; whom nothing is hidden from has the admin's own views."""
    full = Registry()
    for view in VIEWS:
        full.add(view)
    assert full.for_user(User("boss")) is full
    assert full.for_user(User("clerk")) is full.for_user(User("clerk", grants=("goods.*",)))
    assert full.for_user(User("clerk")).views["goods"].info.columns.keys() == {
        "id", "name", "state", "price", "made_at", "client_id", "deleted_at"
    }  # fmt: skip
    formatters = [
        full.for_user(User(name)).views["goods"].list_columns[0].formatter for name in ("boss", "clerk")
    ]
    assert [function(Good(name="Good", cost=5), "name") for function in formatters if function] == [
        "Good (5)",
        "not available",
    ]


def test_an_index_of_words_that_is_named() -> None:
    """Of a text index that a view names, the columns of hidden fields are not looked in."""

    class Named(NoteView, model=Note):
        search_index = "notes_words"

    registry = Registry()
    registry.add(Named)
    index = TextIndex("notes_words", ("title", "Text"), None)
    assert open_columns(registry.views["notes"], index) == ["title", "Text"]
    assert open_columns(registry.for_user(User("x", roles=("text",))).views["notes"], index) == ["title"]
