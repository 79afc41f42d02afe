"""EXPLAIN QUERY PLAN, turned into the nested shape in which plans are read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy.engine import Connection

_ACCESS = re.compile(
    r"^(?P<verb>SCAN|SEARCH) (?:TABLE )?(?P<relation>\S+)(?: AS (?P<alias>\S+))?"
    r"(?: USING (?P<automatic>AUTOMATIC )?(?:PARTIAL )?(?P<covering>COVERING )?"
    r"(?:INDEX(?: (?P<index>[^\s(]+))?|(?P<key>INTEGER PRIMARY KEY)))?"
    r"(?: \((?P<condition>.+)\))?"
)
_SORT = re.compile(r"^USE TEMP B-TREE FOR (?P<what>.+)$")
_PART = re.compile(r"^(?:LAST (?:\d+ )?TERMS? OF|RIGHT PART OF) ")
_SORT_TYPES = {"ORDER BY": "Sort", "GROUP BY": "Group", "DISTINCT": "Unique"}


def explain(connection: Connection, sql: str, parameters: Any) -> list[dict[str, Any]]:
    """The query plan of ``sql``: what is read and in which way; SQLite gives neither times nor numbers of rows.

    :return: one object with ``Plan``, its nodes named as the rest of webadmin knows them and with SQLite's own
        words as ``Detail``.
    :raises sqlalchemy.exc.DBAPIError: when the statement cannot be prepared.
    """
    return tree(connection.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, parameters).all())


def tree(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """The answer of EXPLAIN QUERY PLAN as :func:`explain` gives it."""
    nodes: dict[int, dict[str, Any]] = {0: {"Node Type": "Query", "Plans": []}}
    for number, parent, _unused, detail in rows:
        node = _node(str(detail))
        nodes[number] = node
        nodes.get(parent, nodes[0]).setdefault("Plans", []).append(node)
    top = nodes[0]["Plans"]
    return [{"Plan": top[0] if len(top) == 1 else nodes[0]}]


def _node(detail: str) -> dict[str, Any]:
    if found := _SORT.match(detail):
        what = _PART.sub("", found["what"])
        kind = _SORT_TYPES.get(what, "Sort")
        # By its last terms alone: rows come in the order of the first ones already.
        return {"Node Type": f"Incremental {kind}" if what != found["what"] else kind, "Detail": detail}
    found = _ACCESS.match(detail)
    if found is None or detail == "SCAN CONSTANT ROW" or " VIRTUAL TABLE " in detail:
        return {"Node Type": detail.split(" (")[0].capitalize(), "Detail": detail}
    node: dict[str, Any] = {"Detail": detail, "Relation Name": found["relation"]}
    if found["alias"]:
        node["Alias"] = found["alias"]
    if found["index"]:
        node["Index Name"] = found["index"]
    if found["condition"]:
        node["Index Cond"] = found["condition"]
    if found["automatic"]:
        node["Automatic Index"] = True
    if found["covering"]:
        node["Node Type"] = "Index Only Scan"
    else:
        node["Node Type"] = "Index Scan" if found["index"] or found["key"] else "Seq Scan"
    return node
