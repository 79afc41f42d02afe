"""How many statements something sends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from webadmin.site import Admin

_SETTING_UP = ("SET ", "PRAGMA ", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT set_config")


@contextmanager
def assert_statement_budget(source: Admin | Engine | Connection, most: int) -> Iterator[list[str]]:
    """While within, at most ``most`` statements reach the database; gives the list of them as it grows.

    What sets a transaction up does not count. A list page of webadmin's sends four statements at most.

    :param source: the admin, or the engine or connection that is watched.
    :raises AssertionError: with all statements, when there were more.
    """
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_SETTING_UP):
            sent.append(statement)

    watched = source.runtime.database.engine if isinstance(source, Admin) else source
    event.listen(watched, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(watched, "before_cursor_execute", note)
    if len(sent) > most:
        listed = "\n".join(f"{number}. {text}" for number, text in enumerate(sent, 1))
        raise AssertionError(f"{len(sent)} statements were sent, {most} are allowed:\n{listed}")
