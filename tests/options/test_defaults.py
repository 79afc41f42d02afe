"""What a list shows of a model that nobody configured."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    column_property,
    composite,
    deferred,
    mapped_column,
    registry,
    relationship,
    synonym,
)
from starlette.testclient import TestClient

from tests.pages import parse
from webadmin import Admin, ModelView, User
from webadmin.options.registry import Registry
from webadmin.options.view import View


def built(model: Any, **options: Any) -> View:
    made = Registry()
    made.add(type("SomeView", (ModelView,), {"model": model, **options}))
    return next(iter(made))


def names(view: View) -> list[str]:
    return [column.name for column in view.list_columns]


class Base(DeclarativeBase):
    pass


class Point(tuple[Any, ...]):
    def __new__(cls, *parts: Any) -> Point:
        return super().__new__(cls, parts)

    def __composite_values__(self) -> tuple[Any, ...]:
        return tuple(self)


class Account(Base):
    """Everything that should not be met by chance, and some things that only look like columns."""

    __tablename__ = "account"
    id = mapped_column("accId", sa.Integer, primary_key=True)
    api_token = mapped_column(sa.String(40), unique=True)
    mail = mapped_column("eMail", sa.String(80), index=True)
    password_hash = mapped_column(sa.String(80), index=True)
    resetToken = mapped_column(sa.String(80))  # noqa: N815
    first = mapped_column(sa.String(20))
    last = mapped_column(sa.String(20))
    biography = mapped_column(sa.String(90))
    body = mapped_column(sa.Text)
    settings = mapped_column(sa.JSON().with_variant(JSONB(), "postgresql"))
    picture = mapped_column(sa.LargeBinary)
    big = deferred(mapped_column(sa.String(20)))
    x = mapped_column(sa.Integer)
    y = mapped_column(sa.Integer)
    where = composite(Point, x, y)
    title = synonym("mail")
    boss_id = mapped_column(sa.ForeignKey("account.accId"))
    boss = relationship("Account", remote_side=[id])
    full = column_property(first + " " + last)

    @hybrid_property
    def initials(self) -> Any:
        return self.first + self.last

    @hybrid_property
    def broken(self) -> Any:
        return "yes" if self.x > 3 else "no"

    @property
    def plain(self) -> str:
        return f"{self.first}!"


SECRET = {"api_token", "password_hash", "resetToken"}


def test_secrets_stay_out() -> None:
    """No secret is shown, sorted, filtered or searched by chance, nor can be asked for by address; naming one shows it."""
    view = built(Account)
    guessed = {
        *names(view),
        *view.sortable,
        *view.filters,
        *view.all_columns,
        *(a.name for a in view.searchable),
    }
    assert not guessed & SECRET
    assert not set(view.row_label.columns) & SECRET
    assert "biography" in view.all_columns
    assert names(built(Account, column_list=["api_token"])) == ["api_token"]


def test_nothing_heavy() -> None:
    """No binary, JSON or long text in the list, no search vector anywhere."""

    class Page(Base):
        __tablename__ = "page"
        id = mapped_column(sa.Integer, primary_key=True)
        name = mapped_column(sa.String(20))
        vector = mapped_column(TSVECTOR)

    assert not {"settings", "picture", "body"} & set(names(built(Account)))
    view = built(Page)
    assert names(view)[0] == "name"
    assert "vector" not in {*names(view), *view.all_columns, *view.form_columns, *view.sortable}
    assert view.search_vector is not None


def test_what_is_no_column() -> None:
    """Hybrids, expressions, other names, groups of columns and properties can be listed; what the database knows nothing
    of is no way to sort or filter."""
    odd = ["full", "initials", "title", "where", "plain", "broken", "boss", Account.__table__.c.eMail]
    view = built(
        Account,
        column_list=odd,
        column_sortable_list=["full", "initials", "title"],
        column_filters=["full", "title"],
    )
    assert names(view) == ["full", "initials", "title", "where", "plain", "broken", "boss", "mail"]
    assert [column.attribute.plain for column in view.list_columns] == [
        False,
        False,
        False,
        True,
        True,
        True,
        False,
        False,
    ]


def test_the_page(engine: sa.Engine) -> None:
    """The list, the row and the form of such a model open, sorted and filtered."""
    Account.metadata.create_all(engine, tables=[Account.__table__])
    with Session(engine) as session:
        session.add(Account(id=1, mail="a@b.c", first="Ada", last="L", x=1, y=2, password_hash="!hidden!"))
        session.flush()
        session.add(Account(id=2, first="Bob", last="M", x=5, y=2, boss_id=1))
        session.commit()
    admin = Admin(engine, identify=lambda request: User("Ada"))
    admin.add_model(Account)
    odd = ["full", "initials", "title", "where", "plain", "broken", "boss"]
    sortable = ["full", "initials", "title"]
    admin.add_model(
        Account, key="odd", column_list=odd, column_sortable_list=sortable, column_filters=["full", "title"]
    )
    with TestClient(admin) as client:
        plain = parse(client.get("/account-2/").text)
        assert plain.table()
        assert client.get("/account-2/?columns=password_hash").status_code == 400
        for query in ("sort=full", "sort=initials:desc", "sort=title", "full.contains=Ada", "title=a@b.c"):
            answer = client.get(f"/odd/?{query}")
            assert answer.status_code == 200, query
            row = next(row for row in parse(answer.text).table() if row["full"] == "Ada L")
            assert (row["initials"], row["plain"], row["broken"], row["title"]) == (
                "AdaL",
                "Ada!",
                "no",
                "a@b.c",
            )
        for page in ("/account-2/1/", "/account-2/2/change/", "/odd/1/", "/account-2/add/"):
            assert client.get(page).status_code == 200, page


def test_other_ways_to_map(engine: sa.Engine) -> None:
    """Dataclasses, imperative mappings, single-table and joined inheritance, composite keys: a list for each."""
    mapped = registry()

    class Data(MappedAsDataclass, DeclarativeBase):
        pass

    class Box(Data):
        __tablename__ = "box"
        id: Mapped[int] = mapped_column(primary_key=True, init=False)
        label: Mapped[str]
        size: Mapped[int] = mapped_column(default=3)

    class Car:
        pass

    table = sa.Table(
        "car", mapped.metadata, sa.Column("plate", sa.String(9), primary_key=True), sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("metadata", sa.String(9)), sa.Column("colour", sa.String(9)),
    )  # fmt: skip
    mapped.map_imperatively(Car, table)

    class Tree(DeclarativeBase):
        pass

    class Animal(Tree):
        __tablename__ = "animal"
        id = mapped_column(sa.Integer, primary_key=True)
        kind = mapped_column(sa.String(9))
        name = mapped_column(sa.String(9))
        __mapper_args__ = {"polymorphic_on": kind, "polymorphic_identity": "animal"}

    class Dog(Animal):
        tricks = mapped_column(sa.Integer)
        __mapper_args__ = {"polymorphic_identity": "dog"}

    class Horse(Animal):
        __tablename__ = "horse"
        id = mapped_column(sa.ForeignKey("animal.id"), primary_key=True)
        speed = mapped_column(sa.Integer)
        __mapper_args__ = {"polymorphic_identity": "horse"}

    car: Any = Car()
    car.plate, car.year, car.metadata, car.colour = "B-X 1", 2020, "m", "red"
    with Session(engine) as session:
        for metadata in (Data.metadata, mapped.metadata, Tree.metadata):
            metadata.create_all(engine)
        session.add_all(
            [Box("Big"), car, Dog(name="Rex", tricks=2), Horse(name="Bo", speed=9), Animal(name="Cat")]
        )
        session.commit()
    admin = Admin(engine, identify=lambda request: User("Ada"))
    for model in (Box, Car, Animal, Dog, Horse):
        admin.add_model(model)
    expected = {
        "box": ["Big"],
        "car": ["B-X 1"],
        "animal": ["Rex", "Bo", "Cat"],
        "animal-2": ["Rex"],
        "horse": ["Bo"],
    }
    with TestClient(admin) as client:
        for key, said in expected.items():
            page = parse(client.get(f"/{key}/").text)
            texts = [" ".join(row.values()) for row in page.table()]
            assert len(texts) == len(said), key
            assert all(any(word in text for text in texts) for word in said), (key, texts)
            assert "object at" not in " ".join(texts)
            for id in page.ids():
                for address in (f"/{key}/{id}/", f"/{key}/{id}/change/", f"/{key}/{id}/delete/"):
                    assert client.get(address).status_code == 200, address
