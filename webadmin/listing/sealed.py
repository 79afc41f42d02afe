"""No statement for a single row: while a host's functions make something of rows, the session sends none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Result, event
from sqlalchemy.engine import IteratorResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.orm import Mapper, ORMExecuteState, Session

from webadmin.options.context import Context
from webadmin.options.unloaded import ExtraStatement


@contextmanager
def sealed(session: Session, rows: Sequence[Any]) -> Iterator[None]:
    """Within, whatever the session is asked to execute raises ExtraStatement, also where SQLAlchemy asks by itself: for
    dynamic relations, columns of subclasses, expired attributes.

    :param rows: one of those that functions get; plain values, which ask for nothing, need no seal.
    """
    if not rows or isinstance(rows[0], tuple):
        yield
        return
    event.listen(session, "do_orm_execute", _refuse)
    try:
        yield
    finally:
        event.remove(session, "do_orm_execute", _refuse)


def forget_hidden(context: Context) -> None:
    """Have the rows that the session holds, and that are written, forget what the person may not read: while sealed, functions
    that read it get nothing."""
    for row in list(context.session.identity_map.values()) if context.registry.narrowed else ():
        view = context.registry.for_model(type(row))
        names = view.hidden.intersection(view.info.mapper.attrs.keys()) if view is not None else ()
        if names:
            context.session.expire(row, names)


@contextmanager
def alone(session: Session, mapper: Mapper[Any]) -> Iterator[None]:
    """Within, a statement that reads rows of ``mapper`` sends no others after it for what only subclasses have, one for
    each, as ``polymorphic_load="selectin"`` has it do; lists show nothing of that."""
    if not any(below.polymorphic_load == "selectin" for below in mapper.self_and_descendants):
        yield
        return
    running = False

    def only_first(state: ORMExecuteState) -> Result[Any] | None:
        nonlocal running
        if running:
            return IteratorResult(SimpleResultMetaData(["nothing"]), iter(()))
        running = True
        return None

    event.listen(session, "do_orm_execute", only_first)
    try:
        yield
    finally:
        event.remove(session, "do_orm_execute", only_first)


def _refuse(state: ORMExecuteState) -> None:
    mapper = state.bind_mapper
    of = f" of {mapper.class_.__name__}" if mapper is not None else ""
    raise ExtraStatement(f"a column{of}" if state.is_column_load else f"rows{of}")
