"""The mixins in models of the test's own, on both databases."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from uuid import RFC_4122, UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from webadmin import mixins
from webadmin.mixins import (
    BigIntKeyMixin,
    SoftDeleteMixin,
    TimestampMixin,
    UtcDateTime,
    UUIDKeyMixin,
    VersionMixin,
    gin_index,
    live_index,
    search_column,
    server_now,
    unique_live,
    uuid7,
)


class Base(DeclarativeBase):
    pass


class Page(BigIntKeyMixin, TimestampMixin, SoftDeleteMixin, VersionMixin, Base):
    __tablename__ = "mixed_page"

    slug: Mapped[str]
    title: Mapped[str | None]
    Body: Mapped[str | None] = mapped_column("the body")
    search: Mapped[str | None] = search_column("slug", "title", "the body", config="english")

    __table_args__ = (
        unique_live("uq_mixed_page_slug", "slug"),
        live_index("ix_mixed_page_title", "title", "id"),
        gin_index("ix_mixed_page_search", "search"),
    )


class Visit(UUIDKeyMixin, Base):
    __tablename__ = "mixed_visit"

    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime(), server_default=server_now())
    where: Mapped[str | None] = mapped_column("Where")
    words: Mapped[str | None] = search_column(sa.text("replace(\"Where\", '-', ' ')"))


@pytest.fixture
def tables(session: Session) -> Session:
    """A session with the tables made."""
    Base.metadata.create_all(session.connection())
    return session


def test_the_server_sets_both_times(tables: Session) -> None:
    """A new row has both times, with a zone, close to now."""
    page = Page(slug="a")
    tables.add(page)
    tables.flush()
    assert page.created_at.tzinfo is not None
    assert page.created_at == page.updated_at
    assert abs(datetime.now(UTC) - page.created_at) < timedelta(minutes=1)


def test_an_update_moves_the_second_time_alone(tables: Session) -> None:
    """A changed row, also one that a bulk statement changes, gets a new ``updated_at``."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    tables.add(Page(slug="a", created_at=long_ago, updated_at=long_ago))
    tables.flush()
    tables.execute(sa.update(Page).values(title="bulk"))
    page = tables.scalars(sa.select(Page)).one()
    assert page.created_at == long_ago
    assert page.updated_at > long_ago
    page.updated_at = long_ago
    tables.flush()
    page.title = "one"
    tables.flush()
    assert page.updated_at > long_ago


def test_times_keep_their_moment(tables: Session) -> None:
    """A time in any zone comes back as the same moment; one without a zone counts as UTC."""
    tokyo = datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=9)))
    rows = [Visit(seen_at=tokyo), Visit(seen_at=datetime(2026, 3, 1, 9, 30)), Visit(seen_at=None)]
    tables.add_all(rows)
    tables.flush()
    tables.expire_all()
    assert [row.seen_at for row in rows[:2]] == [tokyo, datetime(2026, 3, 1, 9, 30, tzinfo=UTC)]
    before = tables.scalars(
        sa.select(Visit.id).where(Visit.seen_at < datetime(2026, 3, 1, 5, tzinfo=UTC))
    ).all()
    assert before == [rows[0].id]


def test_a_time_of_the_server_compares_with_one_of_ours(tables: Session) -> None:
    """What the server wrote equals itself when sent back as a value: cursors depend on it."""
    tables.execute(sa.insert(Visit).values(id=uuid7(), seen_at=server_now()))
    stored = tables.scalars(sa.select(Visit.seen_at)).one()
    assert tables.scalar(sa.select(sa.func.count()).where(Visit.seen_at == stored)) == 1


def test_a_value_is_unique_among_live_rows_alone(tables: Session) -> None:
    """A deleted row gives its value free; two live rows cannot have it."""
    tables.add_all(
        [Page(slug="a", deleted_at=datetime.now(UTC)), Page(slug="a", deleted_at=datetime.now(UTC))]
    )
    tables.add(Page(slug="a"))
    tables.flush()
    with pytest.raises(IntegrityError), tables.begin_nested():
        tables.execute(sa.insert(Page).values(slug="a"))


def test_live_indexes_are_partial(tables: Session) -> None:
    """The index holds the live rows alone, under whatever name the column has."""
    found = {index["name"]: index for index in sa.inspect(tables.connection()).get_indexes("mixed_page")}
    options = found["ix_mixed_page_title"]["dialect_options"]
    (where,) = (str(value) for name, value in options.items() if name.endswith("where"))
    assert where.strip("()").lower() == "deleted_at is null"
    own = live_index("ix", "a", deleted="Gone at")
    sa.Table("t", sa.MetaData(), sa.Column("a"), own)
    sql = str(sa.schema.CreateIndex(own).compile(dialect=tables.get_bind().dialect))
    assert sql.endswith('WHERE "Gone at" IS NULL')


