"""Reading a list piece by piece while others write to it, and what such a walk has to have seen."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import unescape

import psycopg

LIST = "/shop/admin/orders/"
_ROW = re.compile(rb'<tr [^>]*data-id="(\d+)"')
_NEXT = re.compile(rb'data-next="([^"]+)"')
_PIECE = 50
_MOST_PIECES = 25

Fetch = Callable[[str], bytes]
"""An address to the body of its answer."""


@dataclass(frozen=True)
class Course:
    """A list in one order, as its address and as the database knows it."""

    name: str
    query: str
    where: str
    order: str


@dataclass(frozen=True)
class State:
    """The live rows of a list in their order, each with the transaction that wrote it last."""

    versions: dict[int, str]


def courses(fences: Sequence[str]) -> list[Course]:
    """All ways to walk through the orders.

    :param fences: totals of orders, rising, with some hundreds of orders between each two.
    """
    place = random.randrange(max(1, len(fences) - 1))
    low, high = fences[place], fences[min(place + 1, len(fences) - 1)]
    within, between = f"&total.gte={low}&total.lt={high}", f"total >= {low} AND total < {high}"
    return [
        Course("newest first", "", "true", "placed_at DESC, id DESC"),
        Course("newest of some", within, between, "placed_at DESC, id DESC"),
        Course("by total", within + "&sort=total:asc", between, "total, id"),
        Course("by total, falling", "&sort=total:desc", "true", "total DESC, id DESC"),
        Course(
            "by status and total",
            within + "&sort=status:asc,total:desc",
            between,
            "status, total DESC, id DESC",
        ),
        Course("by due day", within + "&sort=due_on:desc", between, "due_on DESC, id DESC"),
        Course("by number", "&status=paid&sort=number", "status = 'paid'", "number, id"),
    ]


def state(connection: psycopg.Connection[tuple[int, str]], course: Course) -> State:
    """What a walk along ``course`` would meet if nobody wrote."""
    rows = connection.execute(
        f"SELECT id, xmin::text FROM orders WHERE deleted_at IS NULL AND {course.where} "
        f"ORDER BY {course.order} LIMIT {_PIECE * _MOST_PIECES * 2}".encode()
    ).fetchall()
    return State(dict(rows))


def walk(connection: psycopg.Connection[tuple[int, str]], course: Course, fetch: Fetch) -> list[str]:
    """Walk along ``course``; what was wrong with what was seen, in words.

    Rows that nobody wrote to meanwhile have to be met once each, in their order, without a gap. A row that was written
    to may have moved to a place that is still to come, where it is met again, but not in an order that writers leave alone.
    """
    before = state(connection, course)
    seen: list[int] = []
    url, complete = f"{LIST}rows?per_page={_PIECE}{course.query}", False
    for _ in range(_MOST_PIECES):
        body = fetch(url)
        seen += [int(found) for found in _ROW.findall(body)]
        following = _NEXT.search(body)
        if following is None:
            complete = True
            break
        url = unescape(following.group(1).decode())
    return faults(course, before, state(connection, course), seen, complete=complete)


def faults(course: Course, before: State, after: State, seen: Sequence[int], *, complete: bool) -> list[str]:
    """What is wrong with having ``seen`` these ids.

    :param complete: the walk came to the end of the list.
    """
    same = [id for id, version in before.versions.items() if after.versions.get(id) == version]
    unchanged = set(same)
    met = [id for id in seen if id in unchanged]
    reached = len(same) if complete else same.index(met[-1]) + 1 if met else 0
    found: list[str] = []
    twice = {id for id in seen if seen.count(id) > 1}
    if wrong := twice & unchanged:
        found.append(f"{course.name}: {len(wrong)} unchanged rows met twice, such as {min(wrong)}")
    if missing := set(same[:reached]) - set(met):
        found.append(f"{course.name}: {len(missing)} unchanged rows missed, such as {min(missing)}")
    if not found and met != same[:reached]:
        found.append(f"{course.name}: unchanged rows met in another order")
    if twice and "total" not in course.order and "status" not in course.order:
        found.append(f"{course.name}: {len(twice)} rows met twice, such as {min(twice)}")
    return found
