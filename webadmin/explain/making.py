"""Proposed indexes, made while the tables are in use: by a thread of their own, on a connection of their own, one at a time."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from webadmin import logs
from webadmin.dialects import Dialect
from webadmin.errors import Conflict
from webadmin.text import gettext as _

State = Literal["running", "done", "failed"]
_KEPT = 20


@dataclass(frozen=True, slots=True)
class Order:
    """An index to be made."""

    name: str
    table: str
    """As it stands in statements."""
    ddl: str


@dataclass(slots=True)
class Making:
    """One on its way; read by other threads."""

    order: Order
    by: str
    """Who wanted it."""
    request: str = ""
    """The number of the request that began it."""
    state: State = "running"
    failure: str = ""
    """Why it was not made: a kind of ``Dialect.failure``."""
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    ended: datetime | None = None


class Makings:
    """The indexes that this process has been told to make in one database."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._all: deque[Making] = deque(maxlen=_KEPT)
        self._threads: list[threading.Thread] = []

    @property
    def all(self) -> tuple[Making, ...]:
        """The last first."""
        with self._lock:
            return tuple(reversed(self._all))

    def begin(self, engine: Engine, dialect: Dialect, order: Order, by: str, request: str = "") -> Making:
        """Have it made. Raises Conflict while another one is on its way."""
        making = Making(order, by, request)
        with self._lock:
            if any(one.state == "running" for one in self._all):
                raise Conflict(_("Another index is being made. One at a time: wait for its end."))
            self._all.append(making)
            thread = threading.Thread(
                target=_make, args=(engine, dialect, making), name="webadmin-index", daemon=True
            )
            self._threads = [one for one in self._threads if one.is_alive()]
            self._threads.append(thread)
        thread.start()
        return making

    def wait(self) -> None:
        """Until nothing is on its way any more."""
        for thread in tuple(self._threads):
            thread.join()


_kept: WeakKeyDictionary[Engine, Makings] = WeakKeyDictionary()


def makings_of(engine: Engine) -> Makings:
    """Those of the database behind ``engine``."""
    return _kept.setdefault(engine, Makings())


def _make(engine: Engine, dialect: Dialect, making: Making) -> None:
    order = making.order
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.detach()  # its settings are not for anybody else, and requests find their pool whole
            shared = dialect.through_pooler(connection.connection.driver_connection)
            dialect.make_index(connection, order.name, order.table, order.ddl, shared=shared)
        making.state = "done"
    except SQLAlchemyError as error:
        making.failure = dialect.failure(error).kind
        making.state = "failed"
    except BaseException:
        making.failure, making.state = "other", "failed"
        raise
    finally:
        making.ended = datetime.now(UTC)
        logs.security(
            "index made" if making.state == "done" else "index not made",
            request=making.request, by=making.by, index=order.name, table=order.table, failure=making.failure,
        )  # fmt: skip
