"""The plans that are kept in ``plans``, by name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from webadmin.explain.plan import Plan, parse

PLANS = Path(__file__).parent / "plans"
Answers = dict[str, list[dict[str, Any]]]


@cache
def kept(version: str) -> Answers:
    """What the server of this version answered, by the statement's name."""
    lines = (PLANS / f"{version}.jsonl").read_text(encoding="utf-8").splitlines()
    return {line["name"]: line["answer"] for line in map(json.loads, lines[1:])}


def plan_of(version: str, name: str) -> Plan:
    """One of them, read."""
    plan = parse(kept(version)[name])
    assert plan is not None
    return plan
