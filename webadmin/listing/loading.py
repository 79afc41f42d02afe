"""What is loaded of the rows that a list shows: the displayed columns, labels of related rows, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy.orm import Load, joinedload
from sqlalchemy.sql.base import ExecutableOption

from webadmin.database.inspection import HEAVY, ModelInfo, RelationInfo, inspect_model
from webadmin.listing.collections import Collection, load_collections
from webadmin.listing.light import Instances, LightRows, Rows
from webadmin.listing.memo import per_view
from webadmin.listing.related import count_related, number_beside
from webadmin.listing.scope import inside, restricted, rewritten
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


def label_plan(context: Context, model: type, beside: Sequence[str] = ()) -> LoadPlan:
    """What is loaded of rows of ``model`` of which nothing but the label and the columns ``beside`` it are shown."""
    view = context.registry.for_model(model)
    plain = label_of(context, model).reads_columns
    node = _Node(model, dict.fromkeys((*label_columns(context, model), *beside)), plain=plain)
    if not plain and view is not None:
        node.add_named(view)
    _veil(context, node, view)
    return LoadPlan(node, (), (), (), tuple(_collections(node)), None, None)


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
        """What is loaded of the rows that ``relation`` leads to: what their label needs."""
        if relation.name not in self.relations:
            names = label_columns(context, relation.target)
            plain = label_of(context, relation.target).reads_columns
            node = _Node(relation.target, dict.fromkeys(names), plain=plain)
            self.relations[relation.name] = (relation, node)
            view = context.registry.for_model(relation.target)
            if not plain and view is not None:
                node.add_named(view)
        return self.relations[relation.name][1]

    def add_named(self, view: View) -> None:
        """What the view's ``list_load`` names: all of the related rows, or columns that are heavy."""
        for attribute in view.loads:
            node = self
            ways = (*attribute.path, *([attribute.relation] if attribute.relation is not None else []))
            for relation in ways:
                node = node.relations.setdefault(relation.name, (relation, _Node(relation.target)))[1]
                node.add(None)
            if attribute.column is not None:
                node.columns[attribute.column.name] = None


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """How the columns of a list are loaded."""

    root: _Node
    counted: tuple[Attribute, ...]
    """To-many relations of which only the number is shown, found by a statement of its own."""
    numbers: tuple[tuple[str, Any], ...]
    """Expressions for the numbers that an index finds beside each row, by the relation's name."""
    expressions: tuple[tuple[str, Any], ...]
    """Expressions of the view's own, to be selected beside the row under these names."""
    collections: tuple[Collection, ...]
    """To-many relations that are loaded as rows, for functions that read them: by one statement for all."""
    fixed: tuple[ExecutableOption, ...] | None
    """The loader options, where they are the same for everybody."""
    light: LightRows | None
    """Where values are enough."""

    @property
    def beside(self) -> dict[str, Any]:
        """What is selected beside each row, by name."""
        return dict((*self.expressions, *self.numbers))

    @property
    def statements(self) -> int:
        """How many statements follow that of the rows."""
        return int(bool(self.counted or self.collections))

    def load_collections(self, context: Context, view: View | None, rows: Sequence[Any]) -> None:
        """Give the rows, which are of ``view``, the related rows that functions read."""
        if self.collections and rows and view is not None:
            load_collections(context, view, self.collections, rows, same=self.fixed is not None)

    def load_related(
        self, context: Context, view: View, rows: Sequence[Any]
    ) -> dict[tuple[Any, ...], dict[str, int]]:
        """Give the rows the related rows that functions read; the numbers of related rows by key and attribute."""
        if not self.statements or not rows or view.keyless:
            return {}
        if not self.collections:
            return count_related(context, view, self.counted, [view.info.key_of(row) for row in rows])
        same = self.fixed is not None
        return load_collections(context, view, self.collections, rows, same=same, counted=self.counted)

    def options(self, context: Context, entity: Any = None) -> tuple[ExecutableOption, ...]:
        """The loader options of the rows' statement, which selects the model, or an alias of it."""
        own = self.fixed if entity is None else None
        return own if own is not None else _options(context, self.root, entity)

    def rows(self, context: Context) -> Rows:
        """How a list reads its rows: as values where these are enough."""
        light = None if rewritten(context) else self.light
        return light or Instances(self.root.model, self.options(context))

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
    shape = tuple((column.name, column.formatter is not None) for column in columns)
    return per_view(view, ("load", shape), lambda: _plan(context, view, columns))


