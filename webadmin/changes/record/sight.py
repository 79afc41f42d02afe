"""What of the history a person may see: the same lists, rows and columns as anywhere else, as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote

import sqlalchemy as sa

from webadmin.database.identity import segment
from webadmin.database.inspection import ColumnInfo, Kind, ModelInfo, RelationInfo, inspect_model
from webadmin.database.keys import among
from webadmin.listing.lookup import Choice, rows_by_id
from webadmin.listing.scope import personal, scope
from webadmin.options.context import Context
from webadmin.options.secrets import is_secret
from webadmin.options.view import View
from webadmin.options.visible import columns_shown
from webadmin.saved.store import person_of


@dataclass(frozen=True, slots=True)
class Link:
    """A relation whose members are rows of a link table: each says that one row has another."""

    view: View
    relation: RelationInfo
    table: sa.Table
    own: Any
    """The column that holds the key of the view's row."""
    far: Any
    """The column that holds the key of the member."""


class Sight:
    """The eyes of the person of ``context``.

    Nobody sees rows of a list that they may not view. Of a list in which not everybody sees every row they see those that
    they could open now, and what they have changed themselves.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.person = person_of(context.user)
        self._checked: dict[str, bool] = {}

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The lists that the person may view and whose rows can be told apart."""
        registry, look = self.context.registry, self.context.may_look
        return tuple(view for view in registry if not view.keyless and look(view))

    @cached_property
    def lists(self) -> dict[str, View]:
        return {view.key: view for view in self.views}

    @cached_property
    def tables(self) -> frozenset[str]:
        """The tables of which something may be shown."""
        return frozenset(table.fullname for view in self.views for table in tables_of(view))

    def view_of(self, table: str, list_key: str = "") -> tuple[View, sa.Table] | None:
        """Through which list rows of ``table`` are looked at, the one that ``list_key`` names if it can be; None where
        there is none for this person."""
        found = [(view, own) for view in self.views for own in tables_of(view) if own.fullname == table]
        found.sort(key=lambda pair: (pair[0].key != list_key, pair[0].info.mapper.local_table is not pair[1]))
        return found[0] if found else None

    def is_own(self, person: str) -> bool:
        """Whether a change by ``person`` is the person's own."""
        return bool(person) and person == self.person

    def is_checked(self, view: View) -> bool:
        """Whether it has to be asked row by row what the person may see: of a scope, of a class among others, and of a table that
        the database does not show everybody alike."""
        if personal(self.context, view) or view.info.mapper.inherits is not None:
            return True
        if view.key not in self._checked:
            facts, connection = self.context.dialect.table_facts, self.context.session.connection()
            self._checked[view.key] = not all(facts(connection, table)[0] for table in tables_of(view))
        return self._checked[view.key]

    def rows(self, view: View, keys: Iterable[Sequence[Any]]) -> dict[str, Choice]:
        """Those of the rows with these keys that the person can open now, by their segment of an address, percent-decoded."""
        ids = dict.fromkeys(unquote(segment(key)) for key in keys)
        return {choice.id: choice for choice in rows_by_id(self.context, view, list(ids))} if ids else {}

    def values(
        self, view: View, keys: Iterable[Sequence[Any]], names: Iterable[str]
    ) -> dict[str, dict[str, Any]]:
        """What these attributes are now of those of the rows that the person can open, by the same. Read past the session's
        objects, of which others have loaded parts."""
        key_names = [column.name for column in view.info.key]
        wanted = list(dict.fromkeys([*key_names, *names]))
        stmt = scope(self.context, view, sa.select(*(getattr(view.model, name) for name in wanted)), "show")
        own = [getattr(view.model, name) for name in key_names]
        stmt = stmt.where(among(own, [tuple(key) for key in dict.fromkeys(map(tuple, keys))]))
        found = (dict(zip(wanted, row, strict=True)) for row in self.context.session.execute(stmt))
        return {unquote(segment([row[name] for name in key_names])): row for row in found}

    def columns(self, view: View, table: sa.Table) -> dict[str, sa.Column[Any]]:
        """The columns of ``table`` by attribute of the model that the person gets to see in ``view``."""
        shown = columns_shown(view, form=self._sees_form(view))
        return {
            name: column
            for name in view.info.columns
            if name in shown
            for column in view.info.mapper.attrs[name].columns
            if column.table is table
        }

    def links(self, view: View) -> tuple[Link, ...]:
        """The relations over link tables that the person gets to see of rows of ``view``."""
        details = [c.name for c in view.details_columns] if view.options.can_view_details else []
        named = {*details, *(column.name for column in view.list_columns)}
        if self._sees_form(view):
            named.update(view.form_columns)
        many = [relation for relation in view.info.relations.values() if relation.uselist]
        # The page of a row has a table of each, unless it names some.
        every = view.options.can_view_details and not any(relation.name in details for relation in many)
        found = []
        for relation in many:
            own: Any = relation.property.synchronize_pairs
            far: Any = relation.property.secondary_synchronize_pairs
            table = relation.property.secondary
            if (
                relation.many_to_many
                and not relation.view_only
                and isinstance(table, sa.Table)
                and (every or relation.name in named)
                and _leads_from(own, view.info)
                and _leads_from(far, inspect_model(relation.target))
                and self.context.view_of(relation.target) is not None
            ):
                found.append(Link(view, relation, table, own[0][1], far[0][1]))
        return tuple(found)

    def link_of(self, table: str, list_key: str = "") -> Link | None:
        """As which relation a row of a link table is looked at, one of the list that ``list_key`` names if it can be."""
        found = [link for view in self.views for link in self.links(view) if link.table.fullname == table]
        found.sort(key=lambda link: link.view.key != list_key)
        return found[0] if found else None

    def _sees_form(self, view: View) -> bool:
        return view.allows(self.context.user, "add") or view.allows(self.context.user, "change")


def _leads_from(pairs: Any, info: ModelInfo) -> bool:
    """Whether a link table has the whole key of rows of ``info``, in one column."""
    return len(pairs or ()) == len(info.key) == 1 and pairs[0][0] is info.key[0].column


def tables_of(view: View) -> tuple[sa.Table, ...]:
    """The tables that a row of ``view`` stands in."""
    return tuple(table for table in view.info.mapper.tables if isinstance(table, sa.Table))


def is_kept(info: ColumnInfo) -> bool:
    """Whether the content of a column may be shown out of a record, under whichever of its names it is secret."""
    return not (is_secret(info.name) or is_secret(info.column.name) or info.kind is Kind.BINARY)
