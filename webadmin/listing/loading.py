"""What is loaded of the rows that a list shows: the displayed columns, labels of related rows, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import joinedload, load_only, raiseload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from webadmin.database.inspection import HEAVY, ModelInfo, RelationInfo, inspect_model
from webadmin.listing.light import Instances, LightRows, Rows
from webadmin.listing.memo import per_view
from webadmin.listing.related import number_beside
from webadmin.listing.scope import inside, restricted
from webadmin.options.attributes import Attribute
from webadmin.options.context import Context
from webadmin.options.labels import RowLabel, model_label
from webadmin.options.reads import columns_read
from webadmin.options.view import ShownColumn, View


def label_of(context: Context, model: type) -> RowLabel:
    """How rows of ``model`` are called here: as its view says, else as the model itself does."""
    view = context.registry.for_model(model)
    return view.row_label if view is not None else model_label(model)


def label_columns(context: Context, model: type) -> tuple[str, ...]:
    """The attributes that the label of a row needs, and the mark of a deleted one."""
    view = context.registry.for_model(model)
    deleted = (view.soft_delete,) if view is not None and view.soft_delete else ()
    return tuple(dict.fromkeys((*label_of(context, model).columns, *deleted)))


@dataclass(slots=True)
class _Node:
    """What is loaded of one model."""

    model: type
    columns: dict[str, None] = field(default_factory=dict)
    relations: dict[str, tuple[RelationInfo, _Node]] = field(default_factory=dict)
    plain: bool = True
    """Nothing is asked of its rows but the columns."""

    @property
    def related_nodes(self) -> Iterable[tuple[RelationInfo, _Node]]:
        return self.relations.values()

    def add_all(self) -> None:
        info = inspect_model(self.model)
        self.columns |= {name: None for name, column in info.columns.items() if column.kind not in HEAVY}

    def add(self, names: Sequence[str] | None) -> None:
        """These columns; None for all, and whatever else the instance has."""
        if names is None:
            self.add_all()
            self.plain = False
        else:
            self.columns |= dict.fromkeys(names)

    def related(self, context: Context, relation: RelationInfo) -> _Node:
        if relation.name not in self.relations:
            names = label_columns(context, relation.target)
            plain = label_of(context, relation.target).reads_columns
            self.relations[relation.name] = (
                relation,
                _Node(relation.target, dict.fromkeys(names), plain=plain),
            )
        return self.relations[relation.name][1]


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How the columns of a list are loaded."""

    root: _Node
    counted: tuple[RelationInfo, ...]
    """To-many relations of which only the number is shown, found by a statement of its own."""
    numbers: tuple[tuple[str, Any], ...]
    """Expressions for the numbers that an index finds beside each row, by the relation's name."""
    expressions: tuple[tuple[str, Any], ...]
    """Expressions of the view's own, to be selected beside the row under these names."""
    collections: int
    """To-many relations that are loaded as rows: a statement each."""
    fixed: tuple[ExecutableOption, ...] | None
    """The loader options, where they are the same for everybody."""
    light: LightRows | None
    """Where values are enough."""

    @property
    def beside(self) -> dict[str, Any]:
        """What is selected beside each row, by name."""
        return dict((*self.expressions, *self.numbers))

    def options(self, context: Context) -> tuple[ExecutableOption, ...]:
        """The loader options of the rows' statement."""
        return self.fixed if self.fixed is not None else _options(context, self.root)

    def rows(self, context: Context) -> Rows:
        """How a list reads its rows: as values where these are enough."""
        return self.light or Instances(self.root.model, self.options(context))

    def related(self, rows: Iterable[Any]) -> dict[tuple[type, tuple[Any, ...]], Any]:
        """The rows that to-one relations of these lead to, by model and key, with what their labels need."""
        found: dict[tuple[type, tuple[Any, ...]], Any] = {}
        for relation, _node in self.root.relations.values():
            if not relation.uselist:
                key_of = inspect_model(relation.target).key_of
                each = (getattr(row, relation.name) for row in rows)
                found |= {(relation.target, key_of(row)): row for row in each if row is not None}
        return found


