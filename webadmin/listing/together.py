"""Rows of several tables in one statement: those that a form names, and those that belong to its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import unquote
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import aliased, join, outerjoin
from sqlalchemy.sql.base import ExecutableOption

from webadmin.database import identity
from webadmin.database.inspection import inspect_model
from webadmin.errors import NotFound
from webadmin.listing.fits import fits
from webadmin.listing.related import in_keys
from webadmin.listing.scope import restricted, scope
from webadmin.options.causes import caused_by
from webadmin.options.context import Context
from webadmin.options.registry import Registry
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
    read = _read(context, _statement(plain), len(plain), label) if plain else []
    found = dict(zip(map(id, plain), read, strict=True))
    return [found[id(one)] if id(one) in found else _read_alone(context, one, label) for one in wanted]


def _read(
    context: Context, stmt: sa.Select[Any], size: int, label: str, given: Mapping[str, Any] | None = None
) -> list[Read]:
    """What the statement for so many tables brings; ``given`` are its parameters."""
    found: list[dict[Any, Any]] = [{} for _place in range(size)]
    counts = [0] * size
    marked = {"webadmin_label": label}
    for place, *values in context.session.execute(stmt, given or {}, execution_options=marked):
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


Options = Callable[[Context, type, Any], Sequence[ExecutableOption]]
"""Loader options for rows of a model that are selected from an alias of it, or from itself."""


def everything(context: Context, model: type, entity: Any) -> Sequence[ExecutableOption]:
    """Loads rows as their models say."""
    return ()


_statements: WeakKeyDictionary[Registry, dict[tuple[Any, ...], sa.Select[Any]]] = WeakKeyDictionary()
"""Statements that are the same for everybody, by their models and options: making one takes longer than running it."""
_MOST = 500


@caused_by("form_columns")
def rows_by_id(context: Context, ids: Mapping[type, Iterable[str]], options: Options = everything) -> Rows:
    """Rows of any models by their percent-encoded ids, in one statement; those that do not exist or lie outside what the
    person may see are left out. Soft-deleted ones count.

    :param options: what is loaded of them; a function of a module, by which the statement is kept.
    """
    keys = {model: _keys(context, model, texts) for model, texts in ids.items()}
    models = sorted((model for model, wanted in keys.items() if wanted), key=lambda model: model.__qualname__)
    given = {_name(place): in_keys(keys[model].values()) for place, model in enumerate(models)}
    wanted = partial(_by_place, context, models, options)
    label = _("Rows that a form names")
    if len(models) > 1 and not any(_is_particular(context, model) for model in models):
        kept = _statements.setdefault(context.registry, {})
        if len(kept) >= _MOST:  # which models are asked for together is not ours to decide
            kept.clear()
        which = (options, *models)
        if which not in kept:
            kept[which] = _statement(wanted())
        read = _read(context, kept[which], len(models), label, given)
    else:
        read = read_together(context, [_given(one, given) for one in wanted()], label)
    found: dict[type, dict[str, Any]] = {model: {} for model in ids}
    for model, one in zip(models, read, strict=True):
        key_of = inspect_model(model).key_of
        rows = {identity.segment(key_of(row)): row for row in one.rows}
        for text, key in keys[model].items():
            if (row := rows.get(identity.segment(key))) is not None:
                found[model][text] = row
    return found


def _name(place: int) -> str:
    return f"wa_keys_{place}"


def _is_particular(context: Context, model: type) -> bool:
    """Whether its rows are selected in another way for each person, or by a statement of their own."""
    view = context.registry.for_model(model)
    return (view is not None and restricted(view)) or inspect_model(model).mapper.inherits is not None


def _given(one: Wanted, given: Mapping[str, Any]) -> Wanted:
    return replace(one, stmt=one.stmt.params(**given))


def _by_place(context: Context, models: Sequence[type], options: Options) -> list[Wanted]:
    return [_by_key(context, model, _name(place), options) for place, model in enumerate(models)]


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


def _by_key(context: Context, model: type, name: str, options: Options) -> Wanted:
    """The rows whose keys are in the parameter of this name."""
    columns = [getattr(model, column.name) for column in inspect_model(model).key]
    key = columns[0] if len(columns) == 1 else sa.tuple_(*columns)
    stmt: sa.Select[Any] = sa.select(model).where(key.in_(sa.bindparam(name, type_=key.type, expanding=True)))
    view = context.registry.for_model(model)
    if view is not None:
        stmt = scope(context, view, stmt, "show")
    return Wanted(stmt, model, options=partial(options, context, model))
