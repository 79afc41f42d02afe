from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.explain.conftest import Diagnosed, Planned, kinds
from webadmin.dialects.plan_facts import PlanFacts
from webadmin.explain.finding import Finding
from webadmin.explain.memory import spilled_sort

# What is asked under which settings, and what of it does not fit into memory.
_CASES = {
    "narrow rows sorted": ("SELECT id FROM item WHERE id <= 40000 ORDER BY code", "spilled_sort", {}),
    "wide rows sorted": ("SELECT * FROM item WHERE id <= 40000 ORDER BY code", "spilled_sort", {}),
    "numbers sorted": ("SELECT val FROM item WHERE id <= 40000 ORDER BY val", "spilled_sort", {"enable_indexonlyscan": "off", "enable_indexscan": "off"}),
    "sorted in groups": (
        "SELECT id FROM item WHERE id <= 40000 ORDER BY grp, code", "spilled_sort",
        {"enable_seqscan": "off", "enable_sort": "off", "enable_bitmapscan": "off"},
    ),
    "joined": (
        "SELECT count(b.pad) FROM item a JOIN item b ON b.code = a.code", "spilled_hash",
        {"enable_mergejoin": "off", "enable_sort": "off"},
    ),
    "joined by numbers": (
        "SELECT count(*) FROM item a JOIN item b ON b.val = a.id", "spilled_hash",
        {"enable_mergejoin": "off", "enable_sort": "off", "enable_nestloop": "off"},
    ),
    "grouped by texts": ("SELECT code, count(*) FROM item WHERE id <= 40000 GROUP BY code", "spilled_hash", {"enable_sort": "off"}),
    "grouped by numbers": (
        "SELECT id / 2, sum(val), max(part) FROM item WHERE id <= 40000 GROUP BY 1", "spilled_hash", {"enable_sort": "off"},
    ),
    "rows found": (
        "SELECT count(pad) FROM item WHERE val BETWEEN 10 AND 30000", "lossy_bitmap",
        {"enable_seqscan": "off", "enable_indexscan": "off"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", _CASES)
def test_memory_that_would_do(case: str, diagnosed: Diagnosed) -> None:
    """What went to disk names the work_mem that keeps it in memory: with that there is nothing to say, and it is not far too much."""
    sql, kind, settings = _CASES[case]
    [found] = _of(kind, diagnosed(sql, work_mem="64kB", **settings))
    assert "(now 64 kB)" in found.text
    wanted = re.fullmatch(r"ALTER ROLE postgres SET work_mem = '(\d+)MB';", found.remedy)
    assert wanted is not None
    assert _of(kind, diagnosed(sql, work_mem=f"{wanted[1]}MB", **settings)) == []
    if int(wanted[1]) > 1:
        assert _of(kind, diagnosed(sql, work_mem=f"{int(wanted[1]) * 1024 // 4}kB", **settings))


def _of(kind: str, found: tuple[Finding, ...]) -> list[Finding]:
    return [one for one in found if one.kind == kind]


def test_fits_into_memory(planned: Planned) -> None:
    """With memory enough there is nothing to say of sorts, hashes and bitmaps."""
    for sql in (
        "SELECT id FROM item ORDER BY code",
        "SELECT count(*) FROM item a JOIN item b ON b.code = a.code",
        "SELECT code, count(*) FROM item GROUP BY code",
    ):
        assert kinds(planned(sql, work_mem="256MB")) == set()


def test_too_much_for_memory(planned: Planned) -> None:
    """Where no reasonable memory would do, none is proposed."""
    plan = planned("SELECT id FROM item WHERE id <= 40000 ORDER BY code", work_mem="64kB")
    [found] = spilled_sort(plan, PlanFacts(account="postgres", work_mem_kb=64))
    assert found.remedy
    sort = found.node
    assert sort is not None
    huge = replace(plan, root=replace(sort, sort_kb=400_000))
    [found] = spilled_sort(huge, PlanFacts(account="postgres", work_mem_kb=64))
    assert "more than a page should take" in found.text
    assert found.remedy == ""
