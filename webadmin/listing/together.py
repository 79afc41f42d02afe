"""Rows of several tables in one statement: those that a form names, and those that belong to its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.orm import aliased, join, outerjoin
from sqlalchemy.sql.base import ExecutableOption

from webadmin.database import identity
from webadmin.database.inspection import inspect_model
from webadmin.database.keys import among
from webadmin.errors import NotFound
from webadmin.listing.fits import fits
from webadmin.listing.scope import scope
from webadmin.options.context import Context
from webadmin.text import gettext as _


def _nothing(entity: Any) -> Sequence[ExecutableOption]:
    return ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Some rows of one model."""

    stmt: sa.Select[Any]
    """Selects the model, within what the person may see."""
    model: type
    order: Sequence[Any] = ()
    limit: int | None = None
    offset: int = 0
    options: Callable[[Any], Sequence[ExecutableOption]] = _nothing
    """Loader options for the rows, which are selected from the model or from an alias of it."""
    counted: int = 0
    """Count the rows up to this number, whatever the limit."""


@dataclass(frozen=True, slots=True)
class Read:
    rows: list[Any]
    count: int = 0
    """How many there are, where that was asked for."""


def read_together(context: Context, wanted: Sequence[Wanted], label: str) -> list[Read]:
    """The rows of each of ``wanted``, in one statement however many they are. Rows of a class that inherits from another take
    statements of their own.

    :param label: what the statement is for, in the panel that shows statements.
    """
    # What tells a subclass's rows from others SQLAlchemy asks of the whole statement: there would be no rows of the others.
    plain = [one for one in wanted if inspect_model(one.model).mapper.inherits is None]
    if len(plain) == 1 and not plain[0].counted:
        plain = []
    found = dict(zip(map(id, plain), _read(context, plain, label), strict=True))
    return [found[id(one)] if id(one) in found else _read_alone(context, one, label) for one in wanted]


def _read(context: Context, wanted: Sequence[Wanted], label: str) -> list[Read]:
    if not wanted:
        return []
    found: list[dict[Any, Any]] = [{} for _one in wanted]
    counts = [0] * len(wanted)
    stmt = _statement(wanted).execution_options(webadmin_label=label)
    for place, *values in context.session.execute(stmt):
        entity, number = values[2 * place], values[2 * place + 1]
        counts[place] = number or 0
        if entity is not None:
            found[place][id(entity)] = entity
    return [Read(list(rows.values()), count) for rows, count in zip(found, counts, strict=True)]


def _read_alone(context: Context, one: Wanted, label: str) -> Read:
    key = [getattr(one.model, column.name) for column in inspect_model(one.model).key]
    stmt = one.stmt.options(*one.options(one.model)).order_by(*(one.order or key)).limit(one.limit)
    stmt = (stmt.offset(one.offset) if one.offset else stmt).execution_options(webadmin_label=label)
    rows = list(context.session.scalars(stmt).unique())
    count = _count(one, key)
    return Read(rows, context.session.scalar(sa.select(count)) or 0 if one.counted else 0)


def _statement(wanted: Sequence[Wanted]) -> sa.Select[Any]:
    """The keys of each are looked for by themselves, hang with an outer join on a row of their own, and bring their rows."""
    places = [sa.select(sa.literal(place).label("place")) for place in range(len(wanted))]
    which = (sa.union_all(*places) if len(places) > 1 else places[0]).subquery("which")
    source: Any = which
    selected: list[Any] = [which.c.place]
    options: list[ExecutableOption] = []
    order: list[Any] = [which.c.place]
    for place, one in enumerate(wanted):
        entity: Any = aliased(one.model)
        names = [column.name for column in inspect_model(one.model).key]
        own = [getattr(one.model, name) for name in names]
        by = list(one.order) or own
        number = sa.func.row_number().over(order_by=by).label("wa_place")
        keys = one.stmt.with_only_columns(
            *(column.label(f"wa_{at}") for at, column in enumerate(own)), number, maintain_column_froms=True
        )
        keys = keys.order_by(None).order_by(*by).limit(one.limit)
        inner = (keys.offset(one.offset) if one.offset else keys).subquery()
        same = [inner.c[f"wa_{at}"] == getattr(entity, name) for at, name in enumerate(names)]
        source = outerjoin(source, join(inner, entity, sa.and_(*same)), which.c.place == place)
        selected += [entity, _count(one, own)]
        options += one.options(entity)
        order.append(inner.c.wa_place)
    return sa.select(*selected).select_from(source).options(*options).order_by(*order)


def _count(one: Wanted, key: Sequence[Any]) -> Any:
    if not one.counted:
        return sa.null()
    some = one.stmt.with_only_columns(*key, maintain_column_froms=True).order_by(None).limit(one.counted)
    return sa.select(sa.func.count()).select_from(some.subquery()).scalar_subquery()


Rows = Mapping[type, Mapping[str, Any]]
"""Rows by model, and by their ids as addresses have them."""


def rows_by_id(
    context: Context,
    ids: Mapping[type, Iterable[str]],
    options: Callable[[type, Any], Sequence[ExecutableOption]] = lambda model, entity: (),
) -> Rows:
    """Rows of any models by their percent-encoded ids, in one statement; those that do not exist or lie outside what the
    person may see are left out. Soft-deleted ones count.

    :param options: loader options for rows of a model that are selected from an alias of it, or from itself.
    """
    keys = {model: _keys(context, model, texts) for model, texts in ids.items()}
    models = [model for model, wanted in keys.items() if wanted]
    wanted = [_by_key(context, model, keys[model], options) for model in models]
    read = read_together(context, wanted, _("Rows that a form names"))
    found: dict[type, dict[str, Any]] = {model: {} for model in ids}
    for model, one in zip(models, read, strict=True):
        key_of = inspect_model(model).key_of
        rows = {identity.segment(key_of(row)): row for row in one.rows}
        for text, key in keys[model].items():
            if (row := rows.get(identity.segment(key))) is not None:
                found[model][text] = row
    return found


def _keys(context: Context, model: type, texts: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    """The keys that ids stand for, of those that can be keys of the model."""
    info = inspect_model(model)
    found: dict[str, tuple[Any, ...]] = {}
    for text in texts:
        try:
            key = identity.values(unquote(text), info.key_types)
        except NotFound:
            continue
        if all(fits(context.dialect, column, value) for column, value in zip(info.key, key, strict=True)):
            found[text] = key
    return found


def _by_key(
    context: Context,
    model: type,
    keys: Mapping[str, tuple[Any, ...]],
    options: Callable[[type, Any], Sequence[ExecutableOption]],
) -> Wanted:
    columns = [getattr(model, column.name) for column in inspect_model(model).key]
    stmt: sa.Select[Any] = sa.select(model).where(among(columns, list(keys.values())))
    view = context.registry.for_model(model)
    if view is not None:
        stmt = scope(context, view, stmt, "show")
    return Wanted(stmt, model, options=lambda entity: options(model, entity))
