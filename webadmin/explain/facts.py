"""Everything that is known of one step of a plan, as names and values for reading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webadmin.explain.finding import rows, size
from webadmin.explain.node import Buffers, PlanNode, Worker
from webadmin.text import format_number, ngettext
from webadmin.text import gettext as _

_PAGE_KB = 8


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known of a step."""

    name: str
    value: str
    code: bool = False
    """The value is in the database's own words."""


def facts(node: PlanNode) -> tuple[Fact, ...]:
    """What says why a step costs what it costs: conditions and what they dropped, rows, pages, memory, workers."""
    return tuple(
        fact
        for part in (_conditions(node), _rows(node), _memory(node), _reading(node), _workers(node))
        for fact in part
        if fact.value
    )


def more(node: PlanNode) -> tuple[Fact, ...]:
    """What else there is: costs, columns, each worker, and what nobody here has heard of, by the database's names."""
    return tuple(fact for fact in _rest(node) if fact.value)


def number(value: float) -> str:
    """A number of rows for one loop, which may be an average: with decimals only where they say something."""
    return format_number(round(value, 2), None if value < 10 and value != round(value) else 0)


def told(value: Any) -> str:
    """A value of the database's answer as text."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float):
        return format_number(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {told(part)}" for name, part in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(
            f"({told(part)})" if isinstance(part, Mapping | list) else told(part) for part in value
        )
    return "" if value is None else str(value)


def _conditions(node: PlanNode) -> Iterator[Fact]:
    recheck = "" if node.recheck_cond is None else node.recheck_cond
    for name, condition, dropped in (
        (_("Index condition"), "" if node.index_cond == recheck else node.index_cond, 0.0),
        (_("Checked again"), recheck, 0.0),
        (_("Row addresses"), node.tid_cond, 0.0),
        (_("Order of the index"), node.order_by, 0.0),
        (_("Filter"), node.filter, node.rows_removed),
        (_("Checked once"), node.one_time_filter, 0.0),
        (_("Join on"), node.join_cond, 0.0),
        (_("Join filter"), node.join_filter, node.rows_removed_join),
        (_("Sorted by"), ", ".join(node.sort_key), 0.0),
        (_("Comes sorted by"), ", ".join(node.presorted_key), 0.0),
        (_("Grouped by"), ", ".join(node.group_key), 0.0),
        (_("Kept by"), node.cache.key, 0.0),
    ):
        yield Fact(name, condition or "", code=True)
        if dropped:
            yield Fact(_("Dropped by it"), _in_each_loop(dropped))
    if node.rows_removed_recheck:
        yield Fact(_("Dropped when checked again"), _in_each_loop(node.rows_removed_recheck))


def _in_each_loop(count: float) -> str:
    return ngettext("%s row in each loop", "%s rows in each loop", 1 if count == 1 else 2) % number(count)


def _rows(node: PlanNode) -> Iterator[Fact]:
    if node.loops == 0:
        yield Fact(_("Rows"), _("never run; %s planned") % number(node.rows_planned))
    elif node.rows_actual is not None:
        values = {"actual": number(node.rows_actual), "planned": number(node.rows_planned)}
        yield Fact(_("Rows"), _("%(actual)s (%(planned)s planned)") % values)
        if (node.loops or 1) > 1:
            yield Fact(_("Loops"), rows(node.loops or 0))
            yield Fact(_("Rows in all"), rows(node.rows_total))
    elif node.total_cost:
        yield Fact(_("Rows"), _("%s planned") % number(node.rows_planned))
    if node.subplans_removed:
        yield Fact(_("Parts left out"), rows(node.subplans_removed))
    if node.disabled:
        yield Fact(_("Switched off"), _("the planner had no other way"))


def _memory(node: PlanNode) -> Iterator[Fact]:
    if node.sort_method and not node.sort_groups:
        where = _("%s of disk") if node.sort_on_disk else _("%s of memory")
        yield Fact(_("Sort"), f"{node.sort_method}, {where % size(node.sort_kb)}")
    for groups in node.sort_groups:
        kind = _("Groups of one value") if groups.presorted else _("Groups of several values")
        used = [_("%s of memory") % size(groups.memory_kb)] if groups.memory_kb else []
        used += [_("%s of disk") % size(groups.disk_kb)] if groups.disk_kb else []
        yield Fact(kind, ", ".join([rows(groups.count), *groups.methods, *used]))
    hashed = node.hash
    parts = []
    if hashed.buckets:
        parts.append(_against(_("%s buckets"), hashed.buckets, hashed.buckets_planned))
    if hashed.batches > 1 or hashed.batches_planned > 1:
        parts.append(_against(_("%s parts"), hashed.batches, hashed.batches_planned))
    if hashed.memory_kb:
        parts.append(_("%s of memory") % size(hashed.memory_kb))
    if hashed.disk_kb:
        parts.append(_("%s of disk") % size(hashed.disk_kb))
    yield Fact(_("Hash table"), ", ".join(parts))
    cache = node.cache
    if cache.key and node.measured:
        values = {"hits": rows(cache.hits), "misses": rows(cache.misses)}
        parts = [_("%(hits)s found again, %(misses)s not") % values]
        parts += [_("%s thrown out") % rows(cache.evictions)] if cache.evictions else []
        parts += [_("%s too large") % rows(cache.overflows)] if cache.overflows else []
        yield Fact(_("Kept answers"), ", ".join([*parts, _("%s of memory") % size(cache.memory_kb)]))
    if node.storage:
        yield Fact(_("Kept rows"), f"{node.storage}, {size(node.storage_kb)}", code=True)


def _against(words: str, actual: int, planned: int) -> str:
    text = words % rows(actual)
    return (
        text
        if planned in (0, actual)
        else _("%(text)s (%(planned)s planned)") % {"text": text, "planned": rows(planned)}
    )


def _reading(node: PlanNode) -> Iterator[Fact]:
    if node.exact_blocks or node.lossy_blocks:
        values = {"exact": rows(node.exact_blocks), "lossy": rows(node.lossy_blocks)}
        yield Fact(
            _("Pages of the bitmap"),
            _("%(exact)s by row, %(lossy)s as a whole") % values if node.lossy_blocks else values["exact"],
        )
    if node.heap_fetches:
        yield Fact(_("Rows looked up in the table"), rows(node.heap_fetches))
    if node.index_searches:
        yield Fact(_("Searches of the index"), rows(node.index_searches))
    own, used = node.own_buffers, node.buffers
    yield Fact(_("Pages"), pages(own))
    if own != used:
        yield Fact(_("Pages in all"), pages(used))
    yield Fact(
        _("Pages of temporary tables"),
        _amounts(used.local_hit, used.local_read, used.local_dirtied, used.local_written),
    )
    if used.temp:
        values = {
            "read": rows(used.temp_read),
            "written": rows(used.temp_written),
            "size": size(used.temp * _PAGE_KB),
        }
        yield Fact(_("Temporary files"), _("%(read)s pages read, %(written)s written, %(size)s") % values)
    for name, spent in (
        (_("Time to read"), used.read_ms),
        (_("Time to write"), used.write_ms),
        (_("Time to read temporary files"), used.temp_read_ms),
        (_("Time to write temporary files"), used.temp_write_ms),
    ):
        yield Fact(name, _("%s ms") % format_number(spent) if spent else "")
    if node.wal is not None:
        yield Fact(
            _("Write-ahead log"),
            _("%(records)s records, %(full)s full pages, %(bytes)s bytes, %(waits)s times full")
            % {"records": rows(node.wal.records), "full": rows(node.wal.full_pages),
               "bytes": rows(node.wal.bytes), "waits": rows(node.wal.buffers_full)},
        )  # fmt: skip


def pages(used: Buffers) -> str:
    """Where pages came from and what became of them."""
    return _amounts(used.hit, used.read, used.dirtied, used.written)


def _amounts(hit: int, read: int, dirtied: int, written: int) -> str:
    amounts = (
        (_("%s in memory"), hit), (_("%s read"), read), (_("%s changed"), dirtied), (_("%s written"), written),
    )  # fmt: skip
    return ", ".join(words % rows(count) for words, count in amounts if count)


def _workers(node: PlanNode) -> Iterator[Fact]:
    if node.workers_planned:
        values = {"launched": node.workers_launched, "planned": node.workers_planned}
        yield Fact(
            _("Workers"),
            _("%(launched)d launched of %(planned)d") % values
            if node.measured
            else ngettext("%d planned", "%d planned", node.workers_planned) % node.workers_planned,
        )
    if node.single_copy:
        yield Fact(_("Workers"), _("one does all of it"))


def _rest(node: PlanNode) -> Iterator[Fact]:
    if node.total_cost:
        values = {"first": format_number(node.startup_cost, 2), "all": format_number(node.total_cost, 2)}
        yield Fact(_("Cost"), _("%(first)s to the first row, %(all)s in all") % values)
        yield Fact(
            _("Width of a row"),
            ngettext("%d byte", "%d bytes", node.width) % node.width if node.width else "",
        )
    if node.startup_ms is not None and node.loops:
        yield Fact(_("First row of a loop after"), _("%s ms") % format_number(node.startup_ms, 3))
    for name, text in (
        ("Schema", node.schema), ("Parent Relationship", node.parent_relationship), ("Strategy", node.strategy),
        ("Partial Mode", node.partial_mode), ("Join Type", node.join_type), ("Operation", node.operation),
        ("Scan Direction", node.direction), ("Subplan Name", node.subplan), ("Cache Mode", node.cache.mode),
    ):  # fmt: skip
        yield Fact(name, text or "", code=True)
    for name, flag in (
        ("Parallel Aware", node.parallel_aware), ("Async Capable", node.async_capable), ("Inner Unique", node.inner_unique),
    ):  # fmt: skip
        yield Fact(name, told(flag) if flag else "")
    for name, value in node.extra.items():
        yield Fact(name, told(value), code=True)
    yield Fact("Output", ", ".join(node.output), code=True)
    for worker in node.workers:
        yield Fact(_("Worker %d") % worker.number, ", ".join(part for part in _worker(worker) if part))


def _worker(worker: Worker) -> Iterator[str]:
    if worker.total_ms is not None:
        yield _("%s ms") % format_number(worker.total_ms, 3)
    if worker.rows is not None:
        yield ngettext("%s row", "%s rows", round(worker.rows)) % number(worker.rows)
    if worker.loops is not None and worker.loops != 1:
        yield ngettext("%s loop", "%s loops", worker.loops) % rows(worker.loops)
    yield pages(worker.buffers)
    if worker.buffers.temp:
        yield _("%s in temporary files") % size(worker.buffers.temp * _PAGE_KB)
    yield from (
        f"{name}: {told(value)}" for name, value in worker.extra.items() if name != "Actual Startup Time"
    )
