"""What the planner says of the walks that make a map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from webadmin.listing.pagemap.course import Segment

FEW = 5_000
"""Rows of a value that may be sorted."""


@dataclass(frozen=True, slots=True)
class Walk:
    rows: int
    covered: bool
    """The index holds all that is asked of a row."""


def sorts(node: dict[str, Any], segment: Segment) -> bool:
    """Whether a step sorts more than the few rows of a rare value."""
    if "Sort" not in node["Node Type"]:
        return False
    return segment.same is None or node.get("Plan Rows", FEW + 1) > FEW


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)
