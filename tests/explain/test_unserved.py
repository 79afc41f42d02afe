from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection

from tests.explain.conftest import Diagnosed

# What is asked, what is found, about which column; the same asked so that it is fine; what makes it fine as it stands.
_CASES = {
    "function": (
        "lower(name) = 'n7'", "function_on_column", "name",
        "name = 'n7'", "CREATE INDEX ON deed (lower(name))",
    ),
    "truncated": (
        "date_trunc('hour', at) = '2026-01-02'", "function_on_column", "at",
        "at >= '2026-01-02' AND at < '2026-01-02 01:00'", "CREATE INDEX ON deed (date_trunc('hour', at AT TIME ZONE 'UTC'))",
    ),
    "cast": (
        "amount = 7.0", "type_mismatch", "amount",
        "amount = 7", "CREATE INDEX ON deed ((amount::numeric))",
    ),
    "date": (
        "(at AT TIME ZONE 'UTC')::date = '2026-01-02'", "function_on_column", "at",
        "at >= '2026-01-02' AND at < '2026-01-03'", "CREATE INDEX ON deed (((at AT TIME ZONE 'UTC')::date))",
    ),
    "ends": ("name LIKE '%%999'", "leading_wildcard", "name", "name LIKE 'n1999%%'", ""),
    "any case": ("name ILIKE 'n199%%'", "leading_wildcard", "name", "name ~ '^n199'", ""),
    "one of two": (
        "(name LIKE '%%999' OR amount = 7)", "leading_wildcard", "name",
        "(name LIKE 'n1999%%' OR amount = 7)", "",
    ),
    "words": (
        "words @@ to_tsquery('simple', 'w7')", "missing_gin", "words",
        "id = 7", "CREATE INDEX ON deed USING gin (words)",
    ),
    "words on the way": (
        "to_tsvector('simple', name) @@ to_tsquery('simple', 'n7')", "missing_gin", "name",
        "name = 'n7'", "CREATE INDEX ON deed USING gin (to_tsvector('simple', name))",
    ),
    "members": (
        "labels @> ARRAY['l7']", "missing_gin", "labels",
        "id = 7", "CREATE INDEX ON deed USING gin (labels)",
    ),
    "foreign key": (
        "owner_id = 7", "foreign_key_without_index", "owner_id",
        "id = 7", "CREATE INDEX ON deed (owner_id)",
    ),
    "invalid": (
        "slot = 7", "invalid_index", "slot",
        "id = 7", "DROP INDEX deed_slot; CREATE INDEX deed_slot ON deed (slot)",
    ),
    "nothing": (
        "kind = 3 AND labels[1] = 'l3'", "selective_scan", "kind",
        "id = 7", "CREATE INDEX ON deed (kind, (labels[1]))",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", _CASES)
def test_reasons(case: str, diagnosed: Diagnosed, provoked: Connection) -> None:
    """Why a scan finds so little is told by name, before and after measuring; with what it asks for there is nothing to say."""
    asked, kind, column, fine, mend = _CASES[case]
    for analyze in (True, False):
        found = [
            one
            for one in diagnosed(f"SELECT id FROM deed WHERE {asked}", analyze=analyze)
            if one.tone == "warn"
        ]
        assert [(one.kind, one.schema, one.table, one.columns[0]) for one in found] == [
            (kind, "public", "deed", column)
        ]
    assert diagnosed(f"SELECT id FROM deed WHERE {fine}") == ()
    if mend:
        provoked.exec_driver_sql(f"{mend}; ANALYZE deed")
        fixed = asked.replace("date_trunc('hour', at)", "date_trunc('hour', at AT TIME ZONE 'UTC')")
        assert diagnosed(f"SELECT id FROM deed WHERE {fixed}") == ()


def test_columns_that_nobody_asked_about(diagnosed: Diagnosed, provoked: Connection) -> None:
    """Of a key of several columns only those are named that the statement names: others may be hidden from whoever reads it."""
    provoked.exec_driver_sql(
        "CREATE TABLE pair (a integer, b integer, PRIMARY KEY (a, b));"
        "ALTER TABLE deed ADD FOREIGN KEY (kind, kin) REFERENCES pair NOT VALID"
    )
    [found] = diagnosed("SELECT id FROM deed WHERE kind = 3")
    assert (found.kind, found.columns) == ("foreign_key_without_index", ("kind",))
    assert "kin" not in re.findall(r"\w+", found.title + found.text)
