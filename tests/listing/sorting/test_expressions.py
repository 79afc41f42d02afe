"""Lists in the order of SQL expressions."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.listing.sorting.goods import ROWS, good, goods_of
from tests.listing.walks.events import ids_of, walk, walk_back
from webadmin.explain.capture import capture
from webadmin.listing.listing import Listing

LIVE = [good(n) for n in range(1, ROWS + 1) if n % 20]
VALUES: dict[str, Any] = {
    "lower_name": lambda row: row["name"].lower(),
    "margin": lambda row: None if row["cost"] is None else row["price"] - row["cost"],
    "coalesce_nick_none": lambda row: row["nick"] or "none",
    "length_note": lambda row: len(row["note"]),
    "maker.lower_name": lambda row: f"maker {row['maker_id'] * 7 % 20:02}",
    "state": lambda row: row["state"].name,
    "id": lambda row: row["id"],
}


@cache
def expected(sort: str, *, nulls_high: bool) -> list[str]:
    """The ids of the live rows as Python sorts them."""
    rows = list(LIVE)
    keys = [part.partition(":") for part in sort.split(",")]
    last = keys[-1][2]
    for name, _colon, direction in reversed([*keys, ("id", ":", last)]):

        def place(row: dict[str, Any], name: str = name) -> tuple[bool, Any]:
            value = VALUES[name](row)
            return (value is None) is nulls_high, (0 if value is None else value)

        rows.sort(key=place, reverse=direction == "desc")
    return [str(row["id"]) for row in rows]


SORTS = [
    *(f"{name}:{way}" for name in VALUES for way in ("asc", "desc")),
    "state,lower_name", "lower_name:desc,margin:desc", "margin,state:desc", "maker.lower_name,lower_name:desc",
]  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
def test_pages_by_number(goods: Engine, sort: str) -> None:
    """The first page, one in the middle and the last have the rows that Python puts there."""
    ids = expected(sort, nulls_high=goods.dialect.name == "postgresql")
    with Session(goods) as session:
        for number in (1, 277, len(ids) // 25):
            context, params = goods_of(session, f"sort={sort}&page={number}")
            with capture(session) as sent:
                found = Listing.load(context, params.view, params)
            assert [row.id for row in found.rows] == ids[(number - 1) * 25 : number * 25]
            assert len(sent) <= 4


@pytest.mark.parametrize("sort", SORTS)
def test_piece_after_piece(goods: Engine, sort: str) -> None:
    """Walking to the end and back again by cursors passes every row once, in order."""
    ids = expected(sort, nulls_high=goods.dialect.name == "postgresql")
    with Session(goods) as session:
        context, params = goods_of(session, f"sort={sort}&price.lt=80&per_page=37")
        few = {str(row["id"]) for row in LIVE if row["price"] < 80}
        wanted = [id for id in ids if id in few]
        pieces = list(walk(context, params))
        assert ids_of(pieces) == wanted
        back = list(walk_back(context, params, pieces[-1]))
        assert ids_of(reversed(back)) == wanted[: len(wanted) - len(pieces[-1].rows)]
