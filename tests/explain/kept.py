"""The plans that are kept in ``plans``, by name."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from webadmin.explain.plan import Plan, parse

PLANS = Path(__file__).parent / "plans"
Answers = dict[str, list[dict[str, Any]]]


def read(path: Path) -> Answers:
    """The answers in one file, by the statement's name."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {line["name"]: line["answer"] for line in map(json.loads, lines[1:])}


@cache
def kept(version: str) -> Answers:
    """What the server of this version answered."""
    return read(PLANS / f"{version}.jsonl")


def plan_of(version: str, name: str) -> Plan:
    """One of them, read."""
    plan = parse(kept(version)[name])
    assert plan is not None
    return plan
