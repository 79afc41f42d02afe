"""Fields of a plan's step, taken out of EXPLAIN's answer one by one: what nobody took is left and shown as it is."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from webadmin.explain.node import Buffers, Caching, Hashing, SortGroups, Wal, Worker

_SORT_GROUPS = {"Full-sort Groups": False, "Pre-sorted Groups": True}


class Fields:
    """The fields of one object of the answer. What is of another type than expected is not taken."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.left = dict(raw)

    def take(self, key: str, kind: type | tuple[type, ...]) -> Any:
        """The value of ``key`` if it is of that type, else None."""
        if isinstance(self.left.get(key), kind):
            return self.left.pop(key)
        return None

    def text(self, *keys: str) -> str | None:
        """The first of ``keys`` that has a text; the others stay."""
        return next((found for key in keys if (found := self.take(key, str)) is not None), None)

    def texts(self, key: str) -> tuple[str, ...]:
        found = self.left.get(key)
        if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
            return ()
        return tuple(self.left.pop(key))

    def number(self, key: str) -> float:
        return float(self.take(key, (int, float)) or 0)

    def count(self, key: str) -> int:
        return int(self.take(key, (int, float)) or 0)

    def maybe(self, key: str) -> float | None:
        found = self.take(key, (int, float))
        return None if found is None else float(found)

    def taken_count(self, key: str) -> int | None:
        """As ``count``, with None where nothing is said."""
        found = self.maybe(key)
        return None if found is None else int(found)

    def flag(self, key: str) -> bool:
        return bool(self.take(key, bool))

    def beside(self, workers: list[Mapping[str, Any]]) -> Fields:
        """Where to take from what workers tell as well: then it stays, so that the leader's part can be told for itself."""
        return Fields(self.left) if workers else self

    def parts(self, key: str) -> list[Fields]:
        """The objects in the list ``key``."""
        found = self.left.get(key)
        if not isinstance(found, list) or not all(isinstance(part, dict) for part in found):
            return []
        return [Fields(part) for part in self.left.pop(key)]


def buffers(fields: Fields) -> Buffers:
    temp_read, temp_written = fields.count("Temp Read Blocks"), fields.count("Temp Written Blocks")
    # Up to 16 there is one time for tables of all kinds, from 17 on one for shared and one for local pages.
    times = [
        sum(fields.number(f"{kind}I/O {way} Time") for kind in ("", "Shared ", "Local "))
        for way in ("Read", "Write")
    ]
    return Buffers(
        hit=fields.count("Shared Hit Blocks"),
        read=fields.count("Shared Read Blocks"),
        dirtied=fields.count("Shared Dirtied Blocks"),
        written=fields.count("Shared Written Blocks"),
        temp=temp_read + temp_written,
        temp_read=temp_read,
        temp_written=temp_written,
        local_hit=fields.count("Local Hit Blocks"),
        local_read=fields.count("Local Read Blocks"),
        local_dirtied=fields.count("Local Dirtied Blocks"),
        local_written=fields.count("Local Written Blocks"),
        read_ms=times[0],
        write_ms=times[1],
        temp_read_ms=fields.number("Temp I/O Read Time"),
        temp_write_ms=fields.number("Temp I/O Write Time"),
    )


def wal(fields: Fields) -> Wal | None:
    if "WAL Records" not in fields.left:
        return None
    return Wal(
        records=fields.count("WAL Records"),
        full_pages=fields.count("WAL FPI"),
        bytes=fields.count("WAL Bytes"),
        buffers_full=fields.count("WAL Buffers Full"),
    )


def workers(fields: Fields) -> tuple[Worker, ...]:
    """What each worker did; of the object of each, what is said of sorts, hashes and the like is left in it."""
    found = []
    for worker in fields.parts("Workers"):
        loops = worker.maybe("Actual Loops")
        found.append(
            Worker(
                number=worker.count("Worker Number"),
                rows=worker.maybe("Actual Rows"),
                loops=None if loops is None else int(loops),
                total_ms=worker.maybe("Actual Total Time"),
                buffers=buffers(worker),
                extra=worker.left,
            )
        )
    return tuple(found)


