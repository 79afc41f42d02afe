"""Dates and times that PostgreSQL has and Python has not: infinity, years before Christ, 24:00."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format
from sqlalchemy import event
from sqlalchemy.engine import Engine

_TYPES = ("date", "timestamp", "timestamptz", "time", "timetz", "interval")


def read_all_times(engine: Engine) -> None:
    """From its next connection on, ``engine`` reads such a value as the server writes it, a string, where the driver
    would fail for the whole row."""
    if engine.dialect.driver == "psycopg":
        event.listen(engine, "connect", _register)


def _register(connection: Any, record: object) -> None:
    adapters = connection.adapters
    for name in _TYPES:
        oid = adapters.types[name].oid
        strict = adapters.get_loader(oid, Format.TEXT)
        if strict is not None:
            adapters.register_loader(oid, _lenient(strict))


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
