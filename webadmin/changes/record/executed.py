"""A statement that is executed on the session and changes many rows, written down around its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState

from webadmin.changes.catalog import catalog_of
from webadmin.changes.record.columns import Recorded, recorded
from webadmin.changes.record.journal import Journal
from webadmin.changes.record.reached import write_reached
from webadmin.changes.references import database_edges
from webadmin.database.keys import Key
from webadmin.database.own_tables.changes import DELETE, UPDATE
from webadmin.errors import Conflict
from webadmin.text import gettext as _


class Executed:
    """An INSERT, UPDATE or DELETE of ``table`` on its way."""

    def __init__(
        self, journal: Journal, table: sa.Table, statement: Any, state: ORMExecuteState | None = None
    ) -> None:
        self.journal, self.table, self.statement = journal, table, statement
        self.rows: Recorded = recorded(table)
        self._state = state

    @property
    def state(self) -> ORMExecuteState:
        """The session's word on the statement."""
        assert self._state is not None
        return self._state

    @property
    def by_key(self) -> list[Key] | None:
        """The rows of an update that names them by their keys among its values; None for any other statement."""
        if not self.state.is_update or self.statement.whereclause is not None:
            return None
        given = self._parameters()
        keys = [self._key_of(one) for one in given]
        return [key for key in keys if key] if given and all(keys) else None

    def inserted_keys(self) -> list[Key]:
        """The keys of the rows that an INSERT brings, as far as they are among its values."""
        given = self._parameters() or [dict(self.statement.compile().params)] if self._has_values() else []
        keys = [self._key_of(one) for one in given]
        return [key for key in keys if key] if all(keys) else []

    def made_keys(self, result: Any) -> list[Key]:
        """The keys that the database gave the rows of an INSERT, as far as the result tells."""
        try:
            return [tuple(row) for row in result.inserted_primary_key_rows]
        except (sa.exc.InvalidRequestError, AttributeError, TypeError):
            return []

    def run(self) -> Any:
        """Run an UPDATE or DELETE between two looks at its rows.

        Raises Conflict where others have changed meanwhile which rows it is about.
        """
        if not self.rows.key:
            return self.state.invoke_statement()
        step = self.journal.step()
        kind = DELETE if self.state.is_delete else UPDATE
        names, hidden = self.columns() if kind == UPDATE else ([], [])
        where = self.statement.whereclause
        count = sum(
            self.journal.write_before(
                step,
                kind,
                self.rows,
                sa.true() if where is None else where,
                names=None if kind == DELETE else names,
                redacted=sorted(self.rows.redacted) if kind == DELETE else hidden,
                parameters=parameters,
            )
            for parameters in self._parameters() or [{}]
        )
        updated = {}
        if kind == DELETE:
            models = self._models()
            updated = write_reached(
                self.journal,
                step,
                database_edges(self.table, models, catalog_of(self.journal.context)),
                models,
                {},
            )
        result: Any = self.state.invoke_statement()
        changed = getattr(result, "rowcount", -1)
        if changed >= 0 and changed != count:
            raise Conflict(
                _("Others have changed these rows at the same moment. Nothing was changed; do it once more.")
            )
        for of, columns in ({self.rows: tuple(names)} if kind == UPDATE else updated).items():
            self.journal.write_after(step, of, columns)
        return result

    def columns(self) -> tuple[list[str], list[str]]:
        """The columns that an UPDATE sets, by itself or because the table says so: those that are kept, and the others."""
        values = [
            *(self.statement._values or {}),
            *dict(getattr(self.statement, "_ordered_values", ()) or ()),
        ]
        names = {getattr(column, "name", str(column)) for column in values}
        for given in self._parameters():
            names |= {str(name) for name in given if str(name) in self.table.c}
        names |= {column.name for column in self.table.columns if column.onupdate or column.server_onupdate}
        kept = [name for name in self.rows.kept if name in names and name not in self.rows.key_names]
        return kept, sorted(name for name in names if name in self.rows.redacted)

    def _parameters(self) -> Sequence[Mapping[str, Any]]:
        given: Any = self._state.parameters if self._state is not None else None
        if not given:
            return []
        return [given] if isinstance(given, Mapping) else list(given)

    def _has_values(self) -> bool:
        return bool(self._parameters()) or bool(self.statement._values)

    def _key_of(self, given: Mapping[str, Any]) -> Key | None:
        key = tuple(given.get(column.key, given.get(column.name)) for column in self.rows.key)
        return None if not key or None in key else key

    def _models(self) -> Any:
        mapper = self.state.bind_mapper
        if mapper is not None:
            return mapper.registry
        return next(view.info.mapper.registry for view in self.journal.context.registry.views.values())
