"""What the catalog knows of the tables in plans, asked once for each table while a panel is made."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from time import perf_counter

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from webadmin.dialects import Dialect
from webadmin.dialects.plan_facts import PlanFacts
from webadmin.explain.plan import Plan

_MOST_SECONDS = 1.0
"""For a whole page. The catalog answers within milliseconds; nobody is kept waiting for one that does not."""


@dataclass(slots=True)
class Catalog:
    """Asks for what is known of tables, and remembers it."""

    dialect: Dialect
    connection: Connection
    _known: PlanFacts = field(default_factory=PlanFacts)
    _asked: set[tuple[str | None, str]] = field(default_factory=set)
    _left: float = _MOST_SECONDS

    def about(self, plan: Plan) -> PlanFacts:
        """What is known of the tables in ``plan`` and in those before it; of tables that it does not tell of, nothing."""
        named = {(node.schema, node.relation) for node in plan.root.walk() if node.relation}
        # Only what deletes asks for keys that lead to its tables, of which there may be very many.
        deleting = bool(plan.triggers)
        wanted = named if deleting else named - self._asked
        if wanted and self._left > 0:
            self._asked |= wanted
            start = perf_counter()
            try:
                with self.dialect.limited(self.connection, math.ceil(self._left * 1000)):
                    found = self.dialect.plan_facts(self.connection, wanted, deleting=deleting)
            except DBAPIError as error:
                if self.dialect.failure(error).kind == "connection_lost":
                    raise
                self._left = 0.0
            else:
                self._left -= perf_counter() - start
                self._known = replace(found, tables={**self._known.tables, **found.tables})
        return self._known
