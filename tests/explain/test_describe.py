from __future__ import annotations

import pytest

from tests.explain.conftest import Planned
from tests.explain.kept import plan_of
from webadmin.explain.describe import PlanRow, describe
from webadmin.explain.plan import parse


def _row(rows: tuple[PlanRow, ...], node_type: str) -> PlanRow:
    return next(row for row in rows if row.node_type == node_type)


def test_details(planned: Planned) -> None:
    """A line says what a step works on, by which key, under which condition."""
    rows = describe(
        planned(
            "SELECT i.id FROM item i JOIN small s ON s.id = i.part WHERE i.rare = 'no' ORDER BY i.code LIMIT 3"
        )
    )
    assert _row(rows, "Sort").detail.startswith("i.code; top-N heapsort, ")
    assert _row(rows, "Hash Join").detail == "i.part = s.id"
    assert "on item as i; filter i.rare = 'no' drops 10 rows" in {row.detail for row in rows}
    assert " buckets, " in _row(rows, "Hash").detail


def test_index(planned: Planned) -> None:
    """An index and its condition are named."""
    [row] = describe(planned("SELECT * FROM item WHERE id = 7"))
    assert row.detail == "on item using item_pkey; item.id = 7"
    assert (row.planned, row.actual, row.estimate, row.loops, row.hot) == ("1", "1", "close", "1", True)


def test_estimates(planned: Planned) -> None:
    """The agreement of planned and actual rows is put in words, loud only where it is bad."""
    [row] = [
        row
        for row in describe(
            planned("SELECT * FROM item WHERE part < 50 AND twin < 50 AND part + 0 < 50 AND twin + 0 < 50")
        )
        if row.node_type == "Seq Scan"
    ]
    assert row.estimate.endswith("\u00d7 under")
    assert row.estimate_tone == "warn"
    rows = describe(planned("SELECT * FROM item LIMIT 10"))
    assert (_row(rows, "Seq Scan").estimate, _row(rows, "Seq Scan").estimate_tone) == ("stopped early", "")


def test_bars(planned: Planned) -> None:
    """Bars lie end to end in the order of work: the deepest begins at the left, the top ends at the right."""
    rows = describe(planned("SELECT grp, count(*) FROM item GROUP BY grp ORDER BY 2"))
    starts = [float(row.bar_x.rstrip("%")) for row in rows]
    widths = [float(row.bar_width.rstrip("%")) for row in rows]
    assert starts == sorted(starts, reverse=True)
    assert starts[-1] == 0
    assert starts[0] + widths[0] == pytest.approx(100, abs=0.3)
    assert sum(widths) == pytest.approx(100, abs=0.5)
    assert [row.hot for row in rows].count(True) == 1


def test_plain_plan(planned: Planned) -> None:
    """Without measuring, the columns that need it are empty and costs stand in place of times."""
    rows = describe(planned("SELECT * FROM item WHERE rare = 'yes'", analyze=False))
    assert {(row.actual, row.estimate, row.loops, row.pages) for row in rows} == {("", "", "", "")}
    assert all(row.own and row.planned for row in rows)


def test_workers(planned: Planned) -> None:
    """A parallel plan says how many workers came."""
    settings = {
        "max_parallel_workers_per_gather": "2",
        "parallel_setup_cost": "0",
        "min_parallel_table_scan_size": "0",
    }
    sql = "SELECT count(*) FROM item WHERE length(pad) > 3"
    assert "2 workers planned" in _row(describe(planned(sql, analyze=False, **settings)), "Gather").detail
    rows = describe(planned(sql))
    assert " workers launched of 2" in _row(rows, "Gather").detail
    assert _row(rows, "Seq Scan").detail.startswith("parallel on item")


def test_worst_steps_are_marked() -> None:
    """The step that costs most, what went to disk, what was expected wrongly, and what never ran have a mark each."""
    rows = describe(plan_of("18", "sort_on_disk"))
    assert [row.hot for row in rows] == [True, False]
    assert "on disk" in {mark.text for mark in _row(rows, "Sort").marks}
    assert any(
        mark.text.endswith("% of the time") and mark.tone == "warn" for mark in _row(rows, "Sort").marks
    )
    assert "most pages" in {mark.text for mark in _row(rows, "Seq Scan").marks}
    rows = describe(plan_of("18", "result_never"))
    assert ("never run", "none") in {(mark.text, mark.tone) for mark in _row(rows, "Seq Scan").marks}
    assert ("4,000\u00d7 over", "warn") in {(mark.text, mark.tone) for mark in _row(rows, "Result").marks}


def test_every_branch_ends() -> None:
    """As many branches end as begin, so that a tree can be written line by line, however deep it is."""
    for name in ("parallel_init_plan", "aggregate_mixed", "bitmap_or"):
        rows = describe(plan_of("16", name))
        assert sum(row.closes for row in rows) == sum(row.branch for row in rows)
    deep: dict[str, object] = {"Node Type": "Result"}
    for _level in range(250):
        deep = {"Node Type": "SetOp", "Plans": [deep]}
    plan = parse([{"Plan": deep}])
    assert plan is not None
    rows = describe(plan)
    assert (len(rows), rows[-1].closes) == (251, 250)
