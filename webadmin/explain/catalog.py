"""What the catalog knows of the tables in plans, asked once for each table while a panel is made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from webadmin.dialects import Dialect
from webadmin.dialects.plan_facts import PlanFacts
from webadmin.explain.plan import Plan

_MOST_MS = 1_000
"""The catalog answers within milliseconds; a page is not kept waiting for one that does not."""


@dataclass(slots=True)
class Catalog:
    """Asks for what is known of tables, and remembers it."""

    dialect: Dialect
    connection: Connection
    _known: PlanFacts = field(default_factory=PlanFacts)
    _asked: set[tuple[str | None, str]] = field(default_factory=set)
    _silent: bool = False

    def about(self, plan: Plan) -> PlanFacts:
        """What is known of the tables in ``plan`` and in those before it; of tables that it does not tell of, nothing."""
        wanted = {(node.schema, node.relation) for node in plan.root.walk() if node.relation} - self._asked
        if wanted and not self._silent:
            self._asked |= wanted
            try:
                with self.dialect.limited(self.connection, _MOST_MS):
                    found = self.dialect.plan_facts(self.connection, wanted)
            except DBAPIError as error:
                if self.dialect.failure(error).kind == "connection_lost":
                    raise
                self._silent = True
            else:
                self._known = replace(found, tables={**self._known.tables, **found.tables})
        return self._known
