"""A table with a column of every kind, the odd ones of PostgreSQL, and one of each relation."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Colour(enum.Enum):
    RED = 1
    DARK_BLUE = 2


class Every(Base):
    """Portable columns of every kind."""

    __tablename__ = "every"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(20))
    nick: Mapped[str | None] = mapped_column(sa.String(20))
    motto: Mapped[str] = mapped_column(server_default="none")
    body: Mapped[str | None] = mapped_column(sa.Text())
    small: Mapped[int | None] = mapped_column(sa.SmallInteger())
    whole: Mapped[int | None]
    large: Mapped[int | None] = mapped_column(sa.BigInteger())
    price: Mapped[Decimal | None] = mapped_column(
        sa.Numeric(8, 2).with_variant(sa.Float(asdecimal=True, decimal_return_scale=2), "sqlite")
    )
    ratio: Mapped[float | None]
    double: Mapped[float | None] = mapped_column(sa.Double())
    active: Mapped[bool] = mapped_column(default=True)
    maybe: Mapped[bool | None]
    colour: Mapped[Colour | None] = mapped_column(sa.Enum(Colour, native_enum=False))
    size: Mapped[str | None] = mapped_column(sa.Enum("small", "x_large", native_enum=False))
    day: Mapped[dt.date | None]
    clock: Mapped[dt.time | None]
    at: Mapped[dt.datetime | None] = mapped_column(sa.DateTime(timezone=True))
    local: Mapped[dt.datetime | None] = mapped_column(sa.DateTime())
    length: Mapped[dt.timedelta | None] = mapped_column(sa.Interval())
    code: Mapped[UUID | None]
    json: Mapped[Any | None] = mapped_column(sa.JSON())
    words: Mapped[list[str] | None] = mapped_column(pg.ARRAY(sa.Text()).with_variant(sa.JSON(), "sqlite"))
    numbers: Mapped[list[int] | None] = mapped_column(
        pg.ARRAY(sa.Integer()).with_variant(sa.JSON(), "sqlite")
    )
    blob: Mapped[bytes | None]
    doubled: Mapped[int | None] = mapped_column(sa.Computed("whole * 2", persisted=True))
    made: Mapped[dt.datetime] = mapped_column(default=lambda: dt.datetime.now(dt.UTC).replace(tzinfo=None))


VALUES: dict[str, Any] = {
    "name": " two  words ",
    "nick": "",
    "motto": "",
    "body": "one\r\ntwo\r\n\r\nthree",
    "small": -5,
    "whole": 41,
    "large": 2**62,
    "price": Decimal("1234.50"),
    "ratio": 0.1,
    "double": 1e-7,
    "active": False,
    "maybe": None,
    "colour": Colour.DARK_BLUE,
    "size": "x_large",
    "day": dt.date(2026, 2, 28),
    "clock": dt.time(13, 45, 59, 123456),
    "at": dt.datetime(2026, 10, 25, 0, 30, 15, 987654, dt.UTC),
    "local": dt.datetime(2026, 3, 29, 2, 30, 0, 1),
    "length": dt.timedelta(days=-3, seconds=5, microseconds=7),
    "code": UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    "json": {"b": [1, 2.5, None, True], "a": {"é": "</textarea>"}},
    "words": ["red", "", " spaced ", 'say "hi"', "NULL", "two\nlines", '"quoted"'],
    "numbers": [3, 1, 2],
    "blob": b"\x00\x01binary",
}


class Team(Base):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    deleted_at: Mapped[dt.datetime | None]
    players: Mapped[list[Player]] = relationship(back_populates="team")


player_skill = sa.Table(
    "player_skill",
    Base.metadata,
    sa.Column("player_id", sa.ForeignKey("player.id"), primary_key=True),
    sa.Column("skill_id", sa.ForeignKey("skill.id"), primary_key=True),
)


class Skill(Base):
    __tablename__ = "skill"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    players: Mapped[list[Player]] = relationship(secondary=player_skill, back_populates="skills")


class Player(Base):
    __tablename__ = "player"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    shirt: Mapped[int | None]
    email: Mapped[str | None]
    country: Mapped[str | None] = mapped_column(sa.String(2))
    age: Mapped[int | None]
    team_id: Mapped[int] = mapped_column(sa.ForeignKey("team.id"))
    coach_id: Mapped[int | None] = mapped_column(sa.ForeignKey("player.id"))
    version: Mapped[int] = mapped_column(server_default="1")

    team: Mapped[Team] = relationship(back_populates="players")
    coach: Mapped[Player | None] = relationship(remote_side=[id])
    skills: Mapped[list[Skill]] = relationship(secondary=player_skill, back_populates="players")

    __table_args__ = (
        sa.UniqueConstraint("team_id", "shirt", name="one_shirt_each"),
        sa.Index("one_email", sa.func.lower(sa.column("email")), unique=True),
        sa.Index(
            "one_name_abroad",
            "name",
            unique=True,
            postgresql_where=sa.text("country IS NOT NULL"),
            sqlite_where=sa.text("country IS NOT NULL"),
        ),
        sa.CheckConstraint("age BETWEEN 5 AND 99", name="age_of_players"),
        sa.CheckConstraint("country <> 'XX'", name="real_country"),
    )
    __mapper_args__ = {"version_id_col": version}


class OddBase(DeclarativeBase):
    pass


class Odd(OddBase):
    """What PostgreSQL has and form scaffolding stumbles over."""

    __tablename__ = "odd"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    span: Mapped[Any | None] = mapped_column(pg.INT4RANGE())
    spans: Mapped[Any | None] = mapped_column(pg.TSTZMULTIRANGE())
    lasts: Mapped[dt.timedelta | None] = mapped_column(pg.INTERVAL())
    bag: Mapped[Any | None] = mapped_column(pg.JSONB())
    net: Mapped[Any | None] = mapped_column(pg.CIDR())
    host: Mapped[Any | None] = mapped_column(pg.INET())
    mac: Mapped[Any | None] = mapped_column(pg.MACADDR())
    search: Mapped[Any | None] = mapped_column(pg.TSVECTOR())
    cash: Mapped[Any | None] = mapped_column(pg.MONEY())
    bits: Mapped[Any | None] = mapped_column(pg.BIT(4))
    point: Mapped[Any | None] = mapped_column(pg.OID())
    raw: Mapped[bytes | None] = mapped_column(pg.BYTEA())
    real: Mapped[float | None] = mapped_column(sa.REAL())
    offset: Mapped[dt.time | None] = mapped_column(sa.Time(timezone=True))
    grid: Mapped[list[Any] | None] = mapped_column(pg.ARRAY(sa.Integer(), dimensions=2))
    days: Mapped[list[dt.date] | None] = mapped_column(pg.ARRAY(sa.Date()))
    age: Mapped[int | None] = mapped_column(pg.DOMAIN("adult", sa.Integer(), check=sa.text("VALUE >= 18")))
    always: Mapped[int] = mapped_column(sa.Identity(always=True))
    _private: Mapped[str | None] = mapped_column("private")
    data: Mapped[str | None]
    meta: Mapped[str | None]
    errors: Mapped[str | None]


ODD_VALUES: dict[str, str] = {
    "span": "'[1,5)'", "spans": "'{[2026-01-01,2026-02-01)}'", "lasts": "'1 year 2 days'", "bag": "'{\"n\": 1.10}'",
    "net": "'10.0.0.0/8'", "host": "'10.0.0.1'", "mac": "'08:00:2b:01:02:03'", "search": "to_tsvector('one two')",
    "cash": "'12.50'", "bits": "B'1010'", "point": "42", "raw": "'\\x0001'", "real": "0.1", "\"offset\"": "'14:30:00.5+02'",
    "grid": "'{{1,2},{3,4}}'", "days": "'{2026-01-01,NULL}'", "age": "30", "private": "'p'", "data": "'d'", "meta": "'m'",
    "errors": "'e'",
}  # fmt: skip
