from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.explain.kept import PLANS, Answers, kept, read
from tests.explain.make_corpus import written
from tests.explain.provoking import answers, prepare
from tests.explain.statements import STATEMENTS
from tests.plugins.databases import fresh_name
from webadmin.demo.server import EmbeddedServer
from webadmin.explain.about import about
from webadmin.explain.describe import PlanRow, describe
from webadmin.explain.facts import number, told
from webadmin.explain.finding import rows, size
from webadmin.explain.plan import Plan, parse
from webadmin.text import format_number

FILES = sorted(PLANS.glob("*.jsonl"))

_KILOBYTES = {
    "Peak Memory Usage",
    "Disk Usage",
    "Sort Space Used",
    "Maximum Storage",
    "Average Sort Space Used",
    "Peak Sort Space Used",
}
_TIMES = {"Actual Startup Time", "Actual Total Time"}
_OF_ONE = {"Actual Loops", "Hash Batches", "Original Hash Batches", "HashAgg Batches"}
"""Told from 2 on; 0 loops are told as never run."""
_WORDS = {"Sort Space Type": "of {}", "Disabled": "Switched off"}
_ADDED_UP = {"Average Sort Space Used"}
"""Told by what is told of the largest."""


@pytest.fixture(scope="module")
def corpus() -> dict[str, Answers]:
    """What is kept, by the version of the server."""
    return {path.stem: kept(path.stem) for path in FILES}


def _steps(answer: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    waiting = [answer[0]["Plan"]]
    while waiting:
        step = waiting.pop(0)
        yield step
        waiting = [*step.get("Plans", ()), *waiting]


def _kinds(answers: Answers) -> set[str]:
    return {step["Node Type"] for answer in answers.values() for step in _steps(answer)}


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _leaves(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part, key)
    elif value or key == "Actual Rows":
        yield key, value


def _spellings(key: str, value: Any) -> set[str]:
    """How a value may stand there."""
    if key in _KILOBYTES:
        return {size(value), format_number(value)}
    if key in _WORDS:
        return {_WORDS[key].format(str(value).lower())}
    if isinstance(value, bool | str):
        return {told(value)}
    return {
        number(value),
        rows(value),
        format_number(value),
        *(format_number(value, places) for places in (1, 2, 3)),
    }


def _missing(raw: dict[str, Any], text: str, *, timed: bool = True) -> list[tuple[str, Any]]:
    found = []
    for key, value in _leaves({name: part for name, part in raw.items() if name != "Plans"}):
        if key in _ADDED_UP or (key in _OF_ONE and value == 1) or (key in _TIMES and not timed):
            continue
        if not any(spelling in text for spelling in _spellings(key, value)):
            found.append((key, value))
    return found


def _text(row: PlanRow) -> str:
    told_of = [f"{fact.name} {fact.value}" for fact in (*row.facts, *row.more)]
    return "\n".join((row.node_type, row.detail, row.own, row.total, *told_of))


def _check(name: str, answer: list[dict[str, Any]]) -> Plan:
    """Everything of the answer is shown."""
    plan = parse(answer)
    assert plan is not None, name
    shown = describe(plan)
    steps = list(_steps(answer))
    parallel = any("Workers Launched" in step for step in steps)
    assert [row.node_type for row in shown] == [step["Node Type"] for step in steps], name
    for row, step in zip(shown, steps, strict=True):
        # What several loops or processes took is told of all of them together.
        timed = not parallel and step.get("Actual Loops") == 1
        assert _missing(step, _text(row), timed=timed) == [], (name, row.node_type)
    facts = "\n".join(f"{fact.name} {fact.value}" for fact in about(plan))
    rest = {
        key: part for key, part in answer[0].items() if key not in {"Plan", "Planning Time", "Execution Time"}
    }
    assert _missing(rest, facts) == [], name
    return plan


def _check_sums(name: str, plan: Plan) -> None:
    """The times and pages of the steps add up to the whole."""
    nodes = list(plan.root.walk())
    if plan.root.total_ms is None:
        return
    whole = sum(node.own_ms or 0.0 for node in nodes)
    # Times are told to the microsecond, for one loop.
    unsure = 0.03 + sum(0.0006 * (node.loops or 0) for node in nodes)
    assert whole == pytest.approx(plan.root.total_ms, rel=0.05, abs=unsure), name
    assert sum(node.own_buffers.touched for node in nodes) == plan.root.buffers.touched, name
    for node in nodes:
        assert node.loops or not (node.own_ms or node.own_buffers.touched), name


def test_the_corpus_has_every_kind_of_step(corpus: dict[str, Answers]) -> None:
    """At least two versions, forty kinds of steps over all and in each, and an answer to every statement that a version knows."""
    assert len(corpus) >= 2
    for version, answers_of in corpus.items():
        assert len(_kinds(answers_of)) >= 40, version
        assert set(answers_of) == {name for name, one in STATEMENTS.items() if one.since <= int(version)}, (
            version
        )


@pytest.mark.parametrize("version", [path.stem for path in FILES])
def test_nothing_of_a_kept_plan_is_lost(corpus: dict[str, Answers], version: str) -> None:
    """Each plan of this version is read into steps, every value of the answer is shown, and the sums are right."""
    for name, answer in corpus[version].items():
        _check_sums(name, _check(name, answer))


def test_plans_of_this_server(server: EmbeddedServer, corpus: dict[str, Answers]) -> None:
    """The server of this run, asked anew, brings no kind of step and no word that the corpus does not have; nothing is lost."""
    url = server.create_database(fresh_name()).replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        version = str(connection.info.server_version // 10_000)
        found = answers(connection, prepare(connection))
    for name, answer in found.items():
        _check(name, answer)
    before = corpus.get(version, corpus[max(corpus)])
    assert _kinds(found) - _kinds(before) == set()
    assert len(_kinds(found)) >= 39  # without tables of other servers
    words = {key for answer in before.values() for step in _steps(answer) for key in step}
    assert {key for answer in found.values() for step in _steps(answer) for key in step} - words == set()


def test_making_the_corpus_loses_no_plan(tmp_path: Path) -> None:
    """A server without the tables of other servers leaves the plans of these as they are; statements that are gone go."""
    foreign, gone = [{"Plan": {"Node Type": "Foreign Scan"}}], [{"Plan": {"Node Type": "Result"}}]
    path = written("18.3", {"foreign_file": foreign, "of_old": gone}, tmp_path)
    assert path == written("18.4", {"limit": gone}, tmp_path)
    assert read(path) == {"limit": gone, "foreign_file": foreign}
    assert path.read_text().startswith('{"server":"18.4"}\n')
