"""Whose time it was: each millisecond of a plan charged to one step, by the rules of the viewer pev2.

A step's reported time is the average of its loops and holds the steps below it. A subquery that runs once
(InitPlan, CTE) runs inside whichever step first asks for its result, and stands elsewhere in the tree. Parallel
processes run at the same time: what they need together is divided by their number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_ALL_OF_IT = 0.8
"""Part of a subquery's time that the step must have which ran it; the two are not measured by the same look at the clock."""
_BYSTANDER_TEXT = {"Subplan Name", "Node Type", "Alias", "Schema", "Relation Name", "Parent Relationship"}


@dataclass(slots=True)
class Charge:
    """What one step costs itself, and in all."""

    own_ms: float | None
    total_ms: float | None
    own_cost: float
    ran: list[dict[str, Any]] = field(default_factory=list)
    """Subqueries that stand elsewhere in the tree and ran inside of this step, or in part."""


def charge_once(root: dict[str, Any]) -> Mapping[int, Charge]:
    """What each step under ``root`` costs, by ``id()`` of its object."""
    charges: dict[int, Charge] = {}
    _charge(root, charges, processes=1, scale=1.0)
    for owner in _walk(root):
        for once in owner.get("Plans") or ():
            if once.get("Parent Relationship") == "InitPlan":
                _charge_users(owner, once, charges)
    return charges


def _charge(raw: dict[str, Any], charges: dict[int, Charge], *, processes: int, scale: float) -> None:
    cost = raw.get("Total Cost", 0.0)
    below_ms = below_cost = 0.0
    for child in raw.get("Plans") or ():
        once = child.get("Parent Relationship") == "InitPlan"
        child_scale = scale * _runs(raw, child)
        _charge(
            child,
            charges,
            processes=processes if once else _processes(raw, child, processes),
            scale=child_scale,
        )
        if not once:
            below_ms += charges[id(child)].total_ms or 0.0
        # The planner puts the cost of a subquery that runs once on its owner.
        below_cost += child.get("Total Cost", 0.0) * child_scale
    measured = "Actual Total Time" in raw
    total = raw["Actual Total Time"] * raw.get("Actual Loops", 1) / processes if measured else None
    own = max(total - below_ms, 0.0) if total is not None else None
    charges[id(raw)] = Charge(own, total, max(cost * scale - below_cost, 0.0))


def _processes(raw: dict[str, Any], child: dict[str, Any], processes: int) -> int:
    """How many processes run ``child``: below a Gather all that came to it, the leader too where it had time for it.
    Subqueries of the Gather itself are the leader's."""
    if "Workers Launched" not in raw or child.get("Parent Relationship") != "Outer":
        return processes
    loops: float = child.get("Actual Loops", 0) / (raw.get("Actual Loops") or 1)
    return max(round(loops), 1)


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


def _charge_users(owner: dict[str, Any], once: dict[str, Any], charges: dict[int, Charge]) -> None:
    """Take the time of ``once`` off the steps that it ran inside of."""
    name = str(once.get("Subplan Name", ""))
    milliseconds = charges[id(once)].total_ms
    if not milliseconds:
        return
    if name.startswith("CTE "):
        users = list(_readers(owner, once, name.removeprefix("CTE ")))
        _share(milliseconds, users, charges)
    else:
        path = _first_user(owner, once, name, milliseconds, charges)
        users = path[-1:]
        _take(milliseconds, path, charges)
    for user in users:
        charges[id(user)].ran.append(once)


def _readers(owner: dict[str, Any], once: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """The scans of the CTE, not of another by the same name further down."""
    for node in owner.get("Plans") or ():
        if node is once:
            continue
        if node.get("Node Type") == "CTE Scan" and node.get("CTE Name") == name:
            yield node
        if all(child.get("Subplan Name") != f"CTE {name}" for child in node.get("Plans") or ()):
            yield from _readers(node, once, name)


def _first_user(
    owner: dict[str, Any], once: dict[str, Any], name: str, milliseconds: float, charges: dict[int, Charge]
) -> list[dict[str, Any]]:
    """From ``owner`` to the lowest step that asks for the result and took so long itself; else to one above such a step, which
    looked at the result beforehand, as an Append does that leaves parts out."""
    asking: list[list[dict[str, Any]]] = []
    for path in _paths([owner], once):
        if _mentions(path[-1], name):
            # What workers need is worked out before they start.
            gather = next((at for at, node in enumerate(path[:-1]) if "Workers Launched" in node), None)
            asking.append(path if gather is None else path[: gather + 1])
    steps = [(len(path) == at, at, path[:at]) for path in asking for at in range(1, len(path) + 1)]
    able = [step for step in steps if (charges[id(step[2][-1])].own_ms or 0.0) >= milliseconds * _ALL_OF_IT]
    return max(able or steps, key=lambda step: step[:2], default=(True, 0, [owner]))[2]


def _take(milliseconds: float, path: list[dict[str, Any]], charges: dict[int, Charge]) -> None:
    """Off the last step, and what it does not have off those above: the clock of a step stands still while an index scan works
    out what it looks for."""
    for step in reversed(path):
        charge = charges[id(step)]
        part = min(charge.own_ms or 0.0, milliseconds)
        charge.own_ms = (charge.own_ms or 0.0) - part
        milliseconds -= part


def _share(milliseconds: float, users: list[dict[str, Any]], charges: dict[int, Charge]) -> None:
    """Off the scans of a CTE, each of which may have read a part of it first."""
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


def _paths(path: list[dict[str, Any]], skipped: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """From the first step of ``path`` to each one below it, without what is below ``skipped``."""
    yield path
    for child in path[-1].get("Plans") or ():
        if child is not skipped:
            yield from _paths([*path, child], skipped)


def _walk(raw: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield raw
    for child in raw.get("Plans") or ():
        yield from _walk(child)