def test_an_integer_key_is_counted_by_the_database(tables: Session) -> None:
    """Keys grow by themselves, are large, and may be given by hand."""
    first, second = Page(slug="a"), Page(slug="b")
    tables.add(first)
    tables.flush()
    tables.add(second)
    tables.flush()
    assert second.id == first.id + 1
    tables.add(Page(id=5_000_000_000, slug="c"))
    tables.flush()


def test_uuid7_has_the_layout_of_the_rfc() -> None:
    """Version 7, variant 10, and the time in milliseconds in front."""
    before = time.time_ns() // 1_000_000
    key = uuid7()
    after = time.time_ns() // 1_000_000
    assert (key.version, key.variant) == (7, RFC_4122)
    assert before <= key.int >> 80 <= after + 1


def test_uuid7_grows_and_never_repeats() -> None:
    """Within a thread every key is greater than the one before; threads do not share one."""
    made: list[list[UUID]] = []

    def make() -> None:
        made.append([uuid7() for _ in range(5000)])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(keys == sorted(keys) for keys in made)
    assert len({key for keys in made for key in keys}) == 20_000


def test_uuid7_grows_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock set back an hour, or a counter at its end, changes nothing."""
    last = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000_000_000)
    following = uuid7()
    assert following > last
    monkeypatch.setattr(mixins._clock, "counter", 0x3FF_FFFF_FFFF)
    assert uuid7() > following


def test_a_uuid_key_is_known_before_the_row_is_written(tables: Session) -> None:
    """The key comes from this program and is stored as a UUID."""
    visit = Visit()
    tables.add(visit)
    tables.flush()
    assert visit.id.version == 7
    assert tables.get(Visit, visit.id) is visit


def test_a_version_is_counted_and_checked(tables: Session) -> None:
    """Each change counts one up; a change of a row that moved on is refused."""
    page = Page(slug="a")
    tables.add(page)
    tables.flush()
    page.title = "new"
    tables.flush()
    assert page.version == 2
    tables.execute(sa.update(Page).values(version=9), execution_options={"synchronize_session": False})
    page.title = "mine"
    with pytest.raises(StaleDataError):
        tables.flush()


def test_a_version_starts_at_one_in_bulk_too(tables: Session) -> None:
    """Rows written past the mapper have a version as well."""
    tables.execute(sa.text("INSERT INTO mixed_page (slug) VALUES ('raw')"))
    assert tables.scalars(sa.select(Page.version)).one() == 1


def test_a_search_column_is_computed(tables: Session) -> None:
    """It follows its columns, also one with a space in its name, and is not loaded unless asked for."""
    page = Page(slug="running", title=None, Body="Marzipan cake")
    tables.add(page)
    tables.flush()
    tables.expire(page)
    loaded = tables.scalars(sa.select(Page)).one()
    assert "search" not in sa.inspect(loaded).dict
    assert "marzipan" in (loaded.search or "")
    loaded.Body = "Nougat"
    tables.flush()
    tables.refresh(loaded, ["search"])
    assert "nougat" in (loaded.search or "")


def test_a_search_column_takes_sql(tables: Session) -> None:
    """An expression of the table's columns can stand for a column."""
    tables.add(Visit(where="north-gate"))
    tables.flush()
    words = tables.scalars(sa.select(Visit.words)).one() or ""
    assert "north-gate" not in words
    assert {"north", "gate"} <= {word.strip("':0123456789") for word in words.split()}


def test_a_search_column_needs_a_column() -> None:
    """Without any there is nothing to compute."""
    with pytest.raises(ValueError, match="at least one"):
        search_column()


def test_a_search_vector_knows_configuration_and_weights(pg_engine: sa.Engine) -> None:
    """Words are stemmed in the configuration, the first column weighs most, and the index is a GIN one."""
    Base.metadata.create_all(pg_engine)
    with Session(pg_engine) as session:
        session.add(Page(slug="walking", title="dogs", Body="barked"))
        session.flush()
        assert session.scalars(sa.select(Page.search)).one() == "'bark':3C 'dog':2B 'walk':1A"
        indexes = {
            index["name"]: index for index in sa.inspect(session.connection()).get_indexes("mixed_page")
        }
        assert indexes["ix_mixed_page_search"]["dialect_options"]["postgresql_using"] == "gin"


def test_a_gin_index_is_left_out_where_there_is_none(sqlite_engine: sa.Engine) -> None:
    """SQLite gets the other indexes alone."""
    Base.metadata.create_all(sqlite_engine)
    names = {index["name"] for index in sa.inspect(sqlite_engine).get_indexes("mixed_page")}
    assert names == {"uq_mixed_page_slug", "ix_mixed_page_title"}
