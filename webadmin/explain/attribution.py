"""Whose time it was: each millisecond of a plan charged to one step, by the rules of the viewer pev2.

A step's reported time is the average of its loops and holds the steps below it. A subquery that runs once
(InitPlan, CTE) runs inside whichever step first asks for its result, and stands elsewhere in the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_BYSTANDER_TEXT = {"Subplan Name", "Node Type", "Alias", "Schema", "Relation Name", "Parent Relationship"}


@dataclass(slots=True)
class Charge:
    """What one step costs itself, and in all."""

    own_ms: float | None
    total_ms: float | None
    own_cost: float


def charge_once(root: dict[str, Any]) -> Mapping[int, Charge]:
    """What each step under ``root`` costs, by ``id()`` of its object."""
    charges: dict[int, Charge] = {}
    _charge(root, charges, processes=1, scale=1.0)
    for owner in _walk(root):
        for once in owner.get("Plans") or ():
            if once.get("Parent Relationship") == "InitPlan":
                _charge_users(owner, once, root, charges)
    return charges


def _charge(raw: dict[str, Any], charges: dict[int, Charge], *, processes: int, scale: float) -> None:
    cost = raw.get("Total Cost", 0.0)
    below_ms = below_cost = 0.0
    inside = processes
    if "Workers Launched" in raw:
        # The leader works too, unless the step may run in one worker only.
        inside = raw["Workers Launched"] + (0 if raw.get("Single Copy") else 1)
    for child in raw.get("Plans") or ():
        child_scale = scale * _runs(raw, child)
        _charge(child, charges, processes=max(inside, 1), scale=child_scale)
        if child.get("Parent Relationship") != "InitPlan":
            below_ms += charges[id(child)].total_ms or 0.0
        # The planner puts the cost of a subquery that runs once on its owner.
        below_cost += child.get("Total Cost", 0.0) * child_scale
    measured = "Actual Total Time" in raw
    total = raw["Actual Total Time"] * raw.get("Actual Loops", 1) / processes if measured else None
    own = max(total - below_ms, 0.0) if total is not None else None
    charges[id(raw)] = Charge(own, total, max(cost * scale - below_cost, 0.0))


def _runs(raw: dict[str, Any], child: dict[str, Any]) -> float:
    """How often the planner expects ``child`` to run for one run of its parent; under a LIMIT a part of once."""
    cost, child_cost = raw.get("Total Cost", 0.0), child.get("Total Cost", 0.0)
    if raw.get("Node Type") == "Limit" and child_cost > cost > 0:
        return float(cost / child_cost)
    if raw.get("Node Type") == "Nested Loop" and child.get("Parent Relationship") == "Inner" and child_cost:
        outer: dict[str, Any] = next(
            (plan for plan in raw["Plans"] if plan.get("Parent Relationship") == "Outer"), {}
        )
        # What is kept in memory costs little when it is read again: it cannot be more than the join has left.
        left = (cost - outer.get("Total Cost", 0.0)) / child_cost
        return float(min(max(outer.get("Plan Rows", 1), 1), max(left, 1)))
    return 1.0


def _charge_users(
    owner: dict[str, Any], once: dict[str, Any], root: dict[str, Any], charges: dict[int, Charge]
) -> None:
    """Take the time of ``once`` off the steps that it ran inside of."""
    name = str(once.get("Subplan Name", ""))
    own = charges[id(once)]
    if name.startswith("CTE "):
        users = [
            node for node in _walk(root)
            if node.get("Node Type") == "CTE Scan" and node.get("CTE Name") == name.removeprefix("CTE ")
        ]  # fmt: skip
    else:
        mentioning = [(depth, node) for depth, node in _below(owner, once) if _mentions(node, name)]
        users = [max(mentioning, key=lambda found: found[0])[1]] if mentioning else [owner]
    if own.total_ms:
        _take(own.total_ms, users, charges)


def _take(milliseconds: float, users: list[dict[str, Any]], charges: dict[int, Charge]) -> None:
    shares = {id(user): charges[id(user)].own_ms or 0.0 for user in users}
    whole = sum(shares.values())
    for user, share in shares.items():
        if whole:
            charges[user].own_ms = max(share - milliseconds * share / whole, 0.0)


def _mentions(node: dict[str, Any], name: str) -> bool:
    """Whether an expression of ``node`` asks for the subquery: ``(InitPlan 1).col1``, before 17 ``$0``."""
    plain, _, returns = name.partition(" (returns ")
    wanted = [re.escape(f"({plain})")] + [re.escape(part) + r"\b" for part in re.findall(r"\$\d+", returns)]
    pattern = re.compile("|".join(wanted))
    for key, value in node.items():
        if key in _BYSTANDER_TEXT or key == "Plans":
            continue
        texts = value if isinstance(value, list) else [value]
        if any(isinstance(text, str) and pattern.search(text) for text in texts):
            return True
    return False


def _below(
    owner: dict[str, Any], skipped: dict[str, Any], depth: int = 0
) -> Iterator[tuple[int, dict[str, Any]]]:
    yield depth, owner
    for child in owner.get("Plans") or ():
        if child is not skipped:
            yield from _below(child, skipped, depth + 1)


def _walk(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield raw
    for child in raw.get("Plans") or ():
        yield from _walk(child)
