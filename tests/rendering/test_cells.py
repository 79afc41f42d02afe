"""Cells as templates take them apart."""

from __future__ import annotations

import re

from webadmin.paths import TEMPLATES
from webadmin.rendering.cells import Cell
from webadmin.views.table import Row


def _names(template: str, pattern: str) -> tuple[str, ...]:
    found = re.search(pattern, (TEMPLATES / template).read_text())
    assert found is not None
    return tuple(name.strip() for name in found.group(1).split(","))


def test_fields_of_a_cell_in_their_order() -> None:
    """What takes a cell apart names its fields as the tuple has them."""
    assert _names("_rows.html", r"{% set ([\w, ]+) = cell %}") == Cell._fields
    assert _names("detail.html", r"{% set ([\w, ]+) = field.cell %}") == Cell._fields
    assert _names("detail.html", r"for ([\w, ]+) in row.cells %}") == Cell._fields


def test_fields_of_a_row_in_their_order() -> None:
    """The template of rows names their fields as the tuple has them."""
    assert _names("_rows.html", r"{% for ([\w, ]+) in page.rows %}") == Row._fields
