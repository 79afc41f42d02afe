"""Where the values of an import stand while the database works on them: three tables of the transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from webadmin.database.inspection import ColumnInfo, RelationInfo, inspect_model
from webadmin.errors import BadRequest, Forbidden
from webadmin.forms.scaffold import blueprint_for
from webadmin.options.context import Context
from webadmin.options.view import View
from webadmin.text import gettext as _
from webadmin.transfer.imports.asked import Import, Target

ROW = "webadmin_row"
PROBLEMS = sa.table(
    "webadmin_import_problems",
    sa.column(ROW, sa.BigInteger()),
    sa.column("name", sa.Text()),
    sa.column("kind", sa.Text()),
    sa.column("value", sa.Text()),
    sa.column("message", sa.Text()),
)
"""What is wrong with which row."""
REFUSED = sa.table("webadmin_import_refused", sa.column(ROW, sa.BigInteger()))
"""The rows with which something is wrong, once each."""


@dataclass(frozen=True, slots=True)
class Given:
    """What one column of the file becomes."""

    target: Target
    label: str
    value: sa.ColumnClause[Any]
    """The value as the file has it, in its type."""
    column: ColumnInfo | None = None
    relation: RelationInfo | None = None
    by: tuple[ColumnInfo, ...] = ()
    """Of a relation: the columns of the other model that the value is compared with."""
    own: Mapping[str, sa.ColumnClause[Any]] = field(default_factory=dict)
    """The values of columns of the view that follow, by attribute; of a relation that is not named by the columns it is made of, these
    are found by a join."""

    @property
    def name(self) -> str:
        return self.target.name

    @property
    def is_found(self) -> bool:
        """Whether the view's own columns follow from a row that has to be found first."""
        return self.relation is not None and self.value not in self.own.values()


@dataclass(frozen=True, slots=True)
class Layout:
    """The tables of one import."""

    asked: Import
    given: tuple[Given, ...]
    made: Mapping[str, tuple[sa.ColumnClause[Any], Callable[[], Any]]]
    """Attributes whose values Python makes for new rows, each with where it is kept and what makes it."""
    rows: sa.TableClause
    """The rows of the file."""
    matched: sa.TableClause
    """The rows of the view that rows of the file mean: by their keys, with what differs (``mask``: a 1 or 0 for each of
    ``written``)."""
    values: Mapping[str, sa.ColumnClause[Any]]
    """Values of the file by attribute of the view's columns."""
    written: tuple[str, ...]
    """The attributes that rows which are there get new values of."""

    @property
    def view(self) -> View:
        return self.asked.view

    @property
    def row(self) -> sa.ColumnClause[Any]:
        return self.rows.c[ROW]

    def key_of_matched(self) -> list[Any]:
        """The columns that hold the key of a matched row."""
        return [self.matched.c[f"key_{place}"] for place, _column in enumerate(self.view.info.key)]

    def is_matched(self) -> sa.ColumnElement[bool]:
        """The condition that ties a matched row to the model's table."""
        columns = [column.column for column in self.view.info.key]
        return sa.and_(*(a == b for a, b in zip(columns, self.key_of_matched(), strict=True)))

    def named(self, name: str) -> str:
        """The target that gives the values of a column: itself or a relation; the column where none does."""
        return next((one.name for one in self.given if name in one.own), name)