def _plan(context: Context, view: View, columns: Sequence[ShownColumn]) -> LoadPlan:
    info = view.info
    deleted = (view.soft_delete,) if view.soft_delete else ()
    own = (*(column.name for column in info.key), *view.row_label.columns, *deleted)
    root = _Node(view.model, dict.fromkeys(own), plain=view.row_label.reads_columns)
    counted: list[Attribute] = []
    numbers: list[tuple[str, Any]] = []
    expressions: list[tuple[str, Any]] = []
    for shown in columns:
        attribute = shown.attribute
        if shown.formatter is not None:
            root.add(_read_by_formatter(info, shown))
        relation = attribute.relation
        if relation is not None and relation.uselist and shown.formatter is None:
            number = number_beside(context, view, relation) if not attribute.path else None
            if number is None:
                counted.append(attribute)
                _through(context, root, attribute)
            else:
                numbers.append((relation.name, number))
        elif attribute.expression is not None and not hasattr(view.model, attribute.last):
            expressions.append((attribute.name, attribute.expression))
        else:
            _load(context, root, attribute, with_formatter=shown.formatter is not None)
    if not root.plain:
        root.add_named(view)
    _veil(context, root, view)
    fixed = None if _any_restricted(context, root) else _options(context, root)
    light = LightRows(root) if fixed is not None and not expressions and _is_light(root) else None
    return LoadPlan(
        root, tuple(counted), tuple(numbers), tuple(expressions), tuple(_collections(root)), fixed, light
    )


def _veil(context: Context, node: _Node, view: View | None) -> None:
    """Leave out of ``node``, rows of ``view``, what the person may not read: functions may have asked for everything."""
    for name in view.hidden if view is not None else ():
        node.columns.pop(name, None)
        node.relations.pop(name, None)
    for relation, target in node.relations.values() if context.registry.narrowed else ():
        _veil(context, target, context.registry.for_model(relation.target))


def _read_by_formatter(info: ModelInfo, shown: ShownColumn) -> tuple[str, ...] | None:
    """The columns that a formatter reads of the row that it gets; None when it may be any."""
    assert shown.formatter is not None
    return columns_read(shown.formatter, info.columns, attribute=shown.attribute.name)


def _load(context: Context, root: _Node, attribute: Attribute, *, with_formatter: bool) -> None:
    node = _through(context, root, attribute)
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


def _through(context: Context, root: _Node, attribute: Attribute) -> _Node:
    node = root
    for relation in attribute.path:
        node = node.related(context, relation)
    return node


def _options(context: Context, node: _Node, entity: Any = None) -> tuple[Any, ...]:
    return (_loader(context, Load(node.model if entity is None else entity), node, entity),)


def _loader(context: Context, load: Any, node: _Node, entity: Any = None) -> Any:
    """``load``, which is of ``node``'s model or of ``entity``, an alias of it, with what is read of it and nothing else."""
    model: Any = node.model if entity is None else entity
    load = load.load_only(*(getattr(model, name) for name in node.columns), raiseload=True)
    for relation, target in node.relations.values():
        if relation.uselist:
            continue  # see Collection
        attribute = getattr(model, relation.name)
        # Labels of deleted rows still show; a row outside the person's scope does not exist.
        seen = inside(context, relation.target, relation.target, hide_deleted=False)
        if seen is not None:
            attribute = attribute.and_(seen)
        load = load.options(_loader(context, joinedload(attribute), target))
    return load.raiseload("*")


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


_NO_ROWS = {"dynamic", "write_only"}
"""Ways to load a relation that never hold rows."""


def _collections(node: _Node, path: tuple[RelationInfo, ...] = ()) -> Iterator[Collection]:
    for relation, target in node.relations.values():
        if not relation.uselist:
            yield from _collections(target, (*path, relation))
        elif relation.property.lazy not in _NO_ROWS:
            yield Collection(node.model, path, relation, partial(_collected, target))


def _collected(node: _Node, context: Context, entity: Any) -> tuple[Any, ...]:
    return _options(context, node, entity)
