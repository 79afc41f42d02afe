"""The steps of a plan as lines of a table and as a tree: already text, with the geometry of their bars."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from webadmin.explain.estimates import ESTIMATE_FACTOR, estimate_factor
from webadmin.explain.facts import Fact, facts, more
from webadmin.explain.finding import rows, size
from webadmin.explain.plan import Plan, PlanNode, short
from webadmin.text import format_number
from webadmin.text import gettext as _

_CLOSE = 2.0
_DEEPEST = 12
_MUCH = 0.2
_WORTH_A_WORD = 0.1
_MOST = 0.5
_MANY_PAGES = 100
"""Parts of the whole, and pages from which on it matters who read most of them."""
_PASSING_ON = {"Hash", "Sort", "Gather", "Gather Merge", "Materialize", "Memoize"}
_WITHOUT_ROWS = {"BitmapAnd", "BitmapOr"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands out at a step, in a word or two."""

    text: str
    tone: str
    """warn for what should be looked at first, none for what explains itself."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One step of a plan."""

    node_type: str
    """The step's kind in the database's words: ``data-node`` in the page."""
    detail: str
    """What it works on and how, in one line."""
    depth: int
    """0 for the top; steps far down share the last level of indentation."""
    bar_x: str
    """When it ran: where its bar starts, such as ``12.5%``."""
    bar_width: str
    own: str
    """What the step itself takes: milliseconds where measured, else the planner's units; may be empty."""
    planned: str
    actual: str
    """Empty when not measured."""
    estimate: str
    """How well planned and actual rows agree, in words; empty when not measured."""
    estimate_tone: str
    """warn where it matters, none for a difference worth a look, empty for one that is not."""
    loops: str
    pages: str
    """Pages read by it and the steps below; empty when not measured."""
    hot: bool
    """The step that costs most itself."""
    total: str
    """Milliseconds with the steps below; the planner's units where not measured."""
    warm: bool
    """Another step that costs much of it."""
    target: str
    """What it works on, and the name of a subquery that begins here, without the conditions."""
    marks: tuple[Mark, ...]
    facts: tuple[Fact, ...]
    """What says why it costs what it costs."""
    more: tuple[Fact, ...]
    """Everything else that is known of it."""
    branch: bool
    """There are steps below it."""
    closes: int
    """How many branches end with this step; with the whole plan, all that are open."""


def describe(plan: Plan) -> tuple[PlanRow, ...]:
    """The steps of ``plan`` in the order in which a plan is printed."""
    starts = _starts(plan)
    nodes = list(plan.root.walk())
    depths = [node.depth for node in nodes[1:]] + [0]
    most = max(nodes, key=lambda node: node.own_buffers.touched)
    return tuple(
        _row(plan, node, starts[id(node)], most_pages=node is most, closes=max(node.depth - following, 0))
        for node, following in zip(nodes, depths, strict=True)
    )


def _row(plan: Plan, node: PlanNode, start: float, *, most_pages: bool, closes: int) -> PlanRow:
    estimate, tone = _estimate(node)
    measured = node.measured
    hot = node is plan.worst
    places = 1 if not plan.measured or plan.weight >= 10 else 2 if plan.weight >= 1 else 3
    total = node.total_ms if measured else node.total_cost
    return PlanRow(
        node_type=node.node_type,
        detail=detail(node),
        depth=min(node.depth, _DEEPEST),
        bar_x=_percent(start),
        bar_width=_percent(plan.share(node)),
        own=format_number(node.weight, places) if plan.weight else "",
        planned=rows(node.rows_planned) if plan.weight else "",
        actual=rows(node.rows_actual or 0) if measured else "",
        estimate=estimate,
        estimate_tone=tone,
        loops=rows(node.loops or 0) if measured else "",
        pages=rows(node.buffers.touched) if measured else "",
        hot=hot,
        total=format_number(total or 0.0, places) if plan.weight else "",
        warm=not hot and plan.share(node) >= _MUCH,
        target=" ".join(part for part in (_target(node), node.subplan) if part),
        marks=tuple(_marks(plan, node, most_pages=most_pages)),
        facts=facts(node),
        more=more(node),
        branch=bool(node.children),
        closes=closes,
    )


def _marks(plan: Plan, node: PlanNode, *, most_pages: bool) -> Iterator[Mark]:
    share = plan.share(node)
    if share >= _WORTH_A_WORD:
        words = _("%d%% of the time") if plan.measured else _("%d%% of the cost")
        yield Mark(words % round(share * 100), "warn" if share >= _MUCH else "none")
    estimate, tone = _estimate(node)
    if tone or node.loops == 0:
        yield Mark(estimate, tone or "none")
    if node.sort_on_disk or node.hash.batches > 1 or node.hash.disk_kb or node.storage == "Disk":
        yield Mark(_("on disk"), "warn")
    if most_pages and node.own_buffers.touched >= max(_MANY_PAGES, plan.root.buffers.touched * _MOST):
        yield Mark(_("most pages"), "none")


