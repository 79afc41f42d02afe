"""Rows taken into a to-many relation and out of it: the difference alone, whatever others do meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapper

from webadmin.changes.statements import delete_links, insert_links
from webadmin.database.inspection import RelationInfo, inspect_model
from webadmin.forms.related import those_of
from webadmin.options.context import Context


class CannotLeave(Exception):
    """A row cannot be without the one that it is to be taken from."""


def change_members(
    context: Context,
    relation: RelationInfo,
    row: Any,
    added: Mapping[str, Any],
    removed: Sequence[str],
    there: Mapping[str, Any] | None = None,
) -> None:
    """Take ``added`` (rows by id) into ``row``'s relation and the ids ``removed`` out of it; ``row`` is flushed.

    Those that are members already, or are none any more, are left alone. Raises CannotLeave.

    :param there: all members by id, where they were read since the row was locked; else those concerned are asked for.
    """
    if there is None:
        there = those_of(context, relation, row, [*added, *removed])
    joining = [target for id, target in added.items() if id not in there]
    leaving = [target for id, target in there.items() if id in set(removed)]
    if relation.many_to_many:
        _link(context, relation, row, joining, leaving)
    else:
        _refer(relation, row, joining, leaving)
        context.session.flush()
    context.session.expire(row, [relation.name])
    for target in (*joining, *leaving):
        for other in relation.property._reverse_property:
            context.session.expire(target, [other.key])


def _link(
    context: Context, relation: RelationInfo, row: Any, joining: Sequence[Any], leaving: Sequence[Any]
) -> None:
    prop = relation.property
    links = prop.secondary
    assert isinstance(links, sa.Table)
    own = {link: _value(prop.parent, row, column) for column, link in prop.synchronize_pairs}
    far = [(column, link) for column, link in prop.secondary_synchronize_pairs or ()]

    def ends(target: Any) -> dict[Any, Any]:
        return {**own, **{link: _value(prop.mapper, target, column) for column, link in far}}

    if joining:
        rows = [{link.key: value for link, value in ends(target).items()} for target in joining]
        insert_links(context, links, rows)
    if leaving:
        delete_links(context, links, [ends(target) for target in leaving])


def _refer(relation: RelationInfo, row: Any, joining: Iterable[Any], leaving: Sequence[Any]) -> None:
    columns = inspect_model(relation.target).columns
    if leaving and not all(columns[name].nullable for name in relation.remote):
        raise CannotLeave
    for target in joining:
        for local, remote in zip(relation.local, relation.remote, strict=True):
            setattr(target, remote, getattr(row, local))
    for target in leaving:
        for remote in relation.remote:
            setattr(target, remote, None)


def _value(mapper: Mapper[Any], row: Any, column: Any) -> Any:
    return getattr(row, mapper.get_property_by_column(column).key)
