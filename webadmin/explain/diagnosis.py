"""Every finding about one plan, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator

from webadmin.dialects.plan_facts import PlanFacts
from webadmin.explain import estimates, joins, memory, reading, resources
from webadmin.explain.finding import Finding, Rule, name
from webadmin.explain.plan import Plan
from webadmin.text import gettext as _

ANY_PLAN: tuple[Rule, ...] = (
    reading.selective_scan,
    reading.sort_of_everything,
    reading.offset,
    reading.count_of_everything,
    estimates.stale_statistics,
    resources.bloated_index,
)
MEASURED: tuple[Rule, ...] = (
    reading.discarding_index,
    joins.many_loops,
    joins.compared_pairs,
    joins.joined_without_index,
    joins.slow_deletion,
    memory.spilled_sort,
    memory.spilled_hash,
    memory.lossy_bitmap,
    estimates.misestimate,
    resources.compiling,
    resources.heap_fetches,
    resources.cold_pages,
)
NOTHING = PlanFacts()
_NOTICEABLE_SECONDS = 0.02
_TONES = ("bad", "warn", "info")


def diagnose(plan: Plan, seconds: float, facts: PlanFacts = NOTHING) -> tuple[Finding, ...]:
    """What is worth saying about ``plan``; nothing about a plan that is fine.

    :param seconds: how long the statement took on the page, for databases whose plans have no numbers.
    :param facts: what the catalog knows of its tables; without them less can be told apart.
    """
    if plan.root.total_cost == 0 and not plan.measured:
        found = list(_without_numbers(plan, seconds))
    else:
        rules = ANY_PLAN + MEASURED if plan.measured else ANY_PLAN
        found = [finding for rule in rules for finding in rule(plan, facts)]
    share = {id(node): plan.share(node) for node in plan.root.walk()}
    return tuple(sorted(found, key=lambda one: (_TONES.index(one.tone), -share.get(id(one.node), 0.0))))


def _without_numbers(plan: Plan, seconds: float) -> Iterator[Finding]:
    """From the shape of the plan alone, and only about a statement that took its time."""
    nodes = list(plan.root.walk())
    for node in nodes:
        if node.extra.get("Automatic Index"):
            yield Finding(
                "automatic_index",
                _("An index on %(table)s is built anew each time this statement runs.")
                % {"table": name(node)},
                _("Create one on the columns of %(condition)s to keep it.") % {"condition": node.index_cond},
                "warn",
                node,
                table=node.relation,
            )
    scan = next((node for node in nodes if node.node_type == "Seq Scan"), None)
    if scan is None or seconds < _NOTICEABLE_SECONDS:
        return
    sort = next((node for node in nodes if node.node_type == "Sort"), None)
    if sort is not None:
        yield Finding(
            "sort_of_everything",
            _("All of %(table)s is read and sorted before the first row can be shown.")
            % {"table": name(scan)},
            _("No index gives this order. An index on the sorted columns reads just the rows of the page."),
            "warn",
            sort,
            table=scan.relation,
        )
    else:
        yield Finding(
            "selective_scan",
            _("%(table)s is read row by row.") % {"table": name(scan)},
            _("No index is used for the condition. An index on its columns leads straight to the rows."),
            "info",
            scan,
            table=scan.relation,
        )
