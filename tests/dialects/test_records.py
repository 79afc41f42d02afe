"""Rows as records: what the database says of two of them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from webadmin.dialects import for_engine
from webadmin.dialects.records import Record

_NOW = '{"a": 1, "b": null, "c": "x", "d": [1, {"e": 2}]}'


@pytest.mark.parametrize(
    ("record", "agrees"),
    [
        (_NOW, True),
        ('{"id": 5, "a": 1}', True),
        ('{"id": 5}', True),
        ("{}", True),
        (None, True),
        ('{"a": 1.0}', True),
        ('{"a": 2}', False),
        ('{"a": "1"}', False),
        ('{"a": null}', False),
        ('{"b": 0, "a": 1}', False),
        ('{"c": "X"}', False),
        ('{"d": [1]}', False),
        ('{"d": [1, {"e": 2, "f": 3}]}', False),
    ],
)
def test_agreeing(connection: Connection, record: str | None, agrees: bool) -> None:
    """Two records agree where each column that both speak of is the same, whatever else one of them has."""
    now, other = (sa.cast(sa.literal(text, sa.Text), Record()) for text in (_NOW, record))
    told = for_engine(connection.engine).record_agrees(now, other)
    assert connection.scalar(sa.select(sa.case((sa.not_(told), False), else_=True))) is agrees
