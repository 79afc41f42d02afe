"""Stored values that the model's Enum does not know: every page shows them, and a form can put them right."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from starlette.testclient import TestClient

import webadmin
from tests.views.conftest import Admin


class Base(DeclarativeBase):
    pass


class State(StrEnum):
    NEW = "new"
    DONE = "done"


class Size(Enum):
    SMALL = 1
    LARGE = 2


class Sized(sa.TypeDecorator[Size]):
    """A type of a host's own, which raises for what it does not know."""

    impl = sa.String(10)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return None if value is None else value.name

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else Size[value]


class Parcel(Base):
    __tablename__ = "parcels"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(50))
    state: Mapped[State] = mapped_column(
        sa.Enum(State, name="parcel_state", values_callable=lambda members: [m.value for m in members]),
        index=True,
    )
    size: Mapped[Size | None] = mapped_column(sa.Enum(Size, native_enum=False, length=20))
    own: Mapped[Size | None] = mapped_column(Sized())
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("parcels.id"))

    parent: Mapped[Any] = relationship("Parcel", remote_side=id)

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class ParcelView(webadmin.ModelView, model=Parcel):
    column_list = ["name", "state", "size", "own", "parent"]
    column_filters = ["state", "size", "own", "name"]
    column_sortable_list = ["state", "name"]


class Labelled(webadmin.ModelView, model=Parcel):
    key = "light"
    row_label = Parcel.name
    column_list = ["name", "state", "size"]
    column_filters = ["state", "size"]


@pytest.fixture
def parcels(engine: Engine) -> Admin:
    """Three parcels, one of them as another release of the program has written it; on each system."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Parcel(id=1, name="One", state=State.NEW, size=Size.SMALL, own=Size.SMALL))
        session.add(Parcel(id=3, name="Three", state=State.DONE))
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TYPE parcel_state ADD VALUE 'lost'"))
        connection.execute(
            sa.text(
                "INSERT INTO parcels (id, name, state, size, own, parent_id) VALUES (2, 'Two', 'lost', 'HUGE', 'TINY', 1)"
            )
        )
        connection.execute(sa.text("UPDATE parcels SET parent_id = 2 WHERE id = 3"))
    admin = webadmin.Admin(engine)
    admin.add_view(ParcelView)
    admin.add_view(Labelled)
    return Admin(TestClient(admin, base_url="http://127.0.0.1"), engine)


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Admin, "_whole", staticmethod(lambda path: path))


@pytest.mark.parametrize(
    "path",
    [
        "/parcels/", "/parcels/?sort=state", "/parcels/rows", "/parcels/?q=two", "/parcels/?q=2", "/light/", "/light/?sort=id", "/parcels/2/", "/parcels/3/",
        "/parcels/2/change/", "/parcels/2/delete/", "/parcels/summary/?group=state", "/parcels/facets/state/", "/parcels/facets/size/",
        "/light/facets/state/", "/parcels/lookup/parent/?q=t", "/parcels/explain/", "/parcels/?where=state.not:new", "/",
        "/parcels/?latest_per=state", "/parcels/?sort=state:desc&per_page=1&page=2", "/parcels/add/",
    ],
)  # fmt: skip
def test_every_page_answers(parcels: Admin, path: str) -> None:
    """No page fails for such a row."""
    parcels.get(path)


def test_it_is_shown_as_it_is_stored(parcels: Admin) -> None:
    """The list and the row's page have the stored text."""
    listed = parcels.get("/parcels/?sort=name")
    assert "Lost" in {text.capitalize() for text in listed.column("state")}
    assert {"HUGE", "Huge"} & set(listed.column("size"))
    assert {"TINY", "Tiny"} & set(listed.column("own"))


def test_rows_with_it_are_found(parcels: Admin) -> None:
    """All values but the known ones are those that the program does not know; asking for one by name says what is known."""
    found = parcels.get("/parcels/?state.not=new&state.not=done")
    assert found.column("name") == ["Two"]
    refused = parcels.get("/parcels/?state=lost", status=400)
    assert "has no value “lost”" in refused.one("main").text_content()


def test_values_are_counted(parcels: Admin) -> None:
    """The numbers of rows of each value have it too."""
    page = parcels.get("/parcels/facets/state/")
    assert len(page.css(".wa-counts li")) == 3


def test_a_form_leaves_it_alone_and_can_put_it_right(parcels: Admin) -> None:
    """Saving another field keeps the stored value; choosing a known one replaces it."""
    form = parcels.get("/parcels/2/change/")
    parcels.confirm(form, "form", name="Second")
    with parcels.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT name, state, size, own FROM parcels WHERE id = 2")).one()
    assert tuple(row) == ("Second", "lost", "HUGE", "TINY")
    form = parcels.get("/parcels/2/change/")
    parcels.confirm(form, "form", state="DONE")
    with parcels.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT state FROM parcels WHERE id = 2")).scalar() == "done"


def test_the_host_still_sees_its_own_error(parcels: Admin) -> None:
    """Only the admin reads so: a session of the host's raises as it always has, also for the same statement."""
    parcels.get("/parcels/2/")
    with Session(parcels.engine) as session, pytest.raises(LookupError):
        session.get(Parcel, 2)
    parcels.get("/parcels/2/")


def test_lists_of_them(pg_engine: Engine) -> None:
    """An array with an unknown member comes as its texts."""

    class Own(DeclarativeBase):
        pass

    class Box(Own):
        __tablename__ = "boxes"

        id: Mapped[int] = mapped_column(primary_key=True)
        states: Mapped[list[State]] = mapped_column(ARRAY(sa.Enum(State, name="box_state")))

    Own.metadata.create_all(pg_engine)
    with pg_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ALTER TYPE box_state ADD VALUE 'LOST'"))
        connection.execute(sa.text("INSERT INTO boxes VALUES (1, '{NEW,LOST}'), (2, '{NEW}'), (3, '{}')"))
    admin = webadmin.Admin(pg_engine)
    admin.add_model(Box)
    client = Admin(TestClient(admin, base_url="http://127.0.0.1"), pg_engine)
    assert len(client.get("/boxes/?columns=id,states").column("states")) == 3
    client.get("/boxes/1/")
    client.get("/boxes/1/change/")