def _percent(part: float) -> str:
    return f"{min(max(part, 0.0), 1.0) * 100:.1f}%"


def _starts(plan: Plan) -> dict[int, float]:
    """Where each step's own work begins, as a part of the whole: steps below run before those above."""
    starts: dict[int, float] = {}
    position = 0.0
    for node in _in_order_of_work(plan.root):
        starts[id(node)] = position
        position += plan.share(node)
    return starts


def _in_order_of_work(node: PlanNode) -> Iterator[PlanNode]:
    # What runs once runs first, and a hash table is filled before the other side is read.
    for child in sorted(node.children, key=lambda child: (
        child.parent_relationship != "InitPlan", child.node_type != "Hash")
    ):  # fmt: skip
        yield from _in_order_of_work(child)
    yield node


def _estimate(node: PlanNode) -> tuple[str, str]:
    if node.loops is None or node.node_type in _WITHOUT_ROWS:
        return "", ""
    if node.loops == 0:
        return _("never run"), ""
    factor = estimate_factor(node)
    actual = node.rows_actual or 0.0
    if factor < _CLOSE:
        return _("close"), ""
    if node.stopped_early and actual < node.rows_planned:
        return _("stopped early"), ""
    if node.node_type in _PASSING_ON:
        return _("from child"), ""
    word = (_("%s\u00d7 under") if actual > node.rows_planned else _("%s\u00d7 over")) % rows(factor)
    many = max(actual, node.rows_planned) * node.loops >= 100
    return word, "warn" if factor >= ESTIMATE_FACTOR and many else "none"


def detail(node: PlanNode) -> str:
    """What a step works on and how, in one line."""
    if "Detail" in node.extra:
        return str(node.extra["Detail"])
    return "; ".join(part for part in _details(node) if part)


def _details(node: PlanNode) -> Iterator[str]:
    yield _target(node)
    if node.index_cond:
        yield short(node.index_cond)
    for condition in (node.join_cond, node.join_filter, node.cache.key, node.one_time_filter, node.tid_cond):
        if condition:
            yield short(condition)
    for keys in (node.sort_key, node.group_key):
        if keys:
            yield short(", ".join(keys))
    if node.sort_method:
        where = _("%s of disk") if node.sort_on_disk else "%s"
        yield f"{node.sort_method}, {where % size(node.sort_kb)}"
    yield from _memory(node)
    if node.filter:
        yield _filter(node)
    for dropped in (node.rows_removed_join, node.rows_removed_recheck):
        if dropped:
            yield _("check drops %s rows") % rows(dropped)
    if node.workers_planned:
        if node.measured:
            yield _("%(launched)d workers launched of %(planned)d") % {
                "launched": node.workers_launched,
                "planned": node.workers_planned,
            }
        else:
            yield _("%d workers planned") % node.workers_planned
    if node.subplan:
        yield node.subplan
    if node.buffers.temp:
        yield _("%s in temporary files") % size(node.buffers.temp * 8)


def _target(node: PlanNode) -> str:
    name = node.relation or node.source or ""
    alias = node.alias if node.alias and node.alias != name else ""
    words = _("on %s") % name if name else ""
    if alias:
        words = _("%(target)s as %(alias)s") % {"target": words, "alias": alias} if words else alias
    if node.index:
        using = _("using %s") % node.index
        words = f"{words} {using}".strip()
    kinds = (node.partial_mode, node.strategy, node.join_type, node.operation)
    kind = " ".join(str(kind).lower() for kind in kinds if kind and kind not in {"Simple", "Plain", "Inner"})
    parallel = _("parallel") if node.parallel_aware else ""
    return " ".join(word for word in (parallel, kind, words) if word)


def _memory(node: PlanNode) -> Iterator[str]:
    if node.hash.buckets:
        peak = size(node.hash.memory_kb)
        yield _("%(buckets)s buckets, %(size)s") % {"buckets": rows(node.hash.buckets), "size": peak}
    if node.hash.batches > 1:
        yield _("%s parts") % rows(node.hash.batches)
    if node.cache.hits or node.cache.misses:
        yield _("%(hits)s found again, %(misses)s not") % {
            "hits": rows(node.cache.hits),
            "misses": rows(node.cache.misses),
        }


def _filter(node: PlanNode) -> str:
    condition = short(node.filter or "")
    if not node.rows_removed:
        return _("filter %s") % condition
    return _("filter %(condition)s drops %(rows)s rows") % {
        "condition": condition,
        "rows": rows(node.rows_removed),
    }
