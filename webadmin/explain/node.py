"""One step of a plan, with everything that PostgreSQL 14 to 18 may say of it in fields of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Buffers:
    """Pages of 8 kB that a node and those below it used, in all loops and processes."""

    hit: int = 0
    read: int = 0
    dirtied: int = 0
    temp: int = 0
    """Read from and written to temporary files."""
    written: int = 0
    temp_read: int = 0
    temp_written: int = 0
    local_hit: int = 0
    """Pages of temporary tables, here and below."""
    local_read: int = 0
    local_dirtied: int = 0
    local_written: int = 0
    read_ms: float = 0.0
    """Time spent reading pages; 0 unless the server has track_io_timing."""
    write_ms: float = 0.0
    temp_read_ms: float = 0.0
    temp_write_ms: float = 0.0

    @property
    def touched(self) -> int:
        return self.hit + self.read

    def less(self, other: Buffers) -> Buffers:
        """What is left without ``other``, nowhere below nothing."""
        names = self.__dataclass_fields__
        return Buffers(**{name: max(getattr(self, name) - getattr(other, name), 0) for name in names})

    def plus(self, other: Buffers) -> Buffers:
        return Buffers(
            **{name: getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__}
        )


@dataclass(frozen=True, slots=True)
class Wal:
    """What a step and those below it wrote to the write-ahead log."""

    records: int = 0
    full_pages: int = 0
    bytes: int = 0
    buffers_full: int = 0
    """Times that it had to wait for room in the log's memory."""


@dataclass(frozen=True, slots=True)
class Hashing:
    """The hash table of a Hash or of an Aggregate, in the process that needed most; zeros where there is none."""

    buckets: int = 0
    buckets_planned: int = 0
    batches: int = 0
    """More than 1: it did not fit into memory and went to disk in as many parts."""
    batches_planned: int = 0
    """Of an Aggregate, the partitions that the planner expected to write."""
    memory_kb: int = 0
    disk_kb: int = 0


@dataclass(frozen=True, slots=True)
class Caching:
    """The answers that a Memoize kept, over all processes."""

    key: str = ""
    mode: str = ""
    hits: int = 0
    misses: int = 0
    evictions: int = 0
    """Answers thrown out for want of room."""
    overflows: int = 0
    """Answers too large to be kept at all."""
    memory_kb: int = 0


@dataclass(frozen=True, slots=True)
class SortGroups:
    """Groups of rows that an Incremental Sort sorted one after another."""

    presorted: bool
    """Rows of one value of the presorted key; else small values taken together."""
    count: int
    methods: tuple[str, ...]
    memory_kb: int
    """Of the largest."""
    disk_kb: int


@dataclass(frozen=True, slots=True)
class Worker:
    """What one parallel worker did in a step."""

    number: int
    rows: float | None
    """For one loop."""
    loops: int | None
    total_ms: float | None
    """For one loop."""
    buffers: Buffers
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlanNode:
    """One step of a plan. Times are milliseconds over all loops, on the clock: parallel work counts once.

    Numbers of rows that a check dropped are for one loop, as the planned and the actual rows are; blocks, look-ups and all
    that is said of memory and disk are over all loops.
    """

    node_type: str
    relation: str | None
    alias: str | None
    index: str | None
    own_ms: float | None
    """Without the steps below; None in a plan that was not measured."""
    total_ms: float | None
    loops: int | None
    """0 when the step was never reached; None when not measured."""
    rows_planned: float
    """For one loop."""
    rows_actual: float | None
    """For one loop."""
    rows_removed: float
    """Rows that the filter dropped, in one loop."""
    buffers: Buffers
    filter: str | None
    index_cond: str | None
    """The index condition; of a bitmap's heap, the condition that is checked again."""
    sort_method: str | None
    sort_kb: int
    sort_on_disk: bool
    workers_planned: int
    workers_launched: int
    startup_cost: float
    total_cost: float
    own_cost: float
    """In the planner's units, without the steps below, as far as a LIMIT above lets it run."""
    depth: int
    stopped_early: bool
    """A step above took only what it needed, so fewer rows than planned are no wrong estimate."""
    parent_relationship: str | None
    children: tuple[PlanNode, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What else the database says of the step, by its own names."""

    startup_ms: float | None = None
    """Until the first row of a loop."""
    width: int = 0
    """Bytes of a row, as planned."""
    own_buffers: Buffers = field(default_factory=Buffers)
    """Without the steps below."""
    wal: Wal | None = None
    workers: tuple[Worker, ...] = ()
    """Empty unless the database tells of each worker."""

    schema: str | None = None
    source: str | None = None
    """What it reads besides a table: a CTE, a function, a transition table, a file."""
    output: tuple[str, ...] = ()
    subplan: str | None = None
    """The name of the subquery that begins here, such as ``InitPlan 1``."""
    strategy: str | None = None
    partial_mode: str | None = None
    join_type: str | None = None
    operation: str | None = None
    """What it does to rows: Insert, Update, Delete, Merge; or how it takes sets together: Except All."""
    direction: str | None = None
    """Of an index: Forward or Backward."""
    parallel_aware: bool = False
    async_capable: bool = False
    """It may wait for another server while other steps work."""
    single_copy: bool = False
    """One worker does all of it."""
    disabled: bool = False
    """The planner had no other way than one that was switched off."""
    inner_unique: bool = False
    subplans_removed: int = 0
    """Parts that were known to hold nothing before anything was read."""

    rows_removed_recheck: float = 0.0
    rows_removed_join: float = 0.0
    recheck_cond: str | None = None
    join_filter: str | None = None
    join_cond: str | None = None
    """Of a hash or merge join."""
    one_time_filter: str | None = None
    tid_cond: str | None = None
    order_by: str | None = None
    """The order that an index gives by distance."""
    sort_key: tuple[str, ...] = ()
    presorted_key: tuple[str, ...] = ()
    group_key: tuple[str, ...] = ()

    heap_fetches: int = 0
    index_searches: int | None = None
    exact_blocks: int = 0
    lossy_blocks: int = 0
    hash: Hashing = field(default_factory=Hashing)
    cache: Caching = field(default_factory=Caching)
    sort_groups: tuple[SortGroups, ...] = ()
    storage: str | None = None
    """Where a step kept its rows: Memory or Disk."""
    storage_kb: int = 0

    def walk(self) -> Iterator[PlanNode]:
        """This step and those below it, in the order in which a plan is printed."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def measured(self) -> bool:
        return self.loops is not None

    @property
    def weight(self) -> float:
        """What the step itself costs: milliseconds where measured, else the planner's units."""
        return self.own_ms if self.own_ms is not None else self.own_cost

    @property
    def rows_total(self) -> float:
        """Rows over all loops."""
        return (self.rows_actual or 0) * (self.loops or 0)

    @property
    def removed_total(self) -> float:
        """Rows dropped by the filter over all loops."""
        return self.rows_removed * (self.loops or 0)
