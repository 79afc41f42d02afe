"""A bookshop with a history."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.changes.record.bookshop import fill


@pytest.fixture
def books(cleared: Engine) -> Engine:
    """Two shelves with three books, of which the second follows the first."""
    fill(cleared)
    return cleared