def sorting(fields: Fields, workers: tuple[Worker, ...]) -> tuple[str | None, int, bool]:
    """Method, kilobytes and whether on disk, of the process that needed most."""
    told = [worker.extra for worker in workers if "Sort Method" in worker.extra]
    leader = fields.beside(told)
    names = ("Sort Method", "Sort Space Used", "Sort Space Type")
    own = {name: leader.left.pop(name) for name in names if name in leader.left}
    found = [
        (str(part["Sort Method"]), int(part.get("Sort Space Used", 0)), part.get("Sort Space Type") == "Disk")
        for part in (own, *told)
        if "Sort Method" in part
    ]
    return max(found, key=lambda sort: (sort[2], sort[1]), default=(None, 0, False))


def sort_groups(fields: Fields, workers: tuple[Worker, ...]) -> tuple[SortGroups, ...]:
    """Of the leader, then of each worker."""
    found = []
    told: list[Mapping[str, Any]] = [fields.left, *(worker.extra for worker in workers)]
    for one, (key, presorted) in product(told, _SORT_GROUPS.items()):
        groups = one.get(key)
        if not isinstance(groups, dict):
            continue
        peak = {
            where: int((groups.get(f"Sort Space {where}") or {}).get("Peak Sort Space Used", 0))
            for where in ("Memory", "Disk")
        }
        methods = tuple(map(str, groups.get("Sort Methods Used") or ()))
        found.append(
            SortGroups(presorted, int(groups.get("Group Count", 0)), methods, peak["Memory"], peak["Disk"])
        )
    for key in _SORT_GROUPS:
        fields.take(key, dict)
    return tuple(found)


def of_workers(workers: tuple[Worker, ...], key: str) -> int:
    """The sum of what the workers say of themselves."""
    return sum(int(worker.extra.get(key, 0)) for worker in workers)


def of_all(fields: Fields, workers: tuple[Worker, ...], key: str) -> int:
    """The sum of what the leader and the workers say."""
    leader = fields.beside([worker.extra for worker in workers if key in worker.extra])
    return leader.count(key) + of_workers(workers, key)


def hashing(fields: Fields, workers: tuple[Worker, ...]) -> Hashing:
    """Of the leader, or of the worker that needed most."""
    told = [worker.extra for worker in workers if "HashAgg Batches" in worker.extra]
    leader = fields.beside(told)
    return Hashing(
        buckets=leader.count("Hash Buckets"),
        buckets_planned=leader.count("Original Hash Buckets"),
        batches=max(
            leader.count("Hash Batches"),
            leader.count("HashAgg Batches"),
            *(int(one["HashAgg Batches"]) for one in told),
        ),
        batches_planned=max(leader.count("Original Hash Batches"), leader.count("Planned Partitions")),
        memory_kb=max(
            leader.count("Peak Memory Usage"), *(int(one.get("Peak Memory Usage", 0)) for one in told), 0
        ),
        disk_kb=leader.count("Disk Usage") + sum(int(one.get("Disk Usage", 0)) for one in told),
    )


def caching(fields: Fields, workers: tuple[Worker, ...]) -> Caching:
    if "Cache Key" not in fields.left:
        return Caching()
    told = [worker.extra for worker in workers if "Cache Hits" in worker.extra]
    leader = fields.beside(told)

    def total(key: str) -> int:
        return leader.count(key) + of_workers(workers, key)

    return Caching(
        key=fields.text("Cache Key") or "",
        mode=fields.text("Cache Mode") or "",
        hits=total("Cache Hits"),
        misses=total("Cache Misses"),
        evictions=total("Cache Evictions"),
        overflows=total("Cache Overflows"),
        memory_kb=max(
            leader.count("Peak Memory Usage"), *(int(one.get("Peak Memory Usage", 0)) for one in told), 0
        ),
    )
