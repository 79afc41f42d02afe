"""Values that need help on their way: times that Python has not (infinity, years before Christ, 24:00), enums below a
domain."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from sqlalchemy import event
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.sql.operators import is_comparison

_STRICT = "webadmin_strict_times"
_TYPES = ("date", "timestamp", "timestamptz", "time", "timetz", "interval")


class DomainOverEnum(pg.ENUM):
    """An enum below a domain: the server compares it only when it is said to be the enum."""

    cache_ok = True

    class Comparator(pg.ENUM.Comparator):
        def operate(self, op: Any, *other: Any, **options: Any) -> sa.ColumnElement[Any]:
            if not is_comparison(op):
                return super().operate(op, *other, **options)
            type_ = self.type
            assert isinstance(type_, DomainOverEnum)
            plain = pg.ENUM(*type_.enums, name=type_.name, schema=type_.schema, create_type=False)
            return sa.cast(self.expr, plain).operate(op, *other, **options)

    comparator_factory = Comparator

    @classmethod
    def of(cls, enum: pg.ENUM) -> DomainOverEnum:
        """The type of a domain over ``enum``."""
        return cls(*enum.enums, name=enum.name, schema=enum.schema, create_type=False)


def read_all_times(engine: Engine) -> None:
    """From its next connection on, ``engine`` reads such a value as the server writes it, a string, where the driver
    would fail for the whole row."""
    if engine.dialect.driver == "psycopg":
        event.listen(engine, "connect", _register)


def all_times(connection: Connection) -> None:
    """Until :func:`only_known_times`, read such values on ``connection`` as the server writes them."""
    driver = connection.connection.driver_connection
    if isinstance(driver, psycopg.Connection) and _STRICT not in connection.info:
        connection.info[_STRICT] = _register(driver)


def only_known_times(connection: Connection) -> None:
    """Take :func:`all_times` back."""
    driver = connection.connection.driver_connection
    if isinstance(driver, psycopg.Connection):
        for oid, strict in connection.info.pop(_STRICT, {}).items():
            driver.adapters.register_loader(oid, strict)


def unreadable(error: BaseException) -> bool:
    """Whether the driver failed for a value that the server had sent."""
    original = getattr(error, "orig", None)
    return isinstance(original, psycopg.DataError) and original.sqlstate is None


def _register(connection: Any, record: object = None) -> dict[int, type[Any]]:
    """Read such values from now on; returns how they were read before."""
    adapters = connection.adapters
    found: dict[int, type[Any]] = {}
    for name in _TYPES:
        oid = adapters.types[name].oid
        strict = adapters.get_loader(oid, Format.TEXT)
        if strict is not None:
            found[oid] = strict
            adapters.register_loader(oid, _lenient(strict))
    return found


@cache
def _lenient(strict: type[Any]) -> type[Loader]:
    class LenientLoader(Loader):
        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            super().__init__(oid, context)
            self._strict = strict(oid, context)

        def load(self, data: Buffer) -> Any:
            try:
                return self._strict.load(data)
            except psycopg.DataError:
                return bytes(data).decode()

    return LenientLoader