def lay_out(context: Context, asked: Import) -> Layout:
    """The tables for ``asked``. Raises BadRequest where it makes no sense, Forbidden where it names what the person may not write."""
    view = asked.view
    if view.keyless or view.info.read_only:
        raise BadRequest(_("Rows of this list cannot be changed."))
    columns: list[sa.ColumnClause[Any]] = [sa.column(ROW, sa.BigInteger())]
    given: list[Given] = []
    values: dict[str, sa.ColumnClause[Any]] = {}
    for place, target in enumerate(asked.targets):
        one = _given(context, view, target, place)
        twice = set(one.own) & set(values)
        if twice:
            label = view.label_of(sorted(twice)[0])
            raise BadRequest(_("Two columns of the file both become “{name}”.").format(name=label))
        columns.append(one.value)
        columns += [column for column in one.own.values() if column is not one.value]
        values |= one.own
        given.append(one)
    _check_match(context, asked, values)
    written = tuple(name for name in values if name not in asked.match)
    _check_rights(context, asked, given)
    made = {
        name: (sa.column(f"made_{place}", info.column.type), maker)
        for place, (name, info) in enumerate(view.info.columns.items())
        if (name not in values or not info.nullable) and (maker := _maker(info.column)) is not None
    }
    columns += [column for column, _maker in made.values()] if asked.mode != "update" else []
    matched = sa.table(
        "webadmin_import_matched",
        sa.column(ROW, sa.BigInteger()),
        *(sa.column(f"key_{place}", info.column.type) for place, info in enumerate(view.info.key)),
        sa.column("mask", sa.Text()),
        sa.column("changed", sa.Boolean()),
        sa.column("digest", sa.BigInteger()),
        sa.column("before", sa.Text()),
    )
    rows = sa.table("webadmin_import_rows", *columns)
    return Layout(asked, tuple(given), made if asked.mode != "update" else {}, rows, matched, values, written)


def _given(context: Context, view: View, target: Target, place: int) -> Given:
    info, label = view.info, view.label_of(target.name)
    if (column := info.columns.get(target.name)) is not None and target.name not in view.hidden:
        value = sa.column(f"v{place}", column.column.type)
        return Given(target, label, value, column=column, own={target.name: value})
    relation = info.relations.get(target.name)
    if relation is None or not relation.many_to_one or relation.view_only or target.name in view.hidden:
        raise BadRequest(_("There is no column “{name}” to import into.").format(name=target.name))
    other = inspect_model(relation.target)
    if target.by and not _names_rows(context, relation, target.by):
        raise BadRequest(_("“{name}” cannot be found by “{by}”.").format(name=label, by=target.by))
    by = (other.columns[target.by],) if target.by else other.key
    if len(by) > 1:
        raise BadRequest(_("“{name}” has a key of several columns: import these instead.").format(name=label))
    value = sa.column(f"v{place}", by[0].column.type)
    if relation.remote == (by[0].name,):
        return Given(target, label, value, relation=relation, by=by, own={relation.local[0]: value})
    own = {
        local: sa.column(f"v{place}_{number}", info.columns[local].column.type)
        for number, local in enumerate(relation.local)
    }
    return Given(target, label, value, relation=relation, by=by, own=own)


def _names_rows(context: Context, relation: RelationInfo, name: str) -> bool:
    """Whether rows at the other side may be named by this column: it is unique, and the person sees it there."""
    seen = context.view_of(relation.target)
    return (
        seen is not None
        and name in seen.all_columns
        and name in seen.info.columns
        and seen.info.columns[name].unique
    )


def _check_match(context: Context, asked: Import, values: Mapping[str, Any]) -> None:
    missing = [name for name in asked.match if name not in values]
    if missing or (not asked.match and asked.mode != "insert"):
        names = ", ".join(asked.view.label_of(name) for name in missing)
        if not names:
            raise BadRequest(_("Say which column tells which row is meant."))
        raise BadRequest(
            _("The file has no column for {names}, by which rows are told apart.").format(names=names)
        )
    if asked.match and not asked.view.info.keyless and asked.match not in unique_keys(context, asked.view):
        raise BadRequest(
            _("Rows can only be told apart by columns of which no two rows have the same values.")
        )
    if asked.missing == "delete" and (asked.view.soft_delete is None or not asked.match):
        raise BadRequest(_("Rows of this list cannot be marked as deleted."))