def load_plan(context: Context, view: View, columns: Sequence[ShownColumn]) -> LoadPlan:
    """The plan for showing ``columns``; made once for each choice of them."""
    names = tuple(column.name for column in columns)
    return per_view(view, ("load", names), lambda: _plan(context, view, columns))


def _plan(context: Context, view: View, columns: Sequence[ShownColumn]) -> LoadPlan:
    info = view.info
    deleted = (view.soft_delete,) if view.soft_delete else ()
    own = (*(column.name for column in info.key), *view.row_label.columns, *deleted)
    root = _Node(view.model, dict.fromkeys(own), plain=view.row_label.reads_columns)
    counted: list[RelationInfo] = []
    numbers: list[tuple[str, Any]] = []
    expressions: list[tuple[str, Any]] = []
    for shown in columns:
        attribute = shown.attribute
        if shown.formatter is not None:
            root.add(_read_by_formatter(info, shown))
        relation = attribute.relation
        if relation is not None and relation.uselist and not attribute.path and shown.formatter is None:
            number = number_beside(context, view, relation)
            if number is None:
                counted.append(relation)
            else:
                numbers.append((relation.name, number))
        elif attribute.expression is not None and not hasattr(view.model, attribute.last):
            expressions.append((attribute.name, attribute.expression))
        else:
            _load(context, root, attribute, with_formatter=shown.formatter is not None)
    fixed = None if _any_restricted(context, root) else _options(context, root)
    light = LightRows(root) if fixed is not None and not expressions and _is_light(root) else None
    return LoadPlan(
        root, tuple(counted), tuple(numbers), tuple(expressions), _collections(root), fixed, light
    )


def _read_by_formatter(info: ModelInfo, shown: ShownColumn) -> tuple[str, ...] | None:
    """The columns that a formatter reads of the row that it gets; None when it may be any."""
    assert shown.formatter is not None
    return columns_read(shown.formatter, info.columns, attribute=shown.attribute.name)


def _load(context: Context, root: _Node, attribute: Attribute, *, with_formatter: bool) -> None:
    node = root
    for relation in attribute.path:
        node = node.related(context, relation)
    if attribute.relation is not None:
        target = node.related(context, attribute.relation)
        if with_formatter:
            target.add(None)
    elif attribute.column is not None:
        node.columns[attribute.column.name] = None
    elif attribute.last in inspect_model(node.model).mapper.column_attrs:
        node.columns[attribute.last] = None
    else:
        node.add(None)  # a property or a hybrid computes from columns that it does not name


def _options(context: Context, node: _Node) -> tuple[Any, ...]:
    model: Any = node.model
    options: list[Any] = [load_only(*(getattr(model, name) for name in node.columns), raiseload=True)]
    for relation, target in node.relations.values():
        attribute = getattr(model, relation.name)
        # Labels of deleted rows still show; a row outside the person's scope does not exist.
        seen = inside(context, relation.target, relation.target, hide_deleted=relation.uselist)
        if seen is not None:
            attribute = attribute.and_(seen)
        load = selectinload(attribute) if relation.uselist else joinedload(attribute)
        options.append(load.options(*_options(context, target)))
    return (*options, raiseload("*"))


def _any_restricted(context: Context, node: _Node) -> bool:
    for relation, target in node.relations.values():
        view = context.registry.for_model(relation.target)
        if (view is not None and restricted(view)) or _any_restricted(context, target):
            return True
    return False


def _is_light(node: _Node) -> bool:
    """Whether the values of these columns are all that is asked of the rows, and stand in one row of the result."""
    info = inspect_model(node.model)
    one_class = info.mapper.polymorphic_on is None and info.mapper.inherits is None
    return (
        node.plain
        and one_class
        and not info.keyless
        and all(
            relation.many_to_one and not relation.uselist and _is_light(target)
            for relation, target in node.relations.values()
        )
    )


def _collections(node: _Node) -> int:
    return sum(relation.uselist + _collections(target) for relation, target in node.relations.values())