def _check_rights(context: Context, asked: Import, given: list[Given]) -> None:
    view = asked.view
    creates, changes = asked.mode != "update", asked.mode != "insert"
    forms = [
        blueprint_for(view, context.dialect, creating=new)
        for new in (True, False)
        if (creates, changes)[not new]
    ]
    together = {name for one in given for name in one.own}
    for one in given:
        names = {one.name, *one.own} | _led_by(view, one, together)
        is_match = set(one.own) <= set(asked.match)
        if names & view.unwritable and not (is_match and not creates):
            raise Forbidden(_("You may not write “{name}”.").format(name=one.label))
        told_apart = names & ({column.name for column in view.info.key} | set(view.all_columns))
        if is_match and told_apart and not (creates and names & forms[0].readonly):
            continue
        known = all(names & set(form.names.values()) and not names & form.readonly for form in forms)
        if not known and not is_match and names & {column.name for column in view.info.key}:
            raise BadRequest(
                _(
                    "“{name}” tells rows apart and is not written. Find rows by it, or do not import it."
                ).format(name=one.label)
            )
        if not known or names & {view.soft_delete, view.info.version}:
            raise BadRequest(_("There is no column “{name}” to import into.").format(name=one.name))


def _led_by(view: View, one: Given, together: set[str]) -> set[str]:
    """The relations that columns make up, all of them ``together``, which forms have in their place."""
    relations = [other for other in view.info.relations.values() if other.many_to_one]
    return {
        other.name for other in relations if set(other.local) & set(one.own) and set(other.local) <= together
    }


def unique_keys(context: Context, view: View) -> list[tuple[str, ...]]:
    """The attributes of each rule by which a row can be told from all others that the list shows: its key first."""
    info = view.info
    attributes = {
        column: name
        for name in info.columns
        if name not in view.hidden
        for column in info.mapper.attrs[name].columns
    }
    found = [tuple(column.name for column in info.key)]
    tables = [table for table in info.mapper.tables if isinstance(table, sa.Table)]
    rules: list[Any] = [
        rule for table in tables for rule in table.constraints if isinstance(rule, sa.UniqueConstraint)
    ]
    rules += [
        index
        for table in tables
        for index in table.indexes
        if index.unique and _covers_live(context, view, index)
    ]
    for rule in sorted(rules, key=lambda rule: str(rule.name)):
        parts = list(rule.columns if isinstance(rule, sa.UniqueConstraint) else rule.expressions)
        names = tuple(attributes.get(part, "") if isinstance(part, sa.Column) else "" for part in parts)
        if names and "" not in names and names not in found:
            found.append(names)
    return found


def usable_keys(context: Context, view: View, targets: Sequence[Target]) -> list[tuple[str, ...]]:
    """Those of :func:`unique_keys` of which ``targets`` give all columns."""
    relations = view.info.relations
    given = {
        name
        for target in targets
        for name in (relations[target.name].local if target.name in relations else (target.name,))
    }
    return [key for key in unique_keys(context, view) if given.issuperset(key)]


def is_live(view: View, condition: Any) -> bool:
    """Whether the condition of a partial index says that a row is not marked as deleted."""
    if view.soft_delete is None:
        return False
    column = view.info.columns[view.soft_delete].column
    bare = str(condition).replace('"', "").strip("() ").lower()
    return bare in {f"{column.name} is null".lower(), f"{column.table.name}.{column.name} is null".lower()}


def _covers_live(context: Context, view: View, index: sa.Index) -> bool:
    """Whether no two live rows can have the same values in it."""
    condition = context.dialect.index_condition(index)
    return condition is None or is_live(view, condition)


def _maker(column: sa.Column[Any]) -> Callable[[], Any] | None:
    """What makes a value of ``column`` for a new row in Python; None where nothing does."""
    default: Any = column.default
    if default is None or not default.is_callable:
        return None
    return lambda: default.arg(None)


def asks_for_context(column: sa.Column[Any]) -> bool:
    """Whether the column's default is made of the row's other values."""
    default: Any = column.default
    return default is not None and default.is_callable and not hasattr(default.arg, "__wrapped__")
